package search

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"
)

// German writes in one word what others write in several, so a question about
// Regeln is answered by Firewallregeln, and the other way round.

// minPart is the shortest part of a compound, in letters.
const minPart = 4

// Most compounds that one word brings in at either end.
const maxCompounds = 12

// compounds hands to emit the German stems that begin or end with stem.
func (v *vocabulary) compounds(stem string, emit func(term int32)) {
	if utf8.RuneCountInString(stem) < minPart {
		return
	}
	longer := func(s string) bool { return len(s) >= len(stem)+minPart-1 }
	n := 0
	from, _ := slices.BinarySearchFunc(v.stems[de], stem, func(s stemRef, p string) int { return cmp.Compare(s.text, p) })
	for _, ref := range v.stems[de][from:] {
		if !strings.HasPrefix(ref.text, stem) || n == maxCompounds {
			break
		}
		if longer(ref.text) {
			emit(ref.term)
			n++
		}
	}
	for _, ending := range endings {
		turned := backwards(stem + ending)
		from, _ := slices.BinarySearchFunc(v.turned, turned, func(s stemRef, p string) int { return cmp.Compare(s.text, p) })
		for _, ref := range v.turned[from:] {
			if !strings.HasPrefix(ref.text, turned) || n == 2*maxCompounds {
				break
			}
			if longer(ref.text) {
				emit(ref.term)
				n++
			}
		}
	}
}

// endings may be left over when a compound was stemmed.
var endings = []string{"", "n", "e", "en", "er", "s"}

// parts cuts a German word in two that the texts have, the first perhaps with
// an s or n between them; nothing when there is no such cut.
func (v *vocabulary) parts(word string) []string {
	runes := []rune(plain(word))
	for i := len(runes) - minPart; i >= minPart; i-- {
		right := string(runes[i:])
		if !v.hasGerman(stem(de, right)) {
			continue
		}
		left := string(runes[:i])
		for _, l := range []string{left, strings.TrimSuffix(left, "s"), strings.TrimSuffix(left, "n")} {
			if utf8.RuneCountInString(l) >= minPart && v.hasGerman(stem(de, l)) {
				return []string{l, right}
			}
		}
	}
	return nil
}

func (v *vocabulary) hasGerman(stem string) bool {
	_, ok := slices.BinarySearchFunc(v.stems[de], stem, func(s stemRef, p string) int { return cmp.Compare(s.text, p) })
	return ok
}

// turn lists the German stems by their ends.
func (v *vocabulary) turn() {
	v.turned = make([]stemRef, len(v.stems[de]))
	for i, ref := range v.stems[de] {
		v.turned[i] = stemRef{backwards(ref.text), ref.term}
	}
	slices.SortFunc(v.turned, func(a, b stemRef) int { return cmp.Compare(a.text, b.text) })
}

func backwards(s string) string {
	r := []rune(s)
	slices.Reverse(r)
	return string(r)
}
