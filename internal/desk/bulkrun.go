package desk

import (
	"cmp"
	"context"
	"crypto/rand"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/bulk"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/httpx"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/macro"
	"github.com/deskbell/deskbell/internal/ticket"
	"github.com/deskbell/deskbell/web/ui"
)

const (
	bulkSmall = 50                      // tickets whose end the page waits for
	bulkWait  = 1500 * time.Millisecond // so long
	bulkLook  = 80 * time.Millisecond   // before the first look; each further wait is twice as long
)

// bulkPage is a bulk action before it begins: the form in which it is composed,
// or what it will do, to be confirmed.
type bulkPage struct {
	ui.AgentPage
	actForm
	Numbers []string // of the chosen tickets
	All     bool
	Query   string
	Count   string // how many that are
	Back    string
	Key     string
	Macro   macro.Macro
	Macros  []macro.Macro
	Sure    bool // nothing is left to write, only to confirm
	Problem fault.Message
}

// postBulk is POST /agent/bulk: something is to be done to the selected tickets.
// What reaches customers or many tickets is shown before it is done.
func (h *Handler) postBulk(w http.ResponseWriter, r *http.Request) error {
	form, err := httpx.ReadForm(r)
	if err != nil {
		return err
	}
	p := bulkPage{
		actForm: actForm{Me: httpx.Actor(r), Act: readAct(r.Context(), form)}, Numbers: form["ticket"], All: form.On("all"), Query: form.Line("query"),
		Back: backTo(form), Key: form.Line("key"),
	}
	if p.Key == "" {
		p.Key = rand.Text()
	}
	if id := form.ID("macro"); id != 0 {
		if p.Macro, err = h.macros.Macro(r.Context(), p.Me, id); err != nil {
			return err
		}
		p.Act = p.Macro.Act
	}
	wrong, err := h.readOwner(r.Context(), form, &p.actForm)
	if err != nil {
		return err
	}
	if form.Get("step") == "write" {
		return h.renderBulk(w, r, http.StatusOK, p)
	}
	order := p.order()
	if err := cmp.Or(wrong.Err(), h.bulk.Check(r.Context(), p.Me, order)); err != nil {
		return h.bulkRefused(w, r, p, err)
	}
	if !form.On("sure") && (p.All || p.Act.Reply != "" || p.Macro.ID != 0 || p.Act.Bin == ticket.Spam || p.Act.Requester != 0 || p.Act.Company != 0 || len(p.Numbers) > bulkSmall) {
		p.Sure = true
		return h.renderBulk(w, r, http.StatusOK, p)
	}
	if p.Macro.ID != 0 {
		version, _ := form.Int("version")
		if err := p.Macro.Shown(version); err != nil { // what it does now is shown
			p.Sure = true
			return h.bulkRefused(w, r, p, err)
		}
	}
	id, err := h.bulk.Start(r.Context(), p.Me, order)
	if err != nil {
		return h.bulkRefused(w, r, p, err)
	}
	return h.followBulk(w, r, id, p)
}

// order is the page's form as the use case takes it.
func (p bulkPage) order() bulk.Order {
	o := bulk.Order{Act: p.Act, All: p.All, Filter: p.Query, Macro: p.Macro.ID, Key: p.Key}
	for _, n := range p.Numbers {
		if number, err := strconv.ParseInt(n, 10, 64); err == nil {
			o.Numbers = append(o.Numbers, number)
		}
	}
	return o
}

// bulkRefused shows the form again with what is wrong with it.
func (h *Handler) bulkRefused(w http.ResponseWriter, r *http.Request, p bulkPage, err error) error {
	if !fault.Is(err, fault.Invalid) && !fault.Is(err, fault.Conflict) {
		return err
	}
	f := fault.Of(err)
	p.Errors = f.Fields
	if len(f.Fields) == 0 {
		p.Problem = fault.Message{Key: f.Key, Args: f.Args}
	}
	for _, field := range []string{"q", "tags", "bin", "message"} {
		if m, ok := f.Fields[field]; ok {
			p.Problem = m
		}
	}
	return h.renderBulk(w, r, httpx.Status(err), p)
}

