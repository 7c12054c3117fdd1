package richtext

import (
	"strings"
	"sync"
	"testing"
)

func TestMemo(t *testing.T) {
	t.Parallel()
	upper := func(s string, _ Kind) string { return strings.ToUpper(s) }
	t.Run("the same source is made once, by kind", func(t *testing.T) {
		t.Parallel()
		m, made := newMemo(1000), 0
		count := func(s string, k Kind) string { made++; return upper(s, k) }
		for range 3 {
			if got := m.get(memoKey{kind: KindText, source: "a"}, count); got != "A" {
				t.Fatalf("got %q", got)
			}
		}
		m.get(memoKey{kind: KindHTML, source: "a"}, count)
		if made != 2 {
			t.Errorf("made %d times", made)
		}
	})
	t.Run("it forgets what was used longest ago and stays within its bytes", func(t *testing.T) {
		t.Parallel()
		m := newMemo(10)
		for _, s := range []string{"aa", "bb", "aa", "cc"} {
			m.get(memoKey{kind: KindText, source: s}, upper)
		}
		if _, ok := m.by[memoKey{kind: KindText, source: "bb"}]; ok || len(m.by) != 2 || m.used.Len() != 2 || m.free != 2 {
			t.Errorf("keeps %d of %d, %d bytes free", len(m.by), m.used.Len(), m.free)
		}
	})
	t.Run("a very long source is not kept", func(t *testing.T) {
		t.Parallel()
		m := newMemo(memoSize)
		m.get(memoKey{kind: KindText, source: strings.Repeat("a", memoEntry)}, upper)
		if len(m.by) != 0 {
			t.Error("kept")
		}
	})
	t.Run("many may ask at once", func(t *testing.T) {
		t.Parallel()
		m := newMemo(40)
		var wg sync.WaitGroup
		for i := range 8 {
			wg.Go(func() {
				for j := range 200 {
					s := strings.Repeat("x", 1+(i+j)%9)
					if got := m.get(memoKey{kind: KindText, source: s}, upper); got != strings.ToUpper(s) {
						t.Errorf("got %q for %q", got, s)
					}
				}
			})
		}
		wg.Wait()
	})
}
