package desk

import "sync"

// maxStreams is how many live streams a person has at most: one for each of
// their browsers, with a few that have not noticed yet that they are gone.
const maxStreams = 8

// streams are the live streams of this process by person. The newest stays: who
// opens one too many loses the oldest, which is the least likely to be looked at.
type streams struct {
	mu   sync.Mutex
	open map[int64][]chan struct{}
}

// begin notes a stream of the person's. over is closed when it has to end, done
// must be called when it has.
func (s *streams) begin(personID int64) (over <-chan struct{}, done func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.open == nil {
		s.open = map[int64][]chan struct{}{}
	}
	line := make(chan struct{})
	s.open[personID] = append(s.open[personID], line)
	if all := s.open[personID]; len(all) > maxStreams {
		close(all[0])
		s.open[personID] = all[1:]
	}
	return line, func() { s.end(personID, line) }
}

func (s *streams) end(personID int64, line chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	left := s.open[personID][:0]
	for _, other := range s.open[personID] {
		if other != line {
			left = append(left, other)
		}
	}
	if s.open[personID] = left; len(left) == 0 {
		delete(s.open, personID)
	}
}