func (h *Handler) renderBulk(w http.ResponseWriter, r *http.Request, status int, p bulkPage) error {
	ctx := r.Context()
	fill := h.fillActForm
	if p.Sure {
		fill = func(ctx context.Context, f *actForm) error { return h.fillActWords(ctx, f, f.Act) }
	}
	if err := fill(ctx, &p.actForm); err != nil {
		return err
	}
	p.Count = strconv.Itoa(len(p.Numbers))
	if p.All {
		if f, err := h.tickets.ReadFilter(ctx, p.Query); err == nil { // else it is what was refused
			n, err := h.tickets.SizeOf(ctx, p.Me, f)
			if err != nil {
				return err
			}
			p.Count = sizeText(ctx, n)
		}
	}
	if !p.Sure {
		var err error
		if p.Macros, err = h.macros.List(ctx, p.Me); err != nil {
			return err
		}
	}
	p.AgentPage = h.page(r, i18n.T(ctx, "bulk.title"), "inbox")
	if err := h.count(ctx, p.Me, &p.AgentPage, nil); err != nil {
		return err
	}
	return httpx.Render(w, r, status, bulkCheck(p))
}

// sizeText says how many tickets a filter has, and no more than is known.
func sizeText(ctx context.Context, n ticket.Size) string {
	switch {
	case n.N == 0 && n.More:
		return i18n.T(ctx, "bulk.not_counted")
	case n.N >= ticket.SizeCap && n.More:
		return i18n.T(ctx, "bulk.more_than", "count", strconv.Itoa(n.N))
	case n.More:
		return i18n.T(ctx, "bulk.at_least", "count", strconv.Itoa(n.N))
	default:
		return strconv.Itoa(n.N)
	}
}

// followBulk shows how a run goes. The end of a small one is waited for, and told
// on the list from which it came.
func (h *Handler) followBulk(w http.ResponseWriter, r *http.Request, id int64, p bulkPage) error {
	if p.All || len(p.Numbers) > bulkSmall {
		return httpx.SeeOther(w, r, withBack(link.BulkRun(id), p.Back))
	}
	end := time.After(bulkWait)
	for wait := bulkLook; ; wait *= 2 {
		run, err := h.bulk.Run(r.Context(), p.Me, id)
		if err != nil {
			return err
		}
		if run.State.Over() {
			return h.tellBulk(w, r, run, p.Back)
		}
		select {
		case <-r.Context().Done():
			return nil
		case <-end:
			return httpx.SeeOther(w, r, withBack(link.BulkRun(id), p.Back))
		case <-time.After(wait):
		}
	}
}

// tellBulk says on the list what a small run did. When a ticket was refused its
// page says why.
func (h *Handler) tellBulk(w http.ResponseWriter, r *http.Request, run bulk.Run, back string) error {
	if run.Refused > 0 || run.Kept > 0 {
		return httpx.SeeOther(w, r, withBack(link.BulkRun(run.ID), back))
	}
	said := []any{"count", run.Done}
	if run.CanUndo(h.now()) {
		said = append(said, "undo", withBack(link.BulkUndo(run.ID), back))
	}
	httpx.Flash(r.Context(), h.sessions, "bulk.done_toast", said...)
	return httpx.SeeOther(w, r, back)
}

// backTo is the list that a form or an address says it came from: a path of the
// inbox, nothing else.
func backTo(values httpx.Form) string {
	if to := values.Line("back"); strings.HasPrefix(to, link.Inbox+"?") || to == link.Inbox {
		return to
	}
	return link.Inbox
}

// withBack is an address of a run that leads back to the list it came from.
func withBack(href, back string) string {
	return link.Query(href, "back", notInbox(back))
}

// notInbox is "" for the inbox, where a page leads back to without being told.
func notInbox(back string) string {
	if back == link.Inbox {
		return ""
	}
	return back
}

// runPage is a run with its rows.
type runPage struct {
	ui.AgentPage
	actForm
	bulk.Run
	Rows    []bulk.Row
	Next    int64
	Refuses bool   // only what was refused is shown
	Back    string // the list that it came from
}

