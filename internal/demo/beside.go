package demo

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/richtext"
	"github.com/deskbell/deskbell/internal/ticket"
	"github.com/deskbell/deskbell/internal/timesheet"
)

// What agents do beside answering, in the last days of the story: calls, notes,
// merges, the service centre. A small desk has none of it.
const (
	besideFrom  = 40 // tickets
	besideOpens = 7  // tickets that it opens
)

// besides are the words of it by language, and who says them.
type besides struct {
	agent, helper, lead                   string
	again, tell                           string // a duplicate, and what its requester hears
	callFrom, callSubject, callSaid       string
	callNumber, calledBack                string
	split, mention, pin                   string
	later, unless                         string // replies that wait
	address, condition, kit, result, cost string
	returned                              string
}

var words = map[string]besides{
	"en": {
		agent: marcoMail, helper: priyaMail, lead: annaMail,
		again:    "Hello, I wrote to you about this and am not sure that it arrived, so here it is again. Nothing has changed since. Do you need more from me?",
		tell:     "both of your tickets about this are one now, so that nothing is answered twice. Everything you wrote and attached is here.",
		callFrom: "owen.price@meridiancolo.example", callSubject: "Two ports down after a power cut in hall B", callNumber: "+44 161 555 0111",
		callSaid:   "Owen called from the hall. After the cut on Saturday two uplinks of the S2962-24T stay dark; he swapped the modules, no change. He wants a call back before the maintenance window on Thursday night.",
		calledBack: "Told Owen that we have a spare module for each port on the shelf. He sends the serial numbers tonight; the swap is booked for Thursday at 23:00.",
		split:      "Further question from ticket %d",
		mention:    "@%s, you had the same picture at Fjordnett in spring. Was it the firmware of the modules then?",
		pin:        "**Call before any restart**: the site has no staff at night, and the last restart took down their exchange. Contact: the duty phone on the company's card.",
		later:      "as promised I come back to this. The lab has had the unit under load over the weekend and it ran without a loss. Shall we send the corrected version to your other nodes too?",
		unless:     "we have not heard from you for a while. If it runs well now, you need do nothing and I close the ticket. If not, a word is enough.",
		address:    "Halden Service, Industrivegen 7, 1767 Halden", condition: "Outside without damage. Smells burnt at the left supply.",
		kit: "Unit, two power cords, rack ears", result: "Left supply has failed, the board is sound. Supply to be replaced, 24 hours under load after that.", cost: "0 EUR",
		returned: "Repaired and tested. The parcel leaves today.",
	},
	"ru": {
		agent: stepMail, helper: olgaMail, lead: annaMail,
		again:    "Здравствуйте! Я уже писал об этом и не уверен, что письмо дошло, поэтому повторяю. С тех пор ничего не изменилось. Нужно ли от нас что-то ещё?",
		tell:     "обе ваши заявки об этом теперь объединены в одну, чтобы ничего не обсуждалось дважды. Всё, что вы написали и приложили, здесь.",
		callFrom: "vorontsov@tomtelecom.example", callSubject: "После отключения питания не поднимаются два порта", callNumber: "+7 3822 555-301",
		callSaid:   "Алексей звонил из аппаратной. После субботнего отключения два аплинка S2962-24T не поднимаются; модули меняли местами, без изменений. Просит перезвонить до окна работ в ночь на пятницу.",
		calledBack: "Сказали Алексею, что на складе есть запасные модули на оба порта. Серийные номера пришлёт вечером, замена назначена на четверг, 23:00.",
		split:      "Ещё один вопрос из заявки %d",
		mention:    "@%s, весной у Волга-Лайн была такая же картина. Дело тогда было в прошивке модулей?",
		pin:        "**Перед любой перезагрузкой звонить**: ночью на узле никого нет, а прошлая перезагрузка уронила им телефонию. Дежурный телефон в карточке компании.",
		later:      "возвращаюсь, как обещал. За выходные устройство отработало в лаборатории под нагрузкой без потерь. Прислать исправленную версию и для остальных узлов?",
		unless:     "от вас давно не было вестей. Если всё работает, делать ничего не нужно, я закрою заявку. Если нет, достаточно одного слова.",
		address:    "Сысерть, ул. Заводская, 7, сервисный центр Halden", condition: "Снаружи повреждений нет. У левого блока питания запах гари.",
		kit: "Устройство, два шнура питания, уши для стойки", result: "Вышел из строя левый блок питания, плата исправна. Блок заменить, затем сутки под нагрузкой.", cost: "0 ₽",
		returned: "Отремонтировано и проверено. Посылка уходит сегодня.",
	},
}

