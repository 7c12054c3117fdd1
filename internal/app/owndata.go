package app

import (
	"context"
	"time"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/notice"
	"github.com/deskbell/deskbell/internal/privacy"
)

// own reads what stands beside the tickets of a person, for a copy of their data.
func (a *App) own(ctx context.Context, by auth.Actor) (privacy.Own, error) {
	o := privacy.Own{
		Calls: []privacy.OwnCall{}, TimeEntries: []privacy.OwnTime{}, Views: []privacy.OwnView{}, Canned: []privacy.OwnText{}, Macros: []privacy.OwnText{},
		Notices: []privacy.OwnNotice{},
	}
	calls, err := a.Tickets.OwnCalls(ctx, by)
	if err != nil {
		return o, err
	}
	for _, c := range calls {
		o.Calls = append(o.Calls, privacy.OwnCall{
			Ticket: c.Ticket, Direction: string(c.Direction), Number: c.Number, StartedAt: c.StartedAt.UTC(), Seconds: c.Seconds, Agent: c.Agent,
		})
	}
	spent, err := a.Times.Own(ctx, by)
	if err != nil {
		return o, err
	}
	for _, l := range spent {
		o.TimeEntries = append(o.TimeEntries, privacy.OwnTime{
			Ticket: l.Number, Day: l.SpentOn.Format(time.DateOnly), Minutes: l.Minutes, Kind: string(l.Kind), Comment: l.Comment,
		})
	}
	views, err := a.Inbox.Own(ctx, by)
	if err != nil {
		return o, err
	}
	for _, v := range views {
		o.Views = append(o.Views, privacy.OwnView{Name: v.Name, Query: v.Query, Scope: string(v.Scope)})
	}
	if !by.Staff() {
		return o, nil
	}
	if err := a.ownTexts(ctx, by, &o); err != nil {
		return o, err
	}
	return o, a.ownNotices(ctx, by, &o)
}

// ownTexts adds the canned replies and macros that by made.
func (a *App) ownTexts(ctx context.Context, by auth.Actor, o *privacy.Own) error {
	replies, err := a.Canned.List(ctx, by)
	if err != nil {
		return err
	}
	for _, r := range replies {
		if r.OwnerID != by.PersonID {
			continue
		}
		text := privacy.OwnText{Name: r.Name, Scope: string(r.Scope)}
		for _, t := range r.Texts {
			text.Texts = append(text.Texts, t.Source)
		}
		o.Canned = append(o.Canned, text)
	}
	macros, err := a.Macros.List(ctx, by)
	if err != nil {
		return err
	}
	for _, m := range macros {
		if m.OwnerID != by.PersonID {
			continue
		}
		text := privacy.OwnText{Name: m.Name, Scope: string(m.Scope)}
		for _, words := range []string{m.Act.Reply, m.Act.Note} {
			if words != "" {
				text.Texts = append(text.Texts, words)
			}
		}
		o.Macros = append(o.Macros, text)
	}
	return nil
}

// ownNotices adds what by's centre shows.
func (a *App) ownNotices(ctx context.Context, by auth.Actor, o *privacy.Own) error {
	for f := (notice.Filter{}); ; {
		list, err := a.Notices.List(ctx, by, f)
		if err != nil {
			return err
		}
		for _, r := range list.Rows {
			o.Notices = append(o.Notices, privacy.OwnNotice{At: r.At.UTC(), Ticket: r.Number, Text: notice.Sentence(ctx, r), ReadAt: r.ReadAt})
		}
		if f.After = list.Older; f.After == "" {
			return nil
		}
	}
}
