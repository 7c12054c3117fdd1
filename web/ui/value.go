package ui

import "github.com/deskbell/deskbell/internal/link"

// Ticked is the value of a checkbox: "1" when it is on.
func Ticked(on bool) string { //nolint:revive // on is the value, not a choice between two ways
	if on {
		return "1"
	}
	return ""
}

// Forward is the pager of a list that goes on by key and back to its beginning.
// paged says that the shown page is not the first; next is the key that the next
// page begins behind, "" for none. pairs are the list's own parameters.
func Forward(path string, paged bool, next string, pairs ...string) PagerView { //nolint:revive // paged is a fact of the list
	var p PagerView
	if paged {
		p.Newer = link.Query(path, pairs...)
	}
	if next != "" {
		p.Older = link.Query(path, append(pairs, "after", next)...)
	}
	return p
}
