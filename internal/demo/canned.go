package demo

import (
	"context"

	"github.com/deskbell/deskbell/internal/canned"
	"github.com/deskbell/deskbell/internal/richtext"
)

// phrase is a canned reply of the story; whoever is named keeps it for themselves,
// "" shares it.
type phrase struct {
	name, folder, owner string
	texts               map[string]string
}

var phrases = []phrase{
	{"Ask for the boot log", "Diagnosis", "", map[string]string{
		"en": "please connect to the console port at 115200 baud, restart the switch and send us the whole boot log as a text file.",
		"ru": "подключитесь, пожалуйста, к консольному порту на скорости 115200, перезагрузите коммутатор и пришлите весь лог загрузки текстовым файлом.",
		"de": "bitte verbinden Sie sich mit dem Konsolenport (115200 Baud), starten Sie den Switch neu und senden Sie uns das vollständige Bootprotokoll als Textdatei.",
	}},
	{"Ask for configuration and version", "Diagnosis", "", map[string]string{
		"en": "please send us the output of these commands:\n\n```\nshow version\nshow running-config\nshow logging\n```",
		"ru": "пришлите, пожалуйста, вывод команд:\n\n```\nshow version\nshow running-config\nshow logging\n```",
	}},
	{"Send it to the service centre", "Repairs", "", map[string]string{
		"en": "the unit has to be looked at in our service centre. Please pack it well, put in a note with ticket {{ticket.number}} and send it to:\n\nHalden Service, Industrivegen 7, 1767 Halden\n\nWe write as soon as it has arrived.",
		"ru": "оборудование нужно проверить в сервисном центре. Упакуйте его, вложите записку с номером заявки {{ticket.number}} и отправьте по адресу:\n\nHalden Service, Industrivegen 7, 1767 Halden\n\nМы напишем, как только получим посылку.",
	}},
	{"Firmware images by model", "Firmware", "", map[string]string{
		"en": "these are the images that we recommend now:\n\n| Model | Image | Since |\n|---|---|---|\n| S2962-24T | 7.2.2 | October |\n| S2995G | 7.1.9 | August |\n\nSave the configuration before you update.",
	}},
	{"May we close the ticket?", "", "", map[string]string{
		"en": "may we close ticket {{ticket.number}}, “{{ticket.subject}}”? If anything is still open, just answer this message.",
		"ru": "можем ли мы закрыть заявку {{ticket.number}} «{{ticket.subject}}»? Если что-то осталось нерешённым, просто ответьте на это сообщение.",
	}},
	{"My office hours", "", annaMail, map[string]string{"en": "I am in the office from Monday to Thursday; on Fridays my colleagues will answer you."}},
}

// keepPhrases writes the canned replies that agents send again and again.
func (p *player) keepPhrases(ctx context.Context) error {
	for _, ph := range phrases {
		by, scope := p.actors[annaMail], canned.All
		if ph.owner != "" {
			by, scope = p.actors[ph.owner], canned.Me
		}
		var id int64
		for _, lang := range []string{"en", "ru", "de"} {
			text, ok := ph.texts[lang]
			if !ok {
				continue
			}
			saved, err := p.desk.Canned.Save(ctx, by, canned.Edit{
				ID: id, Name: ph.name, Folder: ph.folder, Scope: scope, Lang: lang, Source: text, Kind: richtext.KindMarkdown,
			})
			if err != nil {
				return err
			}
			id = saved
		}
	}
	return nil
}
