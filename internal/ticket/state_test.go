package ticket

import (
	"testing"

	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/i18n"
)

// TestStatusNext is the whole table: every status against every trigger.
func TestStatusNext(t *testing.T) {
	t.Parallel()
	const no Status = ""
	agent := []Status{Open, Waiting, Postponed, ServiceCentre, Resolved, Closed}
	tests := map[Status][]Status{ // customer replied, solved, reopened, reopened a closed one; then agent; then robot; then a letter that failed; then a merge
		New:           join([]Status{New, Resolved, no, no}, agent, []Status{no, no, no, no, New, Closed}),
		Open:          join([]Status{Open, Resolved, no, no}, agent, []Status{no, no, no, no, Open, Closed}),
		Waiting:       join([]Status{Open, Resolved, no, no}, agent, []Status{Waiting, Resolved, no, no, Open, Closed}),
		Postponed:     join([]Status{Open, Resolved, no, no}, agent, []Status{no, no, no, Open, Open, Closed}),
		ServiceCentre: join([]Status{ServiceCentre, Resolved, no, no}, agent, []Status{no, no, no, no, Open, Closed}),
		Resolved:      join([]Status{Open, no, Open, no}, agent, []Status{no, no, Closed, no, Open, Closed}),
		Closed:        join([]Status{no, no, no, Open}, []Status{no, no, no, no, no, no}, []Status{no, no, no, no, no, no}),
	}
	if len(tests) != len(Statuses) {
		t.Fatalf("the table has %d statuses, the product %d", len(tests), len(Statuses))
	}
	for from, wants := range tests {
		for i, want := range wants {
			got, err := from.Next(Triggers[i])
			if got != want || (err == nil) != (want != no) {
				t.Errorf("%s.Next(%s) = %q, %v; want %q", from, Triggers[i], got, err, want)
			}
			if err == nil {
				continue
			}
			for _, lang := range i18n.Langs {
				if key := fault.Of(err).Key; !i18n.Has(lang.Tag, key) {
					t.Errorf("the refusal of %s in %s has no words in %s: %s", Triggers[i], from, lang.Tag, key)
				}
			}
		}
	}
}

func TestReopens(t *testing.T) {
	t.Parallel()
	for _, s := range Statuses {
		for _, tr := range Triggers {
			want := s == Resolved && (tr == CustomerReplied || tr == CustomerReopened) || s == Closed && tr == ClosedReopened
			if got := s.Reopens(tr); got != want {
				t.Errorf("%s.Reopens(%s) = %t, want %t", s, tr, got, want)
			}
		}
	}
}

func TestAgentTrigger(t *testing.T) {
	t.Parallel()
	for _, s := range AgentStatuses {
		if tr, err := AgentTrigger(s); err != nil || agentSets[tr] != s {
			t.Errorf("AgentTrigger(%s) = %s, %v", s, tr, err)
		}
	}
	for _, s := range []Status{New, "", "nonsense"} {
		if _, err := AgentTrigger(s); !fault.Is(err, fault.Invalid) {
			t.Errorf("AgentTrigger(%q) is not refused: %v", s, err)
		}
	}
}

func join(parts ...[]Status) []Status {
	var all []Status
	for _, p := range parts {
		all = append(all, p...)
	}
	return all
}