// beside adds these acts.
func (p *player) beside(now time.Time) {
	for i, lang := range []string{"en", "ru"} {
		w := words[lang]
		before := func(d time.Duration) time.Time { return p.working(now.Add(-d)).Add(time.Duration(i) * time.Minute) }
		var units []unit
		p.add(before(70*time.Hour), func(ctx context.Context) (err error) {
			units, err = p.ship(ctx, w, lang)
			return err
		})
		p.add(before(46*time.Hour), func(ctx context.Context) error { return p.repair(ctx, w, units) })
		p.add(before(52*time.Hour), func(ctx context.Context) error { return p.call(ctx, w) })
		p.add(before(30*time.Hour), func(ctx context.Context) error { return p.tag(ctx, w, lang) })
		p.add(before(28*time.Hour), func(ctx context.Context) error { return p.promise(ctx, w, lang, now) })
		p.add(before(27*time.Hour), func(ctx context.Context) error { return p.writeTwice(ctx, w, lang) })
		p.add(before(7*time.Hour), func(ctx context.Context) error { return p.takeApart(ctx, w, lang) })
		p.add(before(5*time.Hour), func(ctx context.Context) error { return p.noteDown(ctx, w, lang) })
		p.add(before(3*time.Hour), func(ctx context.Context) error { return p.holdBack(ctx, w, lang, now) })
	}
	p.add(p.working(now.Add(-26*time.Hour)), p.throwAway)
}

const someSQL = `
SELECT t.number FROM tickets t JOIN people r ON r.id = t.requester_id JOIN topics o ON o.id = t.topic_id
WHERE t.status = ANY (@statuses) AND r.lang = @lang AND t.number <> ALL (@busy) AND t.merged_into IS NULL AND t.trashed_at IS NULL AND o.key = 'technical_support'
    AND (SELECT count(*) FROM messages m WHERE m.ticket_id = t.id AND m.author_kind = 'customer') >= @said
ORDER BY t.last_activity_at DESC, t.number DESC LIMIT 1`

// some finds a ticket that plays no part yet, of somebody who reads lang and
// wrote so often; 0 when there is none, and the act is left out.
func (p *player) some(ctx context.Context, lang string, said int, statuses ...ticket.Status) (number int64, err error) {
	err = p.db.QueryRow(ctx, someSQL, pgx.NamedArgs{"statuses": statuses, "lang": lang, "busy": p.busy, "said": said}).Scan(&number)
	if errors.Is(err, pgx.ErrNoRows) {
		return 0, nil
	}
	p.busy = append(p.busy, number)
	return number, err
}

// call logs a call by which somebody opened a ticket, and the time it took.
func (p *player) call(ctx context.Context, w besides) error {
	by := p.actors[w.agent]
	n, err := p.desk.Tickets.Open(ctx, by, ticket.OnBehalf{
		RequesterID: p.actors[w.callFrom].PersonID, Channel: "phone", TopicID: p.topics["technical_support"], Subject: w.callSubject,
		Opening: ticket.OpenWithNote, Message: w.callSaid, Fields: map[string]string{"type": "fault", "priority": "3"}, Status: ticket.Open, AssigneeID: by.PersonID,
		Call: &ticket.NewCall{Direction: ticket.CallIn, Number: w.callNumber, Minutes: 12}, Key: "demo-call-" + w.agent,
	})
	if err != nil {
		return fmt.Errorf("a call: %w", err)
	}
	p.busy = append(p.busy, n)
	if err := p.spend(ctx, w.agent, n, 12, timesheet.Call); err != nil {
		return err
	}
	p.clock.at = p.clock.at.Add(20 * time.Minute)
	_, err = p.desk.Times.LogCall(ctx, by, n, timesheet.TimedCall{SpentOn: p.clock.at.Format(time.DateOnly), LoggedCall: ticket.LoggedCall{
		NewCall: ticket.NewCall{Direction: ticket.CallOut, Number: w.callNumber, Minutes: 4}, Said: w.calledBack, As: ticket.OpenWithNote, Key: "demo-back-" + w.agent,
	}})
	return err
}

func (p *player) spend(ctx context.Context, by string, number int64, minutes int, kind timesheet.Kind) error {
	return p.desk.Times.Add(ctx, p.actors[by], number, timesheet.Spent{
		Minutes: minutes, SpentOn: p.clock.at.Format(time.DateOnly), Kind: kind, Key: fmt.Sprint("demo-", number, minutes),
	})
}