// showBulk is GET /agent/bulk/{id}: how far a run is, and what became of each
// ticket.
func (h *Handler) showBulk(w http.ResponseWriter, r *http.Request) error {
	id, err := httpx.PathID(r, "id")
	if err != nil {
		return err
	}
	ctx, q := r.Context(), httpx.ReadQuery(r)
	p := runPage{Refuses: q.On("refused"), Back: backTo(q)}
	p.Me = httpx.Actor(r)
	if p.Run, err = h.bulk.Run(ctx, p.Me, id); err != nil {
		return err
	}
	p.actForm.Act = p.Run.Act
	rows := h.bulk.Rows
	if p.Refuses {
		rows = h.bulk.RefusedRows
	}
	if p.Rows, p.Next, err = rows(ctx, p.Me, id, q.ID("after")); err != nil {
		return err
	}
	if err := h.fillActWords(ctx, &p.actForm, p.Run.Act); err != nil {
		return err
	}
	p.AgentPage = h.page(r, i18n.T(ctx, "bulk.title"), "inbox")
	if err := h.count(ctx, p.Me, &p.AgentPage, nil); err != nil {
		return err
	}
	return httpx.Render(w, r, http.StatusOK, bulkRunPage(p))
}

// showBulks is GET /agent/bulk: the last runs of the reader's own.
func (h *Handler) showBulks(w http.ResponseWriter, r *http.Request) error {
	ctx, by := r.Context(), httpx.Actor(r)
	runs, err := h.bulk.Runs(ctx, by)
	if err != nil {
		return err
	}
	p := h.page(r, i18n.T(ctx, "bulk.title"), "inbox")
	if err := h.count(ctx, by, &p, nil); err != nil {
		return err
	}
	return httpx.Render(w, r, http.StatusOK, bulkRuns(p, runs))
}

// postBulkCancel is POST /agent/bulk/{id}/cancel.
func (h *Handler) postBulkCancel(w http.ResponseWriter, r *http.Request) error {
	return h.turnBulk(w, r, h.bulk.Cancel)
}

// postBulkUndo is POST /agent/bulk/{id}/undo.
func (h *Handler) postBulkUndo(w http.ResponseWriter, r *http.Request) error {
	return h.turnBulk(w, r, h.bulk.Undo)
}

func (h *Handler) turnBulk(w http.ResponseWriter, r *http.Request, do func(ctx context.Context, by auth.Actor, id int64) error) error {
	id, err := httpx.PathID(r, "id")
	if err != nil {
		return err
	}
	by := httpx.Actor(r)
	if _, err := h.bulk.Run(r.Context(), by, id); err != nil {
		return err
	}
	if err := do(r.Context(), by, id); err != nil {
		return err
	}
	return httpx.SeeOther(w, r, withBack(link.BulkRun(id), backTo(httpx.ReadQuery(r))))
}

// left is how many tickets are not done yet.
func (p runPage) left() int { return max(p.Total-p.Done-p.Refused, 0) }

func (p runPage) rowsHref(only string, after int64) string {
	from := ""
	if after > 0 {
		from = num(after)
	}
	return link.Query(link.BulkRun(p.ID), "back", notInbox(p.Back), "refused", only, "after", from)
}

// runText says where a run stands.
func runText(ctx context.Context, r bulk.Run) string {
	return i18n.T(ctx, "bulk.state."+string(r.State), "done", r.Done, "total", r.Total, "undone", r.Undone, "percent", r.Percent())
}

func rowTone(state string) string {
	switch state {
	case "done", "undone":
		return "tone-green"
	case "refused", "kept":
		return "tone-amber"
	default:
		return "tone-neutral"
	}
}

func rowIcon(state string) string {
	switch state {
	case "refused", "kept":
		return "alert"
	case "waiting":
		return "clock"
	case "undone":
		return "reopen"
	default:
		return "check"
	}
}

// tagText are tags as a field for them has them.
func tagText(tags []string) string { return strings.Join(tags, ", ") }

// replyError is what is wrong with the reply, under either of its names.
func (f actForm) replyError() fault.Message {
	if m, ok := f.Errors["reply"]; ok {
		return m
	}
	return f.Errors["message"]
}

// refusedOnly in a page's address shows the rows that were not changed alone.
const refusedOnly = "1"

// only is the choice that the page was asked with.
func (p runPage) only() string {
	if p.Refuses {
		return refusedOnly
	}
	return ""
}
