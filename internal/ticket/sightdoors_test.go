package ticket_test

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/ticket"
)

// withFile opens a ticket of by with a file in its message and one in a note.
func (w *world) withFile(tb testing.TB, by auth.Actor) withFile {
	tb.Helper()
	stage := func(a auth.Actor, text string) int64 {
		u, err := w.svc.Stage(tb.Context(), a, "boot.log", strings.NewReader(text), ticket.MaxUploads)
		if err != nil {
			tb.Fatal(err)
		}
		return u.ID
	}
	file := stage(by, "of the customer")
	picture, err := w.svc.Stage(tb.Context(), by, "console.png", bytes.NewReader(pngOf(tb, 600, 400)), ticket.MaxUploads)
	if err != nil {
		tb.Fatal(err)
	}
	n, err := w.svc.Submit(tb.Context(), by, ticket.Submission{TopicID: w.topic, Subject: "Ticket of " + by.Name, Message: "M", Uploads: []int64{file, picture.ID}})
	if err != nil {
		tb.Fatal(err)
	}
	if _, err := w.db.Exec(tb.Context(), `UPDATE tickets SET fields = jsonb_build_object('serial_numbers', jsonb_build_array('SN-' || number)) WHERE number = $1`, n); err != nil {
		tb.Fatal(err)
	}
	note := stage(w.eve, "internal")
	if _, err := w.svc.AddNote(tb.Context(), w.eve, n, ticket.NewNote{Message: "internal", Uploads: []int64{note}}); err != nil {
		tb.Fatal(err)
	}
	return withFile{n, file, note, picture.ID}
}

// doors tries each way to a ticket and reports which are open.
func (w *world) doors(tb testing.TB, by auth.Actor, tk withFile) map[string]bool {
	tb.Helper()
	ctx := tb.Context()
	open := func(err error) bool {
		if err != nil && !fault.Is(err, fault.NotFound) && !fault.Is(err, fault.Unauthorized) {
			tb.Fatalf("an error that is no refusal: %v", err)
		}
		return err == nil
	}
	_, pageErr := w.svc.Thread(ctx, by, tk.number, ticket.ViewEnd)
	_, fileErr := w.svc.Download(ctx, by, tk.file)
	_, noteErr := w.svc.Download(ctx, by, tk.noteFile)
	_, pulseErr := w.svc.Pulse(ctx, by, tk.number)
	_, thumbErr := w.svc.Thumbnail(ctx, by, tk.picture)
	_, draftErr := w.svc.SaveDraft(ctx, by, tk.number, ticket.Draft{Kind: ticket.ReplyDraft, Body: "half a sentence"})
	doors := map[string]bool{
		"page": open(pageErr), "file": open(fileErr), "note's file": open(noteErr), "live": open(pulseErr), "thumbnail": open(thumbErr), "draft": open(draftErr),
		// Forbidden, Invalid and Conflict say that there is such a ticket.
		"copies": knows(w.addNobody(by, tk.number)), "take a copy": knows(w.svc.TakeCopy(ctx, by, tk.number, "nobody@nowhere.test")),
		"rating": knows(w.svc.Rate(ctx, by, tk.number, ticket.Good, "")), "fields": knows(w.svc.SetFields(ctx, by, tk.number, nil)),
	}
	number := strconv.FormatInt(tk.number, 10)
	for door, f := range map[string]ticket.MineFilter{
		"my tickets": {Tab: ticket.TabAll}, "my tickets by search": {Tab: ticket.TabAll, Query: number},
		"my tickets by words":  {Tab: ticket.TabAll, Query: "ticket of"},
		"my tickets by serial": {Tab: ticket.TabAll, Query: "sn-" + number, Serials: []int64{w.topic}},
		"my tickets by status": {Tab: ticket.TabAll, Sort: ticket.MineByStatus, Size: 100},
		"my tickets, oldest":   {Tab: ticket.TabAll, Sort: "-" + ticket.MineByCreated},
	} {
		page, err := w.svc.Mine(ctx, by, f)
		_ = open(err)
		doors[door] = false
		for _, row := range page.Rows {
			doors[door] = doors[door] || row.Number == tk.number
		}
	}
	doors["my tickets, file"] = false
	_ = open(w.svc.ExportMine(ctx, by, ticket.MineFilter{Tab: ticket.TabAll}, func(rows []ticket.MineRow) error {
		for _, row := range rows {
			doors["my tickets, file"] = doors["my tickets, file"] || row.Number == tk.number
		}
		return nil
	}))
	exact, err := w.svc.ExactMine(ctx, by, "#"+number)
	doors["my tickets, number"] = open(err) && exact == tk.number
	news, err := w.svc.AnyMine(ctx, by, []int64{tk.number})
	doors["my tickets, live"] = open(err) && news
	changed, err := w.svc.ChangedMine(ctx, by, ticket.MineFilter{Tab: ticket.TabAll, Query: "sn-" + number, Serials: []int64{w.topic}}, time.Time{})
	doors["my tickets, changes"] = open(err) && changed == 1
	w.deskDoors(tb, by, tk, doors)
	return doors
}

