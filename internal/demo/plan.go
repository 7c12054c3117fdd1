package demo

import (
	"maps"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/ticket"
)

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

func or(s, otherwise string) string {
	if s != "" {
		return s
	}
	return otherwise
}

// share is how many of a hundred tickets stand where today.
type share struct {
	goal    ticket.Status
	percent int
}

// shares make a desk that is busy and keeps up; the rest is closed.
var shares = []share{
	{ticket.New, 4}, {ticket.Open, 11}, {ticket.Waiting, 9}, {ticket.Postponed, 4}, {ticket.ServiceCentre, 3}, {ticket.Resolved, 8},
}

// plot is one ticket to be: a story, its people and when each step is taken.
type plot struct {
	story  story
	goal   ticket.Status
	who    contact
	agent  string // address of the agent; "" nobody took it yet
	helper string // who writes the notes
	steps  int    // how many are taken by now
	at     []time.Time
	values values
}

// contact is a customer with what the plan needs of their company.
type contact struct {
	person
	firm    string // "" for people of none
	manager string // address of a colleague who sees the whole company
}

// planner makes plots. The same seed makes the same.
type planner struct {
	hours
	now     time.Time
	stories map[string][]story // by language, shuffled
	next    map[string]int     // place in stories
	people  map[string][]contact
	told    map[string]bool // story and company
	live    map[string]bool // stories of tickets that are not closed yet
}

func newPlanner(r *rand.Rand, zone *time.Location, now time.Time, all []story) *planner {
	p := &planner{
		hours: hours{zone, r}, now: now, stories: map[string][]story{}, next: map[string]int{},
		people: map[string][]contact{}, told: map[string]bool{}, live: map[string]bool{},
	}
	for _, s := range all {
		p.stories[s.lang] = append(p.stories[s.lang], s)
	}
	for _, lang := range sortedKeys(p.stories) {
		list := p.stories[lang]
		r.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	}
	for _, c := range contacts() {
		p.people[c.lang] = append(p.people[c.lang], c)
	}
	return p
}

// contacts are all customers.
func contacts() []contact {
	var all []contact
	for _, f := range firms {
		for _, who := range f.people {
			c := contact{person: who, firm: f.name}
			for _, m := range f.people {
				if m.sees == auth.SeesCompany && m.email != who.email {
					c.manager = m.email
				}
			}
			all = append(all, c)
		}
	}
	return all
}

// plan makes n plots: first the pinned ones, then what the shares want.
func (p *planner) plan(n int) []plot {
	left := map[ticket.Status]int{}
	total := n
	for _, s := range shares {
		left[s.goal] = max(1, (n*s.percent+50)/100)
		total -= left[s.goal]
	}
	left[ticket.Closed] = max(0, total)
	var plots []plot
	take := func(pl plot, ok bool) {
		if ok && len(plots) < n {
			plots = append(plots, pl)
			left[pl.goal]--
			n -= pl.followups()
		}
	}
	for _, pin := range pins {
		take(p.pinned(pin))
	}
	for _, goal := range append([]ticket.Status{ticket.Closed}, goals()...) {
		for left[goal] > 0 && len(plots) < n {
			lang := "en"
			if p.rand.IntN(100) < 40 {
				lang = "ru"
			}
			take(p.plot(lang, goal))
		}
	}
	return plots
}

func goals() []ticket.Status {
	var all []ticket.Status
	for _, s := range shares {
		all = append(all, s.goal)
	}
	return all
}

// followups are the further tickets that a plot opens.
func (pl plot) followups() int {
	n := 0
	for _, st := range pl.story.steps[:pl.steps] {
		if st.followup {
			n++
		}
	}
	return n
}

func (p *planner) pinned(pin pin) (plot, bool) {
	for _, lang := range sortedKeys(p.stories) {
		for _, s := range p.stories[lang] {
			if s.key != pin.story {
				continue
			}
			for _, c := range contacts() {
				if c.email == pin.who {
					goal, last := ticket.Status(pin.goal), func(cuts []int) int { return cuts[len(cuts)-1] }
					if pin.goal == "reopened" {
						goal, last = ticket.Open, func([]int) int { return 1 + slices.IndexFunc(s.steps, func(st step) bool { return st.reopens }) }
					}
					pl, ok := p.cut(s, c, goal, last)
					pl.agent = pin.agent
					return pl, ok
				}
			}
		}
	}
	return plot{}, false
}

