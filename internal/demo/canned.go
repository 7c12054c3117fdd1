package demo

import (
	"context"
	"fmt"
	"strings"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/canned"
	"github.com/deskbell/deskbell/internal/macro"
	"github.com/deskbell/deskbell/internal/richtext"
	"github.com/deskbell/deskbell/internal/ticket"
)

// phrase is a canned reply of the story; whoever is named keeps it for themselves,
// a team shares it among its members, "" everybody has it.
type phrase struct {
	name, folder, owner string
	texts               map[string]string
	files               map[string]string // names and what they say
}

var phrases = []phrase{
	{"Ask for the boot log", "Diagnosis", "", map[string]string{
		"en": "please connect to the console port at 115200 baud, restart the switch and send us the whole boot log as a text file.",
		"ru": "подключитесь, пожалуйста, к консольному порту на скорости 115200, перезагрузите коммутатор и пришлите весь лог загрузки текстовым файлом.",
		"de": "bitte verbinden Sie sich mit dem Konsolenport (115200 Baud), starten Sie den Switch neu und senden Sie uns das vollständige Bootprotokoll als Textdatei.",
	}, nil},
	{"Ask for configuration and version", "Diagnosis", "", map[string]string{
		"en": "please send us the output of these commands:\n\n```\nshow version\nshow running-config\nshow logging\n```",
		"ru": "пришлите, пожалуйста, вывод команд:\n\n```\nshow version\nshow running-config\nshow logging\n```",
	}, nil},
	{"Send it to the service centre", "Repairs", "", map[string]string{
		"en": "the unit has to be looked at in our service centre. Please pack it well, put in a note with ticket {{ticket.number}} and send it to:\n\nHalden Service, Industrivegen 7, 1767 Halden\n\nWe write as soon as it has arrived.",
		"ru": "оборудование нужно проверить в сервисном центре. Упакуйте его, вложите записку с номером заявки {{ticket.number}} и отправьте по адресу:\n\nHalden Service, Industrivegen 7, 1767 Halden\n\nМы напишем, как только получим посылку.",
	}, nil},
	{"Firmware images by model", "Firmware", "", map[string]string{
		"en": "these are the images that we recommend now:\n\n| Model | Image | Since |\n|---|---|---|\n| S2962-24T | 7.2.2 | October |\n| S2995G | 7.1.9 | August |\n\nSave the configuration before you update.",
	}, nil},
	{"May we close the ticket?", "", "", map[string]string{
		"en": "may we close ticket {{ticket.number}}, “{{ticket.subject}}”? If anything is still open, just answer this message.",
		"ru": "можем ли мы закрыть заявку {{ticket.number}} «{{ticket.subject}}»? Если что-то осталось нерешённым, просто ответьте на это сообщение.",
	}, nil},
	{"Collect the logs with this script", "Diagnosis", firstLine, map[string]string{
		"en": "attached is a list of commands that collects everything we need. Paste it into the console as it is and send us the output; it changes nothing on the switch.",
		"ru": "во вложении список команд, который собирает всё, что нам нужно. Вставьте его в консоль целиком и пришлите вывод; на коммутаторе он ничего не меняет.",
		"de": "anbei eine Befehlsliste, die alles sammelt, was wir brauchen. Fügen Sie sie unverändert in die Konsole ein und senden Sie uns die Ausgabe; am Switch ändert sie nichts.",
		"es": "adjuntamos una lista de órdenes que recoge todo lo que necesitamos. Péguela tal cual en la consola y envíenos la salida; no cambia nada en el equipo.",
	}, map[string]string{"collect-logs.txt": "terminal length 0\nshow version\nshow running-config\nshow logging\nshow interface transceiver detail\nshow power\n"}},
	{"Modules that we have tested", "Optics", firstLine, map[string]string{
		"en": "the modules that we have tested are in the attached list. Others may work, but we cannot say so.",
		"ru": "проверенные нами модули перечислены во вложении. Другие могут работать, но поручиться за них мы не можем.",
	}, map[string]string{"tested-modules.csv": "part;speed;reach\nHN-SFP-LX;1G;10 km\nHN-SFP10-LR;10G;10 km\nHN-SFP10-ER;10G;40 km\n"}},
	{"The unit has arrived", "Parcels", lab, map[string]string{
		"en": "your unit arrived today and is on our bench. We write to you as soon as we know what it has; that takes three working days at most.",
		"ru": "ваше устройство сегодня поступило к нам и уже на стенде. Мы напишем, как только выясним причину; на это нужно не больше трёх рабочих дней.",
	}, nil},
	{"Repair outside the warranty", "Parcels", lab, map[string]string{
		"en": "the warranty of this unit has ended. The repair costs what the attached offer says; shall we begin?",
		"ru": "гарантия на это устройство закончилась. Стоимость ремонта указана в предложении; приступать к работе?",
	}, nil},
	{"Invoice again", "", orders, map[string]string{
		"en": "here is the invoice once more. If your purchasing needs an order number on it, send it to us and we issue a new one the same day.",
		"ru": "отправляем счёт ещё раз. Если вашему отделу закупок нужен в нём номер заказа, пришлите его, и мы выставим новый в тот же день.",
	}, nil},
	{"My office hours", "", annaMail, map[string]string{"en": "I am in the office from Monday to Thursday; on Fridays my colleagues will answer you."}, nil},
	{"Мои часы работы", "", stepMail, map[string]string{"ru": "я на связи с понедельника по пятницу с 9 до 18 по Екатеринбургу; в остальное время вам ответят коллеги."}, nil},
}