// deskDoors adds the agents' ways to a ticket.
func (w *world) deskDoors(tb testing.TB, by auth.Actor, tk withFile, doors map[string]bool) {
	tb.Helper()
	ctx := tb.Context()
	if !by.Staff() {
		return
	}
	work, workErr := w.svc.Work(ctx, by, tk.number, ticket.ViewEnd, ticket.NoteDraft)
	_, previewErr := w.svc.Preview(ctx, by, tk.number)
	_, nextErr := w.svc.Neighbour(ctx, by, tk.number, ticket.Listed{View: ticket.ViewNew}, ticket.After)
	doors["work"], doors["preview"], doors["neighbour"] = knows(workErr), knows(previewErr), knows(nextErr)
	doors["act"] = knows(w.svc.SetPriority(ctx, by, tk.number, ticket.Normal))
	view := ticket.ViewNew
	if workErr == nil {
		view = ticket.InboxView(work.Status)
	}
	for door, f := range map[string]ticket.InboxFilter{
		"inbox": {Filter: view.Filter()}, "inbox, oldest": {Filter: view.Filter(), Sort: ticket.SortOldest},
		"inbox, number": {Filter: ticket.Filter{Words: strconv.FormatInt(tk.number, 10)}}, "inbox, words": {Filter: ticket.Filter{Words: "ticket of"}},
	} {
		page, err := w.svc.Inbox(ctx, by, f)
		if err != nil {
			tb.Fatal(err)
		}
		doors[door] = slices.ContainsFunc(page.Rows, func(r ticket.InboxRow) bool { return r.Number == tk.number })
	}
	part, err := w.svc.FilterTickets(ctx, by, ticket.Filter{}, "", 100)
	doors["all of a filter"] = err == nil && slices.ContainsFunc(part.Tickets, func(f ticket.Found) bool { return f.Number == tk.number })
	doors["mark unread"] = knows(w.svc.MarkUnread(ctx, by, tk.number))
	seen, err := w.svc.Seen(ctx, by, []int64{tk.number})
	doors["live events"] = err == nil && len(seen) == 1
	w.besideDoors(tb, by, tk, doors)
}

