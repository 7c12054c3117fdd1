package desk

import (
	"context"
	"crypto/rand"
	"net/http"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/httpx"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/richtext"
	"github.com/deskbell/deskbell/internal/ticket"
	"github.com/deskbell/deskbell/web/ui"
)

// picker is a list of tickets to choose one from, with a search.
type picker struct {
	Number int64 // the ticket that another one is chosen for
	Action string
	Query  string
	Rows   []ticket.Pick
	// Relation goes along with a search and a choice; "": none is asked for.
	Relation ticket.Relation
}

// href chooses a ticket.
func (p picker) href(number int64, name string) string {
	return link.Query(p.Action, "relation", string(p.Relation), name, num(number))
}

// mergeView is the page on which a ticket becomes part of another.
type mergeView struct {
	Number  int64
	Picker  picker
	Plan    ticket.MergePlan
	Chosen  bool // the other ticket is: the plan is shown
	Agreed  bool
	Tell    bool
	Message string
	Key     string
	Wrong   fault.Message // with the message
	Problem fault.Message
	Keep    templ.Attributes // what scripts keep while the message is written
}

// showMerge is GET /agent/tickets/{number}/merge: choosing the ticket that
// stays, then what would happen.
func (h *Handler) showMerge(w http.ResponseWriter, r *http.Request) error {
	q := httpx.ReadQuery(r)
	return h.renderMerge(w, r, http.StatusOK, q.ID("into"), mergeView{Picker: picker{Query: q.Line("q")}, Key: rand.Text()})
}

// postMerge is POST /agent/tickets/{number}/merge.
func (h *Handler) postMerge(w http.ResponseWriter, r *http.Request) error {
	number, err := httpx.PathID(r, "number")
	if err != nil {
		return err
	}
	form, err := httpx.ReadForm(r)
	if err != nil {
		return err
	}
	into := form.ID("into")
	v := mergeView{Agreed: form.Has("agreed"), Tell: form.On("tell"), Message: form.Text("message"), Key: form.Line("key")}
	in := ticket.Merging{Into: into, Agreed: form.Line("agreed"), TellKind: richtext.KindMarkdown, Key: v.Key}
	if v.Tell {
		in.Tell = v.Message
		if strings.TrimSpace(in.Tell) == "" {
			v.Wrong = fault.Message{Key: "ticket.message_empty"}
			return h.renderMerge(w, r, http.StatusUnprocessableEntity, into, v)
		}
	}
	err = h.tickets.Merge(r.Context(), httpx.Actor(r), number, in)
	switch f := fault.Of(err); {
	case err == nil:
		httpx.Flash(r.Context(), h.sessions, "desk.merge.done", "number", num(number))
		return httpx.SeeOther(w, r, link.AgentTicket(into))
	case f.Kind == fault.Invalid:
		v.Wrong = f.Fields["message"]
	case f.Kind == fault.Conflict:
		v.Problem = message(err)
	default:
		return err
	}
	return h.renderMerge(w, r, httpx.Status(err), into, v)
}