// plot takes the next story in a language that can lead to the goal. Tickets in
// work tell different stories while there are enough.
func (p *planner) plot(lang string, goal ticket.Status) (plot, bool) {
	list := p.stories[lang]
	for try := range 2 * len(list) {
		s := list[p.next[lang]%len(list)]
		p.next[lang]++
		if goal != ticket.Closed && p.live[s.key] && try < len(list) {
			continue
		}
		pl, ok := p.cut(s, p.cast(s), goal, func(cuts []int) int { return cuts[p.rand.IntN(len(cuts))] })
		if !ok {
			continue
		}
		able := answering[lang]
		pl.agent = able[p.rand.IntN(len(able))]
		if goal == ticket.New && p.rand.IntN(3) > 0 && pl.followups() == 0 { // who followed up was answered before
			pl.agent = ""
		}
		return pl, true
	}
	return plot{}, false
}

// cast finds somebody whose job the story fits, of a company that has not told
// it yet when there is one.
func (p *planner) cast(s story) contact {
	people := p.people[s.lang]
	c := people[0]
	for range 30 {
		c = people[p.rand.IntN(len(people))]
		if !p.told[s.key+"|"+c.firm] && (s.topic == "billing" || !c.office) {
			break
		}
	}
	return c
}

// cut ends a story where the ticket stands as wanted, and gives every step its
// time. ok is false when it never stands so.
func (p *planner) cut(s story, c contact, goal ticket.Status, pick func([]int) int) (pl plot, ok bool) {
	if goal == ticket.Closed {
		s = s.finished()
	}
	var cuts []int
	for n := 1; n <= len(s.steps); n++ {
		if reaches(s, n, goal) {
			cuts = append(cuts, n)
		}
	}
	if len(cuts) == 0 {
		return plot{}, false
	}
	pl = plot{story: s, goal: goal, who: c, steps: pick(cuts), values: newValues(p.rand, s)}
	p.told[s.key+"|"+c.firm] = true
	if goal != ticket.Closed {
		p.live[s.key] = true
	}
	able := answering[s.lang]
	pl.helper = able[p.rand.IntN(len(able))]
	pl.at = p.times(s.steps[:pl.steps], p.last(s, pl.steps, goal))
	return pl, true
}

// reaches reports whether a ticket left alone after n steps comes to stand at
// the goal, with the robot's help.
func reaches(s story, n int, goal ticket.Status) bool {
	at := s.statusAfter(n)
	switch goal {
	case ticket.Closed:
		return n > 1 && (at == ticket.Closed || at == ticket.Resolved || at == ticket.Waiting) && n >= len(s.steps)-1
	case ticket.Resolved:
		return at == ticket.Resolved || at == ticket.Waiting && n > 1
	case ticket.Open:
		return at == ticket.Open || at == ticket.Postponed // and the date has come
	case ticket.New, ticket.Waiting, ticket.Postponed, ticket.ServiceCentre:
		return at == goal
	default:
		return false
	}
}

const day = 24 * time.Hour

// last is when the last step was taken, so that the robot has done since what
// the goal needs and no more.
func (p *planner) last(s story, n int, goal ticket.Status) time.Time {
	st := s.steps[n-1]
	from, to := time.Hour, 3*day
	switch at := s.statusAfter(n); {
	case goal == ticket.New:
		from, to = 4*time.Minute, 20*time.Hour
	case goal == ticket.Open && at == ticket.Postponed:
		from, to = st.until+3*day, st.until+4*day
	case goal == ticket.Open:
		from, to = 3*time.Minute, 44*time.Hour
	case goal == ticket.Waiting:
		from, to = 40*time.Minute, 3*day+20*time.Hour // reminded after two days, resolved on the second working day after that
	case goal == ticket.Postponed:
		from, to = day, max(2*day, st.until-day)
	case goal == ticket.ServiceCentre:
		from, to = day, 13*day
	case goal == ticket.Resolved && at == ticket.Waiting:
		from, to = 6*day+3*time.Hour, 8*day+20*time.Hour // by the robot, who closes five days later
	case goal == ticket.Resolved:
		from, to = 2*time.Hour, 4*day+10*time.Hour
	case goal == ticket.Closed:
		from, to = 13*day, 80*day
	}
	if st.by == customer && goal != ticket.Closed {
		return p.now.Add(-p.between(from, to)) // the latest news may come at any hour
	}
	var t time.Time
	for range 40 {
		t = p.now.Add(-p.between(from, to))
		if st.by == customer {
			t = p.awake(t)
		} else {
			t = p.working(t)
		}
		if age := p.now.Sub(t); age >= from && age <= to {
			break
		}
	}
	return t
}

// times are when the steps were taken that end at last.
func (p *planner) times(steps []step, last time.Time) []time.Time {
	at := make([]time.Time, len(steps))
	at[len(at)-1] = last
	for i := len(at) - 2; i >= 0; i-- {
		at[i] = p.before(at[i+1], steps[i], p.gap(steps[i+1]))
	}
	return at
}