// besideDoors adds the ways that lead past a ticket's own page.
func (w *world) besideDoors(tb testing.TB, by auth.Actor, tk withFile, doors map[string]bool) {
	tb.Helper()
	ctx := tb.Context()
	number := strconv.FormatInt(tk.number, 10)
	elsewhere := w.elsewhere(tb)
	var message int64
	if err := w.db.QueryRow(ctx, `SELECT min(m.id) FROM messages m JOIN tickets t ON t.id = m.ticket_id WHERE t.number = $1`, tk.number).Scan(&message); err != nil {
		tb.Fatal(err)
	}
	shown, err := w.svc.Show(ctx, by, tk.number, ticket.Act{Reply: "{{ticket.subject}}"})
	doors["placeholders"] = knows(err) || shown.Act.Reply != ""
	_, err = w.svc.Children(ctx, by, tk.number)
	doors["children"] = knows(err)
	_, err = w.svc.Split(ctx, by, tk.number, ticket.Splitting{Messages: []int64{-1}, Subject: "Split"})
	doors["split"] = knows(err)
	_, err = w.svc.Redactable(ctx, by, tk.number, ticket.Redaction{MessageID: message})
	doors["redact"] = !fault.Is(err, fault.NotFound)
	doors["merge"] = knows(w.svc.Merge(ctx, by, tk.number, ticket.Merging{Into: elsewhere}))
	for door, pair := range map[string][2]int64{"merge": {tk.number, elsewhere}, "merge into it": {elsewhere, tk.number}} {
		_, err := w.svc.PlanMerge(ctx, by, pair[0], pair[1])
		doors[door+", plan"] = knows(err)
		doors["link of "+door] = knows(w.svc.AddLink(ctx, by, pair[0], pair[1], ticket.Related)) && w.svc.RemoveLink(ctx, by, pair[0], pair[1], ticket.Related) == nil
	}
	picks, err := w.svc.Picks(ctx, by, elsewhere, number)
	doors["picker"] = err == nil && slices.ContainsFunc(picks, func(p ticket.Pick) bool { return p.Number == tk.number })
	known, err := w.svc.ByNumber(ctx, w.db, by, []int64{tk.number})
	doors["by number"] = err == nil && len(known) == 1
	_, err = w.svc.PerformShown(ctx, by, tk.number, ticket.Shown{Act: ticket.Act{Changes: ticket.Changes{Priority: ticket.Normal}}})
	doors["bulk and macros"] = knows(err)
	byNumber, _ := ticket.ParseFilter("number:" + strconv.FormatInt(tk.number, 10))
	size, err := w.svc.SizeOf(ctx, by, byNumber)
	doors["size of a filter"] = err == nil && size.N == 1
	doors["all of a filter"] = err == nil && w.wholeHas(tb, by, byNumber)
	_, err = w.svc.RequesterEffect(ctx, by, tk.number, w.bob.PersonID)
	doors["another requester"] = knows(err)
}

// wholeHas reports whether all tickets of a filter are any.
func (w *world) wholeHas(tb testing.TB, by auth.Actor, f ticket.Filter) (has bool) {
	tb.Helper()
	scope, err := w.svc.Whole(tb.Context(), by, f)
	if err == nil {
		err = w.db.QueryRow(tb.Context(), `SELECT EXISTS (SELECT FROM tickets t WHERE `+scope.Where+`)`, scope.Args).Scan(&has)
	}
	if err != nil {
		tb.Fatal(err)
	}
	return has
}

// elsewhere is a closed ticket that all staff see.
func (w *world) elsewhere(tb testing.TB) (number int64) {
	tb.Helper()
	err := w.db.QueryRow(tb.Context(), `SELECT number FROM tickets WHERE subject = 'Elsewhere'`).Scan(&number)
	if errors.Is(err, pgx.ErrNoRows) {
		number, err = w.svc.Submit(tb.Context(), w.bob, ticket.Submission{TopicID: w.topic, Subject: "Elsewhere", Message: "Another matter"})
		w.answer(tb, number, ticket.Closed)
	}
	if err != nil {
		tb.Fatal(err)
	}
	return number
}

// knows reports whether an answer gives away that there is such a ticket.
func knows(err error) bool {
	return !fault.Is(err, fault.Unauthorized) && fault.Of(err).Key != "ticket.not_found"
}

// addNobody asks to put somebody outside on copy and never says yes.
func (w *world) addNobody(by auth.Actor, number int64) error {
	_, err := w.svc.AddCopies(context.Background(), by, number, ticket.NewCopies{Typed: "nobody@nowhere.test"})
	return err
}
