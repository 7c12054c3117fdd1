package e2e

import (
	"testing"
	"time"

	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/testkit"
)

// TestDepartmentsAndService plays a department that gives tickets in turn while
// a member is away, a closed one, equipment on its way through the service
// centre and back, and a ticket by telephone for somebody new.
func TestDepartmentsAndService(t *testing.T) {
	t.Parallel()
	for name, look := range map[string]testkit.Look{
		"with scripts":    testkit.Desktop,
		"without scripts": {Width: 1440, Height: 900, NoScript: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			boss := w.browser(t, admin, look)
			department(boss, "Second line", "round_robin", "", agent, second)
			department(boss, "Workshop", "none", "service", second)
			department(boss, "Complaints", "none", "closed", admin)
			topic(boss, "Technical support", "Second line")

			ivan := w.browser(t, agent, look)
			away(ivan, second)

			ann := w.browser(t, customer, look)
			number := ask(t, w, ann, look, "The switch does not start")
			ann.Open(link.Ticket(number))
			ann.See("Second line", "Maria Orlova")

			maria := w.browser(t, second, look)
			maria.Open(link.AgentService(number))
			maria.Axe()
			maria.Select("#shipping-how", "courier")
			maria.Fill("#shipping-waybill", "77-1234")
			maria.Follow("#form-shipping button.btn")
			maria.See("Service centre", "77-1234")
			maria.Open(link.AgentService(number))
			maria.Fill("#acceptance-kit", "No power supply")
			maria.Follow("#form-acceptance button.btn")
			maria.Open(link.AgentService(number))
			maria.Select("#diagnosis-decision", "repair")
			maria.Follow("#form-diagnosis button.btn")
			ann.Open(link.Ticket(number))
			ann.See("Your equipment in the service centre", "Courier", "77-1234", "No power supply", "Repair")
			ann.Axe()
			maria.Open(link.AgentService(number))
			maria.Fill("[name=note]", "Repaired")
			maria.Follow("[name=back]")
			maria.See("back with support", "Repaired")
			ann.Open(link.Ticket(number))
			ann.SeeNot("Repaired")

			boss.Open(link.OpenTicket)
			boss.Axe()
			boss.Fill("[name=contact_name]", "Nina Novak")
			boss.Fill("[name=contact_email]", "nina@new.test")
			boss.Fill("[name=call_number]", "+49 30 1234")
			boss.Fill("[name=call_minutes]", "7")
			boss.Fill("[name=subject]", "She complains")
			text := "[name=message]"
			if !look.NoScript {
				text = ".rich"
			}
			boss.Fill(text, "About the last answer")
			if !look.NoScript { // a tab that was closed loses nothing
				boss.Open(link.OpenTicket)
				boss.Await(".rich|About the last answer")
				boss.AwaitValue("[name=contact_email]", "nina@new.test")
			}
			boss.SelectText("[name=department]", "Complaints (closed)")
			if boss.Has("[name=notify]:checked") {
				boss.Click("[name=notify]")
			}
			boss.Follow("main form button.btn--primary")
			boss.See("Nina Novak", "+49 30 1234", "7 minutes", "Complaints")
			phoned := w.newest(t)
			called(boss, look, phoned)
			boss.Open(link.OpenTicket)
			if kept := boss.Value("[name=subject]"); kept != "" {
				t.Errorf("the next form has %q of the last", kept)
			}
			var letters int
			if err := w.db.QueryRow(t.Context(), `SELECT count(*) FROM deliveries d JOIN identities i ON i.person_id = d.person_id WHERE i.value = 'nina@new.test'`).Scan(&letters); err != nil || letters != 0 {
				t.Errorf("%d letters to somebody who was to get none (%v)", letters, err)
			}
			ivan.OpenStatus(link.AgentTicket(phoned), 404)
			ivan.Open(link.Query(link.Inbox, "q", "complains"))
			ivan.SeeNot("She complains")
		})
	}
}

// department makes a department; extra is "", "service" or "closed".
func department(b *testkit.Browser, name, mode, extra string, members ...person) {
	b.Open(link.NewDepartment)
	b.Axe()
	b.Fill(`[name="name.en"]`, name)
	b.Select("[name=mode]", mode)
	switch extra {
	case "service":
		b.Select("[name=kind]", "service")
	case "closed":
		b.Click("[name=closed]")
	}
	for _, m := range members {
		b.Click("label|" + m.name)
	}
	b.Follow("main button.btn--primary")
	b.See(name)
}

// topic brings a help topic's tickets into a department.
func topic(b *testkit.Browser, name, department string) {
	b.Open(link.Topics)
	b.Follow("main a|" + name)
	b.SelectText("[name=department]", department)
	b.Follow("main button.btn--primary")
}

// away takes leave from yesterday on.
func away(b *testkit.Browser, deputy person) {
	b.Open(link.Absence)
	b.Axe()
	b.Set("[name=from]", time.Now().AddDate(0, 0, -2).Format("2006-01-02T15:04"))
	b.Set("[name=until]", time.Now().AddDate(0, 0, 7).Format("2006-01-02T15:04"))
	b.SelectText("[name=deputy]", deputy.name)
	b.Follow("main button|Add absence")
	b.See("stands in")
}

// ask opens a ticket of the topic and returns its number.
func ask(t *testing.T, w world, b *testkit.Browser, look testkit.Look, subject string) int64 {
	t.Helper()
	b.Open(link.NewTicket)
	b.Fill("[name=subject]", subject)
	message(b, look, "It stays dark.")
	b.SelectText("[name=topic]", "Technical support")
	if look.NoScript {
		b.Follow("button|Update fields")
	}
	b.Await(`[name="field.type"]`)
	b.SelectText(`[name="field.type"]`, "Help with setup")
	b.SelectText(`[name="field.priority"]`, "High")
	b.Follow("main button|Create ticket")
	return w.newest(t)
}

// called puts people on copy by the keyboard and logs a second call.
func called(b *testkit.Browser, look testkit.Look, number int64) {
	if !look.NoScript {
		b.Open(link.Query(link.AgentTicket(number), "tab", "write"))
		b.Fill("#cc", "mar")
		b.Await("[role=option]|Maria Orlova")
		b.Axe()
		b.Key("Enter")
		b.Await(".to__one|Maria Orlova")
		b.Type("boss@partner.example,")
		b.Await(".to__one.tone-amber|boss@partner.example")
		b.Key("Backspace")
		b.AwaitGone("[data-address='boss@partner.example']")
		b.AwaitValue("[name=cc]", "@")
		b.Open(link.AgentTicket(number))
		b.KeyFollow("l")
	} else {
		b.Open(link.AgentCalls(number))
	}
	b.Axe()
	b.Fill("[name=call_minutes]", "3")
	b.Fill("[name=message]", "They wait for the courier.")
	b.Click("[name=spend]")
	b.Follow("main form button.btn--primary")
	b.See("logged an incoming call", "3 minutes", "They wait for the courier.")
}