// tag marks tickets in work, and notes the time that some of them took.
func (p *player) tag(ctx context.Context, w besides, lang string) error {
	tags := [][]string{{"firmware"}, {"optics", "urgent site"}, {"rma"}, {"vlan"}, {"needs lab"}, {"firmware", "regression", "needs lab"}}
	was := slices.Clip(p.busy) // they may play a part yet
	defer func() { p.busy = was }()
	for i := range tags {
		n, err := p.some(ctx, lang, 1, ticket.Open, ticket.Waiting, ticket.Postponed)
		if err != nil || n == 0 {
			return err
		}
		if _, err := p.desk.Tickets.Apply(ctx, p.actors[w.lead], n, ticket.Changes{AddTags: tags[i]}); err != nil {
			return err
		}
		if i%2 == 0 {
			if err := p.spend(ctx, w.helper, n, 15*(i+1), timesheet.Lab); err != nil {
				return err
			}
		}
	}
	return nil
}

const aboutSQL = `
SELECT t.subject, i.value FROM tickets t JOIN identities i ON i.person_id = t.requester_id AND i.kind = 'email' WHERE t.number = @number ORDER BY i.id LIMIT 1`

// writeTwice lets a customer ask again, and an agent merge the two.
func (p *player) writeTwice(ctx context.Context, w besides, lang string) error {
	n, err := p.some(ctx, lang, 1, ticket.Open, ticket.Waiting)
	if err != nil || n == 0 {
		return err
	}
	var subject, who string
	if err := p.db.QueryRow(ctx, aboutSQL, pgx.NamedArgs{"number": n}).Scan(&subject, &who); err != nil {
		return err
	}
	twice, err := p.desk.Tickets.Submit(ctx, p.actors[who], ticket.Submission{
		TopicID: p.topics["technical_support"], Subject: subject, Message: w.again, MessageKind: richtext.KindMarkdown, Fields: map[string]string{"type": "question", "priority": "2"},
	})
	if err != nil {
		return fmt.Errorf("a duplicate: %w", err)
	}
	p.clock.at = p.clock.at.Add(20 * time.Minute)
	return p.desk.Tickets.Merge(ctx, p.actors[w.lead], twice, ticket.Merging{Into: n, Tell: w.tell, TellKind: richtext.KindMarkdown, Key: "demo-merge-" + w.agent})
}

const lastSaidSQL = `
SELECT m.id FROM messages m JOIN tickets t ON t.id = m.ticket_id WHERE t.number = @number AND m.author_kind = 'customer' ORDER BY m.seq DESC LIMIT 1`

// takeApart makes a ticket of its own of the last thing that a customer asked.
func (p *player) takeApart(ctx context.Context, w besides, lang string) error {
	n, err := p.some(ctx, lang, 2, ticket.Open, ticket.Waiting, ticket.Postponed)
	if err != nil || n == 0 {
		return err
	}
	var message int64
	if err := p.db.QueryRow(ctx, lastSaidSQL, pgx.NamedArgs{"number": n}).Scan(&message); err != nil {
		return err
	}
	_, err = p.desk.Tickets.Split(ctx, p.actors[w.agent], n, ticket.Splitting{Messages: []int64{message}, Subject: fmt.Sprintf(w.split, n), Tell: true, Key: "demo-split-" + w.agent})
	return err
}

const lastNoteSQL = `SELECT max(n.id) FROM notes n JOIN tickets t ON t.id = n.ticket_id WHERE t.number = @number`

// noteDown names a colleague in one note, and pins another.
func (p *player) noteDown(ctx context.Context, w besides, lang string) error {
	asked, err := p.some(ctx, lang, 1, ticket.Open, ticket.Waiting)
	if err != nil || asked == 0 {
		return err
	}
	colleague := p.actors[w.helper]
	if _, err := p.desk.Tickets.AddNote(ctx, p.actors[w.agent], asked, ticket.NewNote{
		Message: fmt.Sprintf(w.mention, colleague.Name), MessageKind: richtext.KindMarkdown, Mentions: []int64{colleague.PersonID}, Key: "demo-mention",
	}); err != nil {
		return err
	}
	pinned, err := p.some(ctx, lang, 1, ticket.Open, ticket.Waiting, ticket.Postponed)
	if err != nil || pinned == 0 {
		return err
	}
	if _, err := p.desk.Tickets.AddNote(ctx, p.actors[w.lead], pinned, ticket.NewNote{Message: w.pin, MessageKind: richtext.KindMarkdown, Key: "demo-pin"}); err != nil {
		return err
	}
	var id int64
	if err := p.db.QueryRow(ctx, lastNoteSQL, pgx.NamedArgs{"number": pinned}).Scan(&id); err != nil {
		return err
	}
	return p.desk.Tickets.PinNote(ctx, p.actors[w.lead], pinned, id)
}

