package pg

import (
	"encoding/base64"
	"encoding/json"
	"strings"
)

// Place is where a page of a list ordered by name begins: behind the row with
// this lower-case name and id.
type Place struct {
	Name string `json:"n"`
	ID   int64  `json:"i"`
}

// String writes p for a query string.
func (p Place) String() string {
	b, err := json.Marshal(p)
	if err != nil {
		return ""
	}
	return base64.RawURLEncoding.EncodeToString(b)
}

// ReadPlace reads what String wrote. Anything else is the list's beginning.
func ReadPlace(s string) Place {
	var p Place
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil || json.Unmarshal(b, &p) != nil || strings.ContainsRune(p.Name, 0) {
		return Place{}
	}
	return p
}

// PageOf cuts rows, read with one more than size, to a page and returns the
// place where the next one begins, "" when there is none.
func PageOf[T any](rows []T, size int, place func(T) Place) (page []T, next string) {
	if len(rows) <= size {
		return rows, ""
	}
	rows = rows[:size]
	return rows, place(rows[size-1]).String()
}

// Like makes s, as typed into a search box, a pattern that finds it anywhere.
func Like(s string) string { return "%" + likeSpecial.Replace(s) + "%" }

var likeSpecial = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)
