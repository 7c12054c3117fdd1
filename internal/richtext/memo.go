package richtext

import (
	"container/list"
	"sync"
)

// Bounds of what a memo keeps, in bytes of source and HTML together.
const (
	memoSize  = 16 << 20
	memoEntry = 256 << 10
)

// rendered remembers what Render made lately: messages never change, and a
// ticket in work is opened many times.
var rendered = newMemo(memoSize)

// memo remembers the results of a pure function of a source, the latest used of
// them up to a number of bytes.
type memo struct {
	mu   sync.Mutex
	free int
	used *list.List // of *memoItem, the latest first
	by   map[memoKey]*list.Element
}

type memoKey struct {
	kind   Kind
	source string
	note   bool
}

type memoItem struct {
	memoKey
	html string
}

func (i *memoItem) size() int { return len(i.source) + len(i.html) }

func newMemo(size int) *memo {
	return &memo{free: size, used: list.New(), by: map[memoKey]*list.Element{}}
}

// get returns what produce returned for the key before, or has it made.
func (m *memo) get(k memoKey, produce func(source string, kind Kind) string) string {
	m.mu.Lock()
	if e, ok := m.by[k]; ok {
		m.used.MoveToFront(e)
		html := e.Value.(*memoItem).html //nolint:forcetypeassert // nothing else is put in
		m.mu.Unlock()
		return html
	}
	m.mu.Unlock()
	item := &memoItem{k, produce(k.source, k.kind)}
	if item.size() <= memoEntry {
		m.put(item)
	}
	return item.html
}

func (m *memo) put(item *memoItem) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, ok := m.by[item.memoKey]; ok { // somebody was quicker
		return
	}
	m.by[item.memoKey] = m.used.PushFront(item)
	for m.free -= item.size(); m.free < 0; {
		oldest := m.used.Remove(m.used.Back()).(*memoItem) //nolint:forcetypeassert // nothing else is put in
		delete(m.by, oldest.memoKey)
		m.free += oldest.size()
	}
}
