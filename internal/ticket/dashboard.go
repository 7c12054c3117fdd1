package ticket

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/pg"
)

// Dashboard is an agent's first page (A1).
type Dashboard struct {
	Counts  map[InboxView]Count // of the saved views that were asked for
	Mine    []InboxRow          // the agent's turn, longest silent first
	New     []InboxRow          // nobody has replied, oldest first
	Breach  []InboxRow          // due within an hour or late already, the latest first
	Due     []InboxRow          // postponed, and the date comes within a day
	Ratings Satisfaction
}

// Satisfaction is what requesters said in the last thirty days, of at most the
// last thousand ratings.
type Satisfaction struct {
	Good, Bad       int // of the whole desk
	OwnGood, OwnBad int // of tickets that the reader had
}

// Share is how many of a hundred were satisfied; ok is false when nobody said.
func Share(good, bad int) (percent int, ok bool) {
	if good+bad == 0 {
		return 0, false
	}
	return (100*good + (good+bad)/2) / (good + bad), true
}

// dashboardSize is how many rows each list has.
const dashboardSize = 8

// dashboardLists are the lists by name: what is in them and which comes first.
var dashboardLists = []struct {
	name, filter string
	order        order
}{
	{"mine", "assignee:me is:unsolved turn:agent", byAge},
	{"new", "status:new", byAge},
	{"breach", "due:1h", byDue},
	{"due", "status:postponed postponed:24h", byPromise},
}

const ratingsSQL = `
SELECT count(*) FILTER (WHERE r.good), count(*) FILTER (WHERE NOT r.good),
    count(*) FILTER (WHERE r.good AND r.agent_id = @me), count(*) FILTER (WHERE NOT r.good AND r.agent_id = @me)
FROM (SELECT r.good, r.agent_id FROM ratings r JOIN tickets t ON t.id = r.ticket_id
    WHERE r.rated_at > @month AND ` + staffSees + ` ORDER BY r.rated_at DESC LIMIT 1000) r`

// Dashboard returns what an agent should look at first, and the counts of the
// saved views. Three statements, sent together.
func (s *Service) Dashboard(ctx context.Context, by auth.Actor, views []SideView) (Dashboard, error) {
	if err := staffOnly(by); err != nil {
		return Dashboard{}, err
	}
	b := s.bind(ctx, by)
	arms := make([]string, len(dashboardLists))
	for i, l := range dashboardLists {
		f, err := ParseFilter(l.filter)
		if err != nil {
			return Dashboard{}, err
		}
		from, orderBy := l.order.page(nil, b.args)
		arms[i] = "(" + inboxColumns + ", " + strconv.Itoa(i) + " AS list FROM " + f.route(b, l.order).rows(from, orderBy, dashboardSize) + inboxJoins + " WHERE t.fits" + orderBy + ")"
	}
	var rows []struct {
		InboxRow
		List int
	}
	var d Dashboard
	args := s.viewArgs(by)
	args["month"] = s.now().Add(-30 * 24 * time.Hour)
	batch := &pgx.Batch{}
	pg.QueueRows(batch, &rows, strings.Join(arms, " UNION ALL "), b.args)
	pg.QueueValues(batch, seenBy(by, ratingsSQL), args, &d.Ratings.Good, &d.Ratings.Bad, &d.Ratings.OwnGood, &d.Ratings.OwnBad)
	var n []int64
	s.tallies(ctx, by, batch, views, &n)
	if err := s.db.SendBatch(ctx, batch).Close(); err != nil {
		return Dashboard{}, err
	}
	side := Sidebar{Views: views, Counts: map[InboxView]Count{}}
	side.tally(n)
	d.Counts = side.Counts
	for _, r := range rows {
		list := []*[]InboxRow{&d.Mine, &d.New, &d.Breach, &d.Due}[r.List]
		*list = append(*list, r.InboxRow)
	}
	return d, nil
}