// holdBack finishes replies that leave on the next working morning, one only if
// the customer says nothing until then.
func (p *player) holdBack(ctx context.Context, w besides, lang string, now time.Time) error {
	morning := p.at(now.Add(day).In(p.zone), opens+10, opens+50)
	for !weekday(morning) {
		morning = morning.AddDate(0, 0, 1)
	}
	for _, r := range []struct {
		text string
		to   ticket.Status
		hold ticket.Hold
	}{
		{w.later, ticket.Waiting, ticket.Hold{Why: ticket.ForLater, At: morning}},
		{w.unless, ticket.Resolved, ticket.Hold{Why: ticket.ForLater, At: morning.Add(2 * day), UnlessReply: true}},
	} {
		n, err := p.some(ctx, lang, 1, ticket.Open, ticket.Waiting)
		if err != nil || n == 0 {
			return err
		}
		in := ticket.AgentReply{Message: r.text, MessageKind: richtext.KindMarkdown, Status: r.to, Key: "demo-later"}
		if _, err := p.desk.Tickets.Hold(ctx, p.actors[w.agent], n, in, r.hold); err != nil {
			return fmt.Errorf("a reply for later: %w", err)
		}
	}
	return nil
}

// promise postpones two tickets until a moment that has come by now, and that
// nobody thinks of.
func (p *player) promise(ctx context.Context, w besides, lang string, now time.Time) error {
	until := now.Add(-3 * time.Hour)
	for range 2 {
		n, err := p.some(ctx, lang, 1, ticket.Open, ticket.Waiting)
		if err != nil || n == 0 {
			return err
		}
		if err := p.desk.Tickets.SetStatus(ctx, p.actors[w.agent], n, ticket.Postponed, &until); err != nil {
			return err
		}
	}
	return nil
}

// unit is a customer's equipment in the service centre.
type unit struct {
	number int64 // of its ticket
	does   fate
}

// fate is how far the service centre has come with a unit.
type fate string

const (
	arrived   fate = "arrived"
	diagnosed fate = "diagnosed"
	sentBack  fate = "sent back"
)

// ship hands equipment over to the service centre.
func (p *player) ship(ctx context.Context, w besides, lang string) (units []unit, err error) {
	for _, does := range []fate{sentBack, diagnosed, arrived} {
		from := []ticket.Status{ticket.ServiceCentre}
		if does == sentBack {
			from = []ticket.Status{ticket.Open, ticket.Waiting}
		}
		n, err := p.some(ctx, lang, 1, from...)
		if err != nil {
			return nil, err
		}
		if n == 0 {
			continue
		}
		details := map[string]string{"how": "courier", "waybill": fmt.Sprint("HX", 4_000_000+n), "address": w.address}
		in := ticket.StageInput{Stage: ticket.Shipping, Details: details, DepartmentID: p.teams[lab]}
		if err := p.desk.Tickets.RecordStage(ctx, p.actors[w.agent], n, in); err != nil {
			return nil, fmt.Errorf("ship a unit: %w", err)
		}
		units = append(units, unit{n, does})
	}
	return units, nil
}

// repair takes the units in and finds out what they have.
func (p *player) repair(ctx context.Context, w besides, units []unit) error {
	by := p.actors[priyaMail]
	for _, u := range units {
		n := u.number
		took := map[string]string{"serials": fmt.Sprint("HN2962", 100_000+n), "condition": w.condition, "kit": w.kit}
		if err := p.desk.Tickets.RecordStage(ctx, by, n, ticket.StageInput{Stage: ticket.Acceptance, Details: took}); err != nil {
			return fmt.Errorf("take a unit in: %w", err)
		}
		if u.does == arrived {
			continue
		}
		p.clock.at = p.clock.at.Add(20 * time.Minute)
		found := map[string]string{"result": w.result, "warranty": "yes", "decision": "repair", "cost": w.cost, "expected": p.clock.at.Add(6 * day).Format(time.DateOnly)}
		if err := p.desk.Tickets.RecordStage(ctx, by, n, ticket.StageInput{Stage: ticket.Diagnosis, Details: found}); err != nil {
			return fmt.Errorf("look into a unit: %w", err)
		}
		if u.does == diagnosed {
			continue
		}
		if err := p.desk.Tickets.ReturnFromService(ctx, by, n, w.returned); err != nil {
			return fmt.Errorf("send a unit back: %w", err)
		}
	}
	return nil
}

// throwAway puts a ticket that was only a try into the trash.
func (p *player) throwAway(ctx context.Context) error {
	n, err := p.desk.Tickets.Submit(ctx, p.actors["ravi.shah@meridiancolo.example"], ticket.Submission{
		TopicID: p.topics["technical_support"], Subject: "Test", Message: "Only a test of the form, please ignore it.", MessageKind: richtext.KindMarkdown,
		Fields: map[string]string{"type": "question", "priority": "2"},
	})
	if err != nil {
		return err
	}
	p.clock.at = p.clock.at.Add(5 * time.Minute)
	_, err = p.desk.Tickets.Apply(ctx, p.actors[annaMail], n, ticket.Changes{Bin: ticket.Trash})
	return err
}
