package demo

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/deskbell/deskbell/internal/account"
	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/inbox"
	"github.com/deskbell/deskbell/internal/setting"
	"github.com/deskbell/deskbell/internal/ticket"
)

// team is a department with its members' addresses and the help topics whose
// tickets come into it.
type team struct {
	key     string        // its English name
	names   setting.Words // in the other languages
	kind    setting.DepartmentKind
	mode    setting.Mode // from the end of the story on: in it agents take their tickets
	members []string
	topics  []string
}

// The departments.
const (
	firstLine = "First line"
	lab       = "Service centre"
	orders    = "Orders"
)

var teams = []team{
	{firstLine, setting.Words{"ru": "Первая линия", "de": "First-Level-Support", "fr": "Premier niveau", "es": "Primera línea", "it": "Primo livello"}, setting.Supports, setting.ModeRoundRobin, []string{annaMail, marcoMail, priyaMail, stepMail, olgaMail}, []string{"technical_support", "it_support", "crm_support"}},
	{lab, setting.Words{"ru": "Сервисный центр", "de": "Servicezentrum", "fr": "Centre de service", "es": "Centro de servicio", "it": "Centro assistenza"}, setting.Services, setting.ModeLeastLoaded, []string{priyaMail, stepMail}, nil},
	{orders, setting.Words{"ru": "Заказы и счета", "de": "Bestellungen und Rechnungen", "fr": "Achats et factures", "es": "Pedidos y facturas", "it": "Ordini e fatture"}, setting.Supports, setting.ModeNone, []string{annaMail, jonasMail, olgaMail}, []string{"billing"}},
}

// openTeams makes the departments.
func (p *player) openTeams(ctx context.Context) error {
	topics, err := p.desk.Settings.AllTopics(ctx, auth.TheSystem())
	if err != nil {
		return err
	}
	for _, t := range teams {
		edit := setting.DepartmentEdit{Name: maps.Clone(t.names), Kind: t.kind, Mode: setting.ModeNone}
		edit.Name["en"] = t.key
		for _, m := range t.members {
			edit.Members = append(edit.Members, p.actors[m].PersonID)
		}
		id, err := p.desk.Settings.SaveDepartment(ctx, auth.TheSystem(), edit)
		if err != nil {
			return fmt.Errorf("department %s: %w", t.key, err)
		}
		p.teams[t.key] = id
		for _, topic := range topics {
			if !slices.Contains(t.topics, topic.Key) {
				continue
			}
			topic.DepartmentID = id
			if _, err := p.desk.Settings.SaveTopic(ctx, auth.TheSystem(), topic); err != nil {
				return fmt.Errorf("help topic %s: %w", topic.Key, err)
			}
		}
	}
	for _, s := range staff {
		if err := p.meet(ctx, s.email, p.actors[s.email].PersonID); err != nil {
			return err
		}
	}
	return nil
}

// handOutTickets lets the departments deal their tickets from now on, and sends
// two agents on holiday: one is away, one will be.
func (p *player) handOutTickets(ctx context.Context) error {
	all, err := p.desk.Settings.AllDepartments(ctx, auth.TheSystem())
	if err != nil {
		return err
	}
	for _, t := range teams {
		i := slices.IndexFunc(all, func(d setting.DepartmentEdit) bool { return d.ID == p.teams[t.key] })
		all[i].Mode = t.mode
		if _, err := p.desk.Settings.SaveDepartment(ctx, auth.TheSystem(), all[i]); err != nil {
			return err
		}
	}
	today := p.clock.at.Truncate(day)
	for _, a := range []struct {
		who, deputy string
		from, until time.Time
	}{{jonasMail, annaMail, today.Add(-day), today.Add(6 * day)}, {olgaMail, stepMail, today.Add(8 * day), today.Add(22 * day)}} {
		in := account.NewAbsence{FromAt: a.from, UntilAt: a.until, DeputyID: p.actors[a.deputy].PersonID}
		if err := p.desk.Accounts.AddAbsence(ctx, p.actors[adminMail], p.actors[a.who].PersonID, in); err != nil {
			return err
		}
	}
	return nil
}

// saveViews keeps lists that agents look at every day.
func (p *player) saveViews(ctx context.Context) error {
	team := p.teams[firstLine]
	for _, v := range []struct {
		by string
		inbox.View
	}{
		{marcoMail, inbox.View{Name: "Mine and urgent", Colour: "red", Query: "assignee:me is:unsolved priority:high,urgent", Sort: ticket.SortDue, Scope: inbox.Mine}},
		{marcoMail, inbox.View{Name: "My drafts", Colour: "amber", Query: "has:draft", Scope: inbox.Mine}},
		{annaMail, inbox.View{Name: "First line, untouched", Colour: "blue", Query: "status:new assignee:none", Sort: ticket.SortFirstCome, Scope: inbox.Department, DepartmentID: &team}},
		{annaMail, inbox.View{Name: "Silent for three days", Colour: "violet", Query: "is:unsolved updated:>3d", Sort: ticket.SortOldest, Scope: inbox.Everybody}},
		{stepMail, inbox.View{Name: "Мои, ждут ответа", Colour: "green", Query: "assignee:me turn:agent", Sort: ticket.SortOldest, Scope: inbox.Mine}},
	} {
		if _, err := p.desk.Inbox.Save(ctx, p.actors[v.by], v.View); err != nil {
			return fmt.Errorf("view %s: %w", v.Name, err)
		}
	}
	return nil
}
