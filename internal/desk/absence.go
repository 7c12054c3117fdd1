package desk

import (
	"context"
	"net/http"

	"github.com/deskbell/deskbell/internal/account"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/httpx"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/web/ui"
)

// absencePage is when somebody is away, and the form for another time.
type absencePage struct {
	ui.AgentPage
	PersonID int64
	Own      bool
	List     []account.Absence
	Deputies []account.Deputy
	From     string
	Until    string
	DeputyID int64
	Errors   map[string]fault.Message
	Problem  fault.Message
}

// showAbsence is GET /agent/absence, one's own, and GET /agent/absence/{id}.
func (h *Handler) showAbsence(w http.ResponseWriter, r *http.Request) error {
	return h.renderAbsence(w, r, http.StatusOK, absencePage{})
}

// postAbsence is POST /agent/absence and POST /agent/absence/{id}: another time
// away, or with end the end of one.
func (h *Handler) postAbsence(w http.ResponseWriter, r *http.Request) error {
	form, err := httpx.ReadForm(r)
	if err != nil {
		return err
	}
	ctx, by := r.Context(), httpx.Actor(r)
	person, err := whoseAbsence(r)
	if err != nil {
		return err
	}
	if id := form.ID("end"); id != 0 {
		if err := h.accounts.EndAbsence(ctx, by, person, id); err != nil {
			return err
		}
		httpx.Flash(ctx, h.sessions, "desk.absence.ended")
		return httpx.SeeOther(w, r, r.URL.Path)
	}
	f := absencePage{From: form.Line("from"), Until: form.Line("until"), DeputyID: form.ID("deputy")}
	in := account.NewAbsence{DeputyID: f.DeputyID}
	if t := localTime(ctx, f.From); t != nil {
		in.FromAt = *t
	}
	if t := localTime(ctx, f.Until); t != nil {
		in.UntilAt = *t
	}
	err = h.accounts.AddAbsence(ctx, by, person, in)
	if fault.Is(err, fault.Invalid) || fault.Is(err, fault.Conflict) {
		f.Errors = fault.Of(err).Fields
		if len(f.Errors) == 0 {
			f.Problem = message(err)
		}
		return h.renderAbsence(w, r, httpx.Status(err), f)
	}
	if err != nil {
		return err
	}
	httpx.Flash(ctx, h.sessions, "desk.absence.saved")
	return httpx.SeeOther(w, r, r.URL.Path)
}

// whoseAbsence is the person that the route names, or the reader.
func whoseAbsence(r *http.Request) (int64, error) {
	if r.URL.Path == link.Absence {
		return httpx.Actor(r).PersonID, nil
	}
	return httpx.PathID(r, "id")
}

func (h *Handler) renderAbsence(w http.ResponseWriter, r *http.Request, status int, p absencePage) error {
	var err error
	if p.PersonID, err = whoseAbsence(r); err != nil {
		return err
	}
	ctx, by := r.Context(), httpx.Actor(r)
	if p.List, p.Deputies, err = h.accounts.Absences(ctx, by, p.PersonID); err != nil {
		return err
	}
	p.AgentPage = h.page(r, i18n.T(ctx, "desk.absence.title"), "profile")
	if err := h.count(ctx, by, &p.AgentPage, nil); err != nil {
		return err
	}
	p.Own = p.PersonID == by.PersonID
	return httpx.Render(w, r, status, absenceView(p))
}

// action is where the page's forms are posted.
func (p absencePage) action() string {
	if p.Own {
		return link.Absence
	}
	return link.AbsenceOf(p.PersonID)
}

func (p absencePage) from(ctx context.Context) ui.Field {
	return ui.Field{Name: "from", Type: "datetime-local", Label: i18n.T(ctx, "desk.absence.from"), Value: p.From, Error: p.Errors["from"], Required: true}
}

func (p absencePage) until(ctx context.Context) ui.Field {
	return ui.Field{Name: "until", Type: "datetime-local", Label: i18n.T(ctx, "desk.absence.until"), Value: p.Until, Error: p.Errors["until"], Required: true}
}

func (p absencePage) deputy(ctx context.Context) ui.Field {
	return ui.Field{
		Name: "deputy", Label: i18n.T(ctx, "desk.absence.deputy"), Value: num(p.DeputyID), Error: p.Errors["deputy"],
		Hint: i18n.T(ctx, "desk.absence.deputy_hint"),
	}
}

func (p absencePage) deputies(ctx context.Context) []ui.Option {
	options := []ui.Option{{Value: "0", Label: i18n.T(ctx, "desk.absence.nobody")}}
	for _, d := range p.Deputies {
		options = append(options, ui.Option{Value: num(d.ID), Label: d.Name})
	}
	return options
}

// absenceSpan is one absence in words.
func absenceSpan(ctx context.Context, a account.Absence) string {
	return i18n.T(ctx, "desk.absence.span", "from", i18n.DateTime(ctx, a.FromAt), "until", i18n.DateTime(ctx, a.UntilAt))
}
