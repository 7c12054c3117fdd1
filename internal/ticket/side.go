package ticket

import (
	"context"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/pg"
)

// Sidebar is what stands beside every page of the desk: the views, how many
// tickets the built-in ones have, and how the reader likes lists.
type Sidebar struct {
	Counts  map[InboxView]Count
	Unread  map[InboxView]Count // of these, by the reader; not of every view
	Views   []SideView
	Choices ListChoices
}

// SideView is a saved view as lists and the sidebar need it. Package inbox
// writes them.
type SideView struct {
	ID      int64    `json:"id"`
	Name    string   `json:"name"`
	Colour  string   `json:"colour"`
	Query   string   `json:"query"` // of the filter language
	Sort    Sort     `json:"sort"`
	Columns []string `json:"columns"` // of the table; empty: the reader's own
	Scope   string   `json:"scope"`   // mine, department or everybody
	Own     bool     `json:"own"`
}

// View is what a saved view is called where the built-in ones have their names.
func (v SideView) View() InboxView { return InboxView("v" + strconv.FormatInt(v.ID, 10)) }

// ListChoices are how a person likes the inbox.
type ListChoices struct {
	Form    string   `json:"form"`    // "list" or "table"
	Density string   `json:"density"` // "normal" or "compact"
	Columns []string `json:"columns"` // of the table; empty: the preset
}

// Columns are what the table form of the inbox can show beside the subject.
var Columns = []string{"number", "requester", "company", "status", "priority", "assignee", "department", "topic", "tags", "channel", "created", "updated", "due", "promised", "plan"}

// PresetColumns are those of whoever chose none; rows of a list show tags too.
var PresetColumns = []string{"number", "requester", "company", "status", "priority", "assignee", "updated", "due"}

// Saved is the id of a saved view, 0 for a built-in one.
func (v InboxView) Saved() int64 {
	id, ok := strings.CutPrefix(string(v), "v")
	n, err := strconv.ParseInt(id, 10, 64)
	if !ok || err != nil || n < 0 {
		return 0
	}
	return n
}

// viewSeen is the one condition "the actor may use saved view v".
const viewSeen = `(v.owner_id = @me OR v.scope = 'everybody' OR v.scope = 'department' AND v.department_id = ANY (@my_departments::bigint[]))`

// sideColumns are the counts, the saved views that the actor sees, in their own
// order, and how they like lists.
const sideColumns = countsColumn + `, ` + unreadColumn + `, coalesce((SELECT jsonb_agg(to_jsonb(sv)) FROM (
    SELECT v.id, v.name, v.colour, v.query, v.sort, v.columns, v.scope, v.owner_id = @me AS own
    FROM views v LEFT JOIN view_places vp ON vp.view_id = v.id AND vp.person_id = @me
    WHERE v.deleted_at IS NULL AND ` + viewSeen + ` ORDER BY vp.position NULLS LAST, v.id LIMIT 50) sv), '[]') AS views,
    coalesce((SELECT to_jsonb(lc) FROM (SELECT l.form, l.density, l.columns FROM list_choices l WHERE l.person_id = @me) lc),
        '{"form": "list", "density": "normal"}') AS choices`

const sideSQL = `SELECT ` + sideColumns

// Sidebar returns what stands beside a page. One statement.
func (s *Service) Sidebar(ctx context.Context, by auth.Actor) (Sidebar, error) {
	if err := staffOnly(by); err != nil {
		return Sidebar{}, err
	}
	var side Sidebar
	b := &pgx.Batch{}
	s.queueSide(b, by, &side)
	if err := s.db.SendBatch(ctx, b).Close(); err != nil {
		return Sidebar{}, err
	}
	return side, nil
}

// queueSide adds the statement of what stands beside a page to a batch.
func (s *Service) queueSide(b *pgx.Batch, by auth.Actor, to *Sidebar) {
	b.Queue(seenBy(by, sideSQL), s.viewArgs(by)).QueryRow(func(row pgx.Row) error {
		var n, unread []int64
		if err := row.Scan(&n, &unread, &to.Views, &to.Choices); err != nil {
			return err
		}
		to.Counts, to.Unread = countsOf(n), unreadOf(unread)
		return nil
	})
}

// Numbers are the counts as the sidebar prints them, by the names of the views,
// and the unread ones by those of Unread.
func (s Sidebar) Numbers() map[string]string {
	all := make(map[string]string, len(s.Counts)+len(s.Unread))
	for v, c := range s.Unread {
		all[v.Unread()] = c.String()
	}
	for v, c := range s.Counts {
		all[string(v)] = c.String()
	}
	return all
}

// View finds a saved view of the reader's by its name in addresses.
func (s Sidebar) View(name InboxView) (SideView, bool) {
	for _, v := range s.Views {
		if v.View() == name {
			return v, true
		}
	}
	return SideView{}, false
}

// ViewFilter is a saved view's filter. A view whose text is not understood any
// more shows nothing rather than everything.
func (s *Service) ViewFilter(ctx context.Context, v SideView) Filter {
	f, err := s.ReadFilter(ctx, v.Query)
	if err != nil {
		return Filter{Terms: []Term{{Key: "status", read: []any{""}}}}
	}
	return f
}

const viewTextSQL = `SELECT v.query, v.sort FROM views v WHERE v.id = @view AND v.deleted_at IS NULL AND ` + viewSeen

// filterOf is the filter and order of a view, built-in or saved.
func (s *Service) filterOf(ctx context.Context, by auth.Actor, v InboxView) (Filter, Sort, error) {
	id := v.Saved()
	if id == 0 {
		return v.Filter(), v.Sort(), nil
	}
	args := s.viewArgs(by)
	args["view"] = id
	saved := SideView{ID: id}
	if err := s.db.QueryRow(ctx, viewTextSQL, args).Scan(&saved.Query, &saved.Sort); err != nil {
		return Filter{}, "", pg.NotFound(err, "ticket.view_not_found")
	}
	return s.ViewFilter(ctx, saved), saved.Sort, nil
}

// tallies counts the saved views, up to the cap, in their order: one statement
// in the batch.
func (s *Service) tallies(ctx context.Context, by auth.Actor, batch *pgx.Batch, views []SideView, to *[]int64) {
	if len(views) == 0 {
		return
	}
	filters := make([]Filter, len(views))
	for i, v := range views {
		filters[i] = s.ViewFilter(ctx, v)
	}
	queueCounts(batch, s.bind(ctx, by), filters, to)
}

// AllCounts is Sidebar with the counts of the saved views.
func (s *Service) AllCounts(ctx context.Context, by auth.Actor) (Sidebar, error) {
	side, err := s.Sidebar(ctx, by)
	if err != nil || len(side.Views) == 0 {
		return side, err
	}
	var n []int64
	b := &pgx.Batch{}
	s.tallies(ctx, by, b, side.Views, &n)
	if err := s.db.SendBatch(ctx, b).Close(); err != nil {
		return Sidebar{}, err
	}
	side.tally(n)
	return side, nil
}

// tally adds the counts of the saved views.
func (s *Sidebar) tally(n []int64) {
	for i := range n {
		s.Counts[s.Views[i].View()] = Count(n[i])
	}
}