// keepPhrases writes the canned replies that agents send again and again.
func (p *player) keepPhrases(ctx context.Context) error {
	for _, ph := range phrases {
		if err := p.keep(ctx, ph); err != nil {
			return fmt.Errorf("canned reply %s: %w", ph.name, err)
		}
	}
	return nil
}

// keeper is who made a phrase, and for whom.
func (p *player) keeper(ph phrase) (by auth.Actor, scope canned.Scope, department int64) {
	if who, ok := p.actors[ph.owner]; ok {
		return who, canned.Me, 0
	}
	if id, ok := p.teams[ph.owner]; ok {
		return p.actors[adminMail], canned.Department, id
	}
	return p.actors[annaMail], canned.All, 0
}

func (p *player) keep(ctx context.Context, ph phrase) error {
	by, scope, department := p.keeper(ph)
	var uploads []int64
	for _, name := range sortedKeys(ph.files) {
		up, err := p.desk.Tickets.Stage(ctx, by, name, strings.NewReader(ph.files[name]), ticket.MaxUploads)
		if err != nil {
			return err
		}
		uploads = append(uploads, up.ID)
	}
	var id int64
	for _, lang := range []string{"en", "ru", "de", "es"} {
		text, ok := ph.texts[lang]
		if !ok {
			continue
		}
		saved, err := p.desk.Canned.Save(ctx, by, canned.Edit{
			ID: id, Name: ph.name, Folder: ph.folder, Scope: scope, DepartmentID: department, Lang: lang, Source: text, Kind: richtext.KindMarkdown, Uploads: uploads,
		})
		if err != nil {
			return err
		}
		id, uploads = saved, nil
	}
	if scope == canned.All {
		p.shared = append(p.shared, id)
	}
	return nil
}

// keepMacros makes steps of what agents do again and again.
func (p *player) keepMacros(ctx context.Context) error {
	for _, m := range []struct {
		by string
		macro.Macro
	}{
		{annaMail, macro.Macro{Name: "Ask for logs and wait", Folder: "Diagnosis", Scope: macro.Everybody, Act: ticket.Act{
			Reply: "Hello {{customer.first_name}},\n\nplease send us the output of `show version` and `show logging` as a text file. We look at it the same day.", Changes: ticket.Changes{Status: ticket.Waiting},
		}}},
		{annaMail, macro.Macro{Name: "Known fault, look again in a week", Folder: "Diagnosis", Scope: macro.Department, Department: p.teams[firstLine], Act: ticket.Act{
			Note: "Known fault, the correction is being tested. Tell the customer when the version is out.", Changes: ticket.Changes{Status: ticket.Postponed, PostponeDays: 7, AddTags: []string{"known fault"}},
		}}},
		{adminMail, macro.Macro{Name: "To the bench", Scope: macro.Department, Department: p.teams[lab], Act: ticket.Act{
			Note: "On the bench.", Changes: ticket.Changes{Priority: ticket.High, AddTags: []string{"needs lab"}, Fields: map[string]string{"related_service": "repair"}},
		}}},
		{marcoMail, macro.Macro{Name: "Mine, urgent", Scope: macro.Mine, Act: ticket.Act{Changes: ticket.Changes{Priority: ticket.Urgent, Assignee: myself()}}}},
	} {
		if _, err := p.desk.Macros.Save(ctx, p.actors[m.by], m.Macro); err != nil {
			return fmt.Errorf("macro %s: %w", m.Name, err)
		}
	}
	return nil
}

func myself() *int64 {
	id := ticket.Myself
	return &id
}
