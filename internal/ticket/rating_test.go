package ticket_test

import (
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/ticket"
)

// keyOf reads the signed part of a rating's link.
func keyOf(tb testing.TB, address string) ticket.RatingKey {
	tb.Helper()
	u, err := url.Parse(address)
	if err != nil {
		tb.Fatal(err)
	}
	cycle, err := strconv.Atoi(u.Query().Get("c"))
	if err != nil {
		tb.Fatal(err)
	}
	return ticket.RatingKey{Cycle: cycle, Signature: u.Query().Get("s")}
}

func TestRate(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.withMail(t)
	n := w.ticketIn(t, ticket.Waiting)
	rate := func(choice, comment string) string { return key(w.svc.Rate(t.Context(), w.ann, n, choice, comment)) }
	if k := rate(ticket.Good, ""); k != "ticket.rating_over" {
		t.Errorf("a ticket in work is rated: %q", k)
	}
	w.answer(t, n, ticket.Resolved)
	if err := w.svc.Rate(t.Context(), w.ann, n, "superb", strings.Repeat("x", 2001)); len(fault.Of(err).Fields) != 2 {
		t.Errorf("got %v", err)
	}
	if k := key(w.svc.Rate(t.Context(), w.abe, n, ticket.Bad, "")); k != "ticket.rating_not_yours" {
		t.Errorf("a colleague rates: %q", k)
	}
	before := w.thread(t, n).LastActivityAt
	w.pass(time.Hour)
	if k := rate(ticket.Good, "quick"); k != "" {
		t.Fatal(k)
	}
	if k := rate(ticket.Good, "quick and kind"); k != "" { // the comment alone is no event
		t.Fatal(k)
	}
	if k := rate(ticket.Bad, "it came back"); k != "" {
		t.Fatal(k)
	}
	th := w.thread(t, n)
	if r := th.Rating; r == nil || r.Good || r.Comment != "it came back" {
		t.Errorf("rating = %+v", r)
	}
	var told []string
	for _, e := range th.Entries {
		if e.Event == ticket.Rated {
			told = append(told, e.Old+">"+e.New)
		}
	}
	if strings.Join(told, " ") != ">good good>bad" || !th.LastActivityAt.Equal(before) {
		t.Errorf("the history tells %v; last activity %v, was %v", told, th.LastActivityAt, before)
	}
	work, err := w.svc.Work(t.Context(), w.eve, n, ticket.ViewEnd, ticket.ReplyDraft)
	if err != nil || work.Rating == nil || work.Rating.Choice() != ticket.Bad {
		t.Errorf("the agent does not see it: %v", err)
	}
	w.answer(t, n, ticket.Closed)
	if k := rate(ticket.Good, ""); k != "ticket.rating_over" {
		t.Errorf("a closed ticket's rating is changed: %q", k)
	}
}