func (h *Handler) renderMerge(w http.ResponseWriter, r *http.Request, status int, into int64, v mergeView) error {
	number, err := httpx.PathID(r, "number")
	if err != nil {
		return err
	}
	ctx, by := r.Context(), httpx.Actor(r)
	v.Number, v.Chosen = number, into != 0
	v.Picker.Number, v.Picker.Action = number, link.AgentMerge(number)
	if v.Chosen {
		v.Plan, err = h.tickets.PlanMerge(ctx, by, number, into)
		switch {
		case fault.Is(err, fault.NotFound):
			v.Chosen, v.Problem, status = false, message(err), http.StatusNotFound
		case number == into:
			v.Chosen, v.Problem, status = false, fault.Message{Key: "ticket.merge_itself"}, http.StatusUnprocessableEntity
		case err != nil:
			return err
		}
	}
	if v.Chosen {
		if v.Plan.Why != nil && v.Problem.Key == "" {
			v.Problem = fault.Message{Key: v.Plan.Why.Key, Args: v.Plan.Why.Args}
		}
		if v.Message == "" {
			v.Message = i18n.T(ctx, "desk.merge.message", "number", num(number), "into", num(into))
		}
	} else {
		if err := h.fillPicker(ctx, r, &v.Picker); err != nil {
			return err
		}
		if v.Picker.Query == "" { // what is proposed can be merged into
			v.Picker.Rows = slices.DeleteFunc(v.Picker.Rows, func(t ticket.Pick) bool { return t.Status == ticket.Closed })
		}
	}
	if httpx.Partial(r) && r.Method == http.MethodGet && !v.Chosen {
		return httpx.Render(w, r, status, picks(v.Picker, "into"))
	}
	v.Keep = keep(by, "merge:"+num(number)+":"+num(into), status)
	p, err := h.aside(r, i18n.T(ctx, "desk.merge.title", "number", num(number)))
	if err != nil {
		return err
	}
	return httpx.Render(w, r, status, mergePage(p, v))
}

// fillPicker finds the tickets to choose from. A ticket that the reader may not
// see is none to choose for.
func (h *Handler) fillPicker(ctx context.Context, r *http.Request, p *picker) (err error) {
	if _, err := h.tickets.Preview(ctx, httpx.Actor(r), p.Number); err != nil {
		return err
	}
	p.Rows, err = h.tickets.Picks(ctx, httpx.Actor(r), p.Number, p.Query)
	return err
}

// aside is the layout of a page that belongs to a ticket.
func (h *Handler) aside(r *http.Request, title string) (ui.AgentPage, error) {
	side, err := h.tickets.Sidebar(r.Context(), httpx.Actor(r))
	if err != nil {
		return ui.AgentPage{}, err
	}
	p := h.page(r, title, "inbox")
	beside(&p, side)
	return p, nil
}

// sightLine is one line of who sees what after a merge.
type sightLine struct {
	Icon  string
	Text  string
	Names []string
	More  int // people who are not named
}

// namedInSight is how many people a line names.
const namedInSight = 12

// sightLines are the changes of a plan in words.
func sightLines(ctx context.Context, p ticket.MergePlan) []sightLine {
	var lines []sightLine
	add := func(icon, text string, who []ticket.Viewer) {
		if len(who) == 0 {
			return
		}
		l := sightLine{Icon: icon, Text: text, More: max(0, len(who)-namedInSight)}
		for _, v := range who[:len(who)-l.More] {
			name := v.Name
			if v.Companies != "" {
				name += " (" + v.Companies + ")"
			}
			l.Names = append(l.Names, name)
		}
		lines = append(lines, l)
	}
	source, target := num(p.Source.Number), num(p.Target.Number)
	add("eye", i18n.T(ctx, "desk.merge.read_source", "number", source), p.Sight.ReadSource)
	add("eye", i18n.T(ctx, "desk.merge.read_target", "number", target), p.Sight.ReadTarget)
	add("lock", i18n.T(ctx, "desk.merge.lose", "number", source), p.Sight.Lose)
	switch p.Sight.Staff {
	case ticket.StaffFewer:
		lines = append(lines, sightLine{Icon: "lock", Text: i18n.T(ctx, "desk.merge.staff_fewer")})
	case ticket.StaffMore:
		lines = append(lines, sightLine{Icon: "eye", Text: i18n.T(ctx, "desk.merge.staff_more")})
	case ticket.StaffBetween:
		lines = append(lines, sightLine{Icon: "lock", Text: i18n.T(ctx, "desk.merge.staff_between")})
	case ticket.StaffSame:
	}
	return lines
}

func (v mergeView) tellField(ctx context.Context) ui.Field {
	return ui.Field{Name: "message", Label: i18n.T(ctx, "desk.merge.message_label"), Value: v.Message, Rows: 4, Error: v.Wrong, MaxLength: ticket.MaxMessage}
}
