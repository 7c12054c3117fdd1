package portal

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/deskbell/deskbell/internal/account"
	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/httpx"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/notice"
	"github.com/deskbell/deskbell/web/ui"
)

// matrixView is the page on which staff choose what they are told (A12), and
// which letters they get about tickets that they opened themselves.
type matrixView struct {
	notice.Settings
	me       auth.Actor
	key      string // the desk's, for push services
	letters  profileView
	from, to string // the quiet hours as typed
	wrong    fault.Message
	now      time.Time
}

// showMatrix is GET /profile/notifications; for customers there is none.
func (h *Profile) showMatrix(w http.ResponseWriter, r *http.Request) error {
	set, err := h.Notices.Settings(r.Context(), httpx.Actor(r))
	if err != nil {
		return err
	}
	v := matrixView{Settings: set, from: timeOfDay(set.Hours.From), to: timeOfDay(set.Hours.To)}
	return h.renderMatrix(w, r, http.StatusOK, v)
}

func (h *Profile) renderMatrix(w http.ResponseWriter, r *http.Request, status int, v matrixView) error {
	ctx, by := r.Context(), httpx.Actor(r)
	v.me, v.key, v.now = by, h.Notices.PushKey(), h.Now()
	var err error
	v.letters.me = by
	if v.letters.Profile, err = h.Accounts.Profile(ctx, by); err != nil {
		return err
	}
	p := ui.Page{Title: i18n.T(ctx, "notice.choose"), Actor: by, Theme: httpx.Theme(r), Now: h.Now()}
	if m, ok := httpx.TakeFlash(ctx, h.Sessions); ok {
		p.Flash = m
	}
	staff, err := h.staffPage(ctx, p)
	if err != nil {
		return err
	}
	return httpx.Render(w, r, status, matrixPage(staff, v))
}

// postMatrix is POST /profile/notifications: the ticked cells are wanted.
func (h *Profile) postMatrix(w http.ResponseWriter, r *http.Request) error {
	in, err := httpx.ReadForm(r)
	if err != nil {
		return err
	}
	ctx, by := r.Context(), httpx.Actor(r)
	v := matrixView{from: in.Line("quiet_from"), to: in.Line("quiet_to")}
	v.Hours.Weekends, v.Telling = in.On("weekends"), in.On("telling")
	for _, spec := range notice.Events {
		for _, cell := range spec.Cells {
			for _, c := range notice.Channels {
				v.Choices = append(v.Choices, notice.Choice{Event: spec.Event, Scope: cell.Scope, Channel: c, Wanted: in.On(tickName(spec.Event, cell.Scope, c))})
			}
		}
	}
	var ok1, ok2 bool
	v.Hours.From, ok1 = minutes(v.from)
	v.Hours.To, ok2 = minutes(v.to)
	err = fault.New(fault.Invalid, "notice.hours_wrong")
	if ok1 && ok2 {
		err = h.Notices.Choose(ctx, by, v.Settings)
	}
	if fault.Is(err, fault.Invalid) {
		v.wrong = fault.Message{Key: "notice.hours_wrong"}
		return h.renderMatrix(w, r, http.StatusUnprocessableEntity, v)
	}
	if err != nil {
		return err
	}
	letters := map[account.Notice]bool{}
	for _, n := range account.NoticesFor(by) {
		letters[n.Notice] = in.On(string(n.Notice))
	}
	if err := h.Accounts.Choose(ctx, by, letters); err != nil {
		return err
	}
	httpx.Flash(ctx, h.Sessions, "notice.saved")
	return httpx.SeeOther(w, r, link.ProfileMatrix)
}

// postPush is POST /profile/push: the browser that asks gets pushed notices.
func (h *Profile) postPush(w http.ResponseWriter, r *http.Request) error {
	in, err := httpx.ReadForm(r)
	if err != nil {
		return err
	}
	err = h.Notices.Subscribe(r.Context(), httpx.Actor(r), notice.Subscription{
		Endpoint: in.Get("endpoint"), P256dh: in.Get("p256dh"), Auth: in.Get("auth"), Agent: r.UserAgent(),
		Device: httpx.Device(r.Context(), h.Sessions),
	})
	if err != nil {
		return err
	}
	if httpx.Partial(r) { // the browser says it again by itself
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	httpx.Flash(r.Context(), h.Sessions, "notice.device_added")
	return httpx.SeeOther(w, r, link.ProfileMatrix+"#devices")
}

// postPushEnd is POST /profile/push/{id}/end.
func (h *Profile) postPushEnd(w http.ResponseWriter, r *http.Request) error {
	id, err := httpx.PathID(r, "id")
	if err != nil {
		return err
	}
	if err := h.Notices.Unsubscribe(r.Context(), httpx.Actor(r), id); err != nil {
		return err
	}
	httpx.Flash(r.Context(), h.Sessions, "notice.device_ended")
	return httpx.SeeOther(w, r, link.ProfileMatrix+"#devices")
}

// tickName is a cell's control: "app.customer_reply.mine".
func tickName(e notice.Event, s notice.Scope, c notice.Channel) string {
	return string(c) + "." + string(e) + "." + string(s)
}

// tickLabel names a cell to who does not see its row and column.
func tickLabel(ctx context.Context, e notice.Event, s notice.Scope, c notice.Channel) string {
	return notice.EventName(ctx, e) + ", " + notice.ScopeName(ctx, s) + ": " + notice.ChannelName(ctx, c)
}

// timeOfDay is minutes of the day as a time field has them; nil is "".
func timeOfDay(m *int) string {
	if m == nil {
		return ""
	}
	return fmt.Sprintf("%02d:%02d", *m/60, *m%60)
}

// minutes reads "20:00"; "" is nil.
func minutes(typed string) (*int, bool) {
	if typed == "" {
		return nil, true
	}
	hours, mins, _ := strings.Cut(typed, ":")
	h, err1 := strconv.Atoi(hours)
	m, err2 := strconv.Atoi(mins)
	if err1 != nil || err2 != nil || h < 0 || h > 23 || m < 0 || m > 59 {
		return nil, false
	}
	at := h*60 + m
	return &at, true
}

// deviceName is a browser that notices are pushed to, in words.
func deviceName(ctx context.Context, d notice.Device) string {
	return account.Device{Agent: d.Agent}.Words(ctx)
}