func TestRateBySignature(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.withMail(t)
	n := w.ticketIn(t, ticket.Resolved)
	good, bad := w.svc.RatingLinks(n, 0)
	k := keyOf(t, good)
	if !strings.Contains(bad, "rating=bad") || strings.Contains(good+bad, "Ann") {
		t.Errorf("links: %s %s", good, bad)
	}
	ctx := t.Context()
	for name, wrong := range map[string]ticket.RatingKey{
		"no signature": {}, "another's": {Signature: "AAAAAAAAAAAAAAAAAAAAAAAA"}, "another time's": {Cycle: 1, Signature: k.Signature},
	} {
		if err := w.svc.RateBySignature(ctx, n, wrong, ticket.Bad, ""); !fault.Is(err, fault.NotFound) {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := w.svc.RatingBySignature(ctx, n, wrong); !fault.Is(err, fault.NotFound) {
			t.Errorf("%s is shown: %v", name, err)
		}
	}
	other := w.ticketIn(t, ticket.Resolved)
	if err := w.svc.RateBySignature(ctx, other, k, ticket.Bad, ""); !fault.Is(err, fault.NotFound) {
		t.Errorf("another ticket's link: %v", err)
	}
	if have, err := w.svc.RatingBySignature(ctx, n, k); err != nil || have != nil {
		t.Errorf("before: %v, %v", have, err)
	}
	if err := w.svc.RateBySignature(ctx, n, k, ticket.Good, "thanks"); err != nil {
		t.Fatal(err)
	}
	th := w.thread(t, n)
	last := th.Entries[len(th.Entries)-1]
	if th.Rating == nil || !th.Rating.Good || last.Event != ticket.Rated || last.AuthorID == nil || *last.AuthorID != w.ann.PersonID {
		t.Errorf("rating = %+v, history ends with %+v", th.Rating, last)
	}
	if err := w.svc.Reopen(ctx, w.ann, n); err != nil {
		t.Fatal(err)
	}
	w.answer(t, n, ticket.Resolved)
	if err := w.svc.RateBySignature(ctx, n, k, ticket.Bad, ""); !fault.Is(err, fault.Conflict) {
		t.Errorf("the link of the former time: %v", err)
	}
	if th := w.thread(t, n); th.Rating != nil {
		t.Error("resolved again, it has the former rating")
	}
	unsigned := newWorld(t) // its service has no secret
	m := unsigned.ticketIn(t, ticket.Resolved)
	g, _ := unsigned.svc.RatingLinks(m, 0)
	if err := unsigned.svc.RateBySignature(ctx, m, keyOf(t, g), ticket.Good, ""); !fault.Is(err, fault.NotFound) {
		t.Errorf("without a secret: %v", err)
	}
}

// TestRatingLinksInLetters: the requester alone gets the links, when the ticket
// is resolved.
func TestRatingLinksInLetters(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	sent := w.withAllMail(t)
	n := w.submit(t, w.ann)
	if _, err := w.svc.Answer(t.Context(), w.eve, n, ticket.AgentReply{Message: "m", CC: "cid@acme.test", To: ticket.Recipients{Confirmed: []string{"cid@acme.test"}}}); err != nil {
		t.Fatal(err)
	}
	for _, l := range *sent {
		if l.Data["rate_good"] != "" {
			t.Errorf("a waiting ticket's letter asks for a rating: %+v", l)
		}
	}
	*sent = nil
	w.answer(t, n, ticket.Resolved)
	asked := 0
	for _, l := range *sent {
		if l.Data["rate_good"] == "" {
			continue
		}
		asked++
		if l.PersonID != w.ann.PersonID {
			t.Errorf("somebody else may rate: %+v", l)
		}
		if err := w.svc.RateBySignature(t.Context(), n, keyOf(t, l.Data["rate_bad"]), ticket.Bad, ""); err != nil {
			t.Error(err)
		}
	}
	if asked != 1 || len(*sent) != 2 {
		t.Errorf("%d of %d letters ask for a rating", asked, len(*sent))
	}
}

func TestReplyCrossed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	n := w.submit(t, w.ann)
	seen := w.thread(t, n).TimelineSeq
	reply := func(seen int64) string {
		_, err := w.svc.Reply(t.Context(), w.ann, n, ticket.CustomerReply{Message: "And now?", Seen: seen})
		return key(err)
	}
	if _, err := w.svc.AddNote(t.Context(), w.eve, n, ticket.NewNote{Message: "a note"}); err != nil {
		t.Fatal(err)
	}
	if k := reply(seen); k != "" {
		t.Errorf("a note, which customers do not know of, stops a reply: %q", k)
	}
	w.answer(t, n, ticket.Waiting)
	if k := reply(seen); k != "ticket.reply_crossed" {
		t.Errorf("got %q", k)
	}
	if k := reply(w.thread(t, n).TimelineSeq); k != "" {
		t.Errorf("having read it: %q", k)
	}
	if k := reply(0); k != "" {
		t.Errorf("without saying what was seen: %q", k)
	}
}

func TestCustomerDraft(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	n := w.submit(t, w.ann)
	file, err := w.svc.Stage(t.Context(), w.ann, "boot.log", strings.NewReader("tftp"), 100)
	if err != nil {
		t.Fatal(err)
	}
	foreign, err := w.svc.Stage(t.Context(), w.abe, "secret.log", strings.NewReader("of Abe"), 100)
	if err != nil {
		t.Fatal(err)
	}
	_, err = w.svc.SaveDraft(t.Context(), w.ann, n, ticket.Draft{Kind: ticket.ReplyDraft, Body: "half", BaseSeq: 2, Uploads: []ticket.Upload{{ID: file.ID}, {ID: foreign.ID}}})
	if err != nil {
		t.Fatal(err)
	}
	draft := func() *ticket.Draft {
		th, err := w.svc.Thread(t.Context(), w.ann, n, ticket.ViewEnd)
		if err != nil {
			t.Fatal(err)
		}
		return th.Draft
	}
	if d := draft(); d == nil || d.Body != "half" || d.BaseSeq != 2 || len(d.Uploads) != 1 || d.Uploads[0].Name != "boot.log" {
		t.Errorf("draft = %+v", d)
	}
	if th, err := w.svc.Thread(t.Context(), w.abe, n, ticket.ViewEnd); err != nil || th.Draft != nil {
		t.Errorf("a colleague sees it: %+v, %v", th.Draft, err)
	}
	w.pass(48 * time.Hour)
	if gone, err := w.svc.ExpireUploads(t.Context()); err != nil || gone != 1 {
		t.Errorf("%d uploads expired, %v; want the one of no draft", gone, err)
	}
	if _, err := w.svc.Reply(t.Context(), w.ann, n, ticket.CustomerReply{Message: "whole", Uploads: []int64{file.ID}}); err != nil {
		t.Fatal(err)
	}
	if d := draft(); d != nil {
		t.Errorf("a sent draft is still there: %+v", d)
	}
}
