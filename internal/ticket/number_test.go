package ticket_test

import (
	"testing"

	"github.com/deskbell/deskbell/internal/ticket"
)

func TestTypedNumber(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]int64{
		"100140": 100140, " #100140 ": 100140, "№100140": 100140, "№ 100140": 100140, "№\u00a0100140": 100140, "n° 100140": 100140, "N°\u202f100140": 100140, "nº100140": 100140,
		"n.º 100140": 100140, "n. 100140": 100140, "Nr. 100140": 100140, "no. 100140": 100140, "# 100140": 100140,
		"": 0, "#": 0, "№": 0, "n": 0, "100140 100141": 0, "-5": 0, "0": 0, "n100140": 0, "sn. 100140": 0, "99999999999999999999": 0, "10.0140": 0,
	} {
		if got := ticket.TypedNumber(typed); got != want {
			t.Errorf("%q is %d, want %d", typed, got, want)
		}
	}
}
