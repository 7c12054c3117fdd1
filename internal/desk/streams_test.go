package desk

import "testing"

func TestStreams(t *testing.T) {
	t.Parallel()
	var s streams
	first, done := s.begin(7)
	other, doneOther := s.begin(8)
	for range maxStreams {
		_, end := s.begin(7)
		defer end()
	}
	select {
	case <-first:
	default:
		t.Error("the oldest stream of somebody who opened too many goes on")
	}
	select {
	case <-other:
		t.Error("somebody else's stream was ended")
	default:
	}
	done()
	doneOther()
	if len(s.open[7]) != maxStreams || len(s.open[8]) != 0 {
		t.Errorf("%d and %d streams are noted", len(s.open[7]), len(s.open[8]))
	}
}
