package find

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/search"
	"github.com/deskbell/deskbell/internal/ticket"
)

// Suggestion is a way to go on typing a filter.
type Suggestion struct {
	Text  string // what is typed then
	Term  string // the part that is new
	Label string // a field's, or that of its choice; "" for what says itself
}

// maxSuggestions is how many are offered at once.
const maxSuggestions = 8

// Names that filters know by, in the form in which they are typed.
const (
	customersSQL = `
SELECT p.name FROM people p WHERE ` + personName + ` LIKE @name AND p.erased_at IS NULL AND NOT EXISTS (SELECT FROM person_roles pr WHERE pr.person_id = p.id)
ORDER BY p.name LIMIT @limit`
	staffSQL = `
SELECT p.name FROM people p WHERE ` + personName + ` LIKE @name AND p.disabled_at IS NULL AND p.id IN (SELECT pr.person_id FROM person_roles pr)
ORDER BY p.name LIMIT @limit`
	firmNamesSQL   = `SELECT c.name FROM companies c WHERE ` + firmName + ` LIKE @name ORDER BY c.name LIMIT @limit`
	topicNamesSQL  = `SELECT n FROM (SELECT coalesce(o.name ->> @lang, o.name ->> 'en', o.key) AS n FROM topics o WHERE NOT o.retired) o WHERE ' ' || lower(n) LIKE @name ORDER BY n LIMIT @limit`
	departmentsSQL = `SELECT n FROM (SELECT coalesce(o.name ->> @lang, o.name ->> 'en', o.key) AS n FROM departments o WHERE NOT o.retired) o WHERE ' ' || lower(n) LIKE @name ORDER BY n LIMIT @limit`
	tagNamesSQL    = `SELECT g.name FROM tags g WHERE g.key LIKE @key ORDER BY g.key LIMIT @limit`
)

// named says where the names of a key come from.
var named = map[string]string{
	"requester": customersSQL, "assignee": staffSQL, "company": firmNamesSQL, "topic": topicNamesSQL, "department": departmentsSQL, "tag": tagNamesSQL,
}

// Suggest offers filters that what was typed last may become: keys for a word
// that a key begins with, values for a key.
func (s *Service) Suggest(ctx context.Context, by auth.Actor, typed string) ([]Suggestion, error) {
	if !by.Staff() {
		return nil, nil
	}
	before, last := lastToken(cutTyped(typed)) // which has no space at its end
	minus := ""
	if rest, ok := strings.CutPrefix(last, "-"); ok {
		minus, last = "-", rest
	}
	fields, err := s.tickets.FilterFields(ctx)
	if err != nil {
		return nil, err
	}
	key, value, isTerm := strings.Cut(last, ":")
	if !isTerm {
		return keysFor(fields, before, minus, last), nil
	}
	name, field, ok := ticket.FilterKey(key, fields...)
	if !ok {
		return nil, nil
	}
	head := before + minus + key + ":"
	if i := strings.LastIndexByte(value, ','); i >= 0 {
		head, value = head+value[:i+1], value[i+1:]
	}
	value = strings.ToLower(strings.Trim(value, `"`))
	offers, err := s.values(ctx, by, name, field, value)
	if err != nil {
		return nil, err
	}
	offers = offers[:min(len(offers), maxSuggestions)]
	for i, o := range offers {
		if strings.ContainsAny(o.Term, " ,:") {
			o.Term = `"` + o.Term + `"`
		}
		offers[i].Text, offers[i].Term = head+o.Term+" ", minus+key+":"+o.Term
	}
	return offers, nil
}

// values are values of a key that begin as typed.
func (s *Service) values(ctx context.Context, by auth.Actor, name string, field *ticket.FilterField, typed string) ([]Suggestion, error) {
	if field != nil {
		return s.fieldValues(ctx, by, field, typed)
	}
	all := beginning(ticket.FilterOffers(name), typed)
	if sql := named[name]; sql != "" {
		names, err := s.names(ctx, sql, typed)
		if err != nil {
			return nil, err
		}
		all = append(all, names...)
	}
	out := make([]Suggestion, len(all))
	for i, one := range all {
		out[i].Term = one
	}
	return out, nil
}

// lastToken cuts off what is typed at the end; a space ends a token unless it
// is between quotes.
func lastToken(text string) (before, last string) {
	quoted, at := false, 0
	for i := range len(text) {
		switch {
		case text[i] == '"':
			quoted = !quoted
		case text[i] == ' ' && !quoted:
			at = i + 1
		}
	}
	return text[:at], text[at:]
}

// Before is what was typed without its last token.
func Before(typed string) string {
	before, _ := lastToken(cutTyped(typed))
	return strings.TrimSpace(before)
}

func keysFor(fields []ticket.FilterField, before, minus, word string) []Suggestion {
	if utf8.RuneCountInString(word) < 2 {
		return nil
	}
	var out []Suggestion
	for _, k := range beginning(append(ticket.FilterKeys(), "from"), strings.ToLower(word)) {
		out = append(out, Suggestion{Text: before + minus + k + ":", Term: minus + k + ":"})
	}
	for _, f := range fieldKeys(fields, strings.ToLower(word)) {
		out = append(out, Suggestion{Text: before + minus + f.Term + ":", Term: minus + f.Term + ":", Label: f.Label})
	}
	return out[:min(len(out), maxSuggestions)]
}

func beginning(all []string, with string) []string {
	return slices.DeleteFunc(slices.Clone(all), func(s string) bool { return !strings.HasPrefix(s, with) || s == with })
}

// names are names of a kind in which a word begins as typed.
func (s *Service) names(ctx context.Context, sql, typed string) ([]string, error) {
	var words []string
	search.Terms(typed, func(t search.Term) {
		if !t.Extra {
			words = append(words, t.Text)
		}
	})
	args := pgx.NamedArgs{
		"name": "% " + like(strings.Join(words, " ")) + "%", "key": like(typed) + "%", "lang": i18n.ReaderOf(ctx).Lang, "limit": maxSuggestions,
	}
	if len(words) == 0 {
		args["name"] = "%"
	}
	rows, _ := s.searches.Query(ctx, sql, args) // CollectRows returns its error
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return nil, fmt.Errorf("suggest names for a filter: %w", err)
	}
	return names, nil
}
