package ticket

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/richtext"
)

// Similar is an open ticket that asks what somebody is about to ask.
type Similar struct {
	Number        int64
	Subject       string
	Status        Status
	Reopened      bool
	CreatedAt     time.Time
	RequesterID   int64
	RequesterName string
	Fields        map[string]any
	Key           string // of the form that it was sent with
	Serial        string `db:"-"` // the serial number that both name; "" when the subjects are alike
}

const (
	similarRead  = 200 // open tickets that are looked at, the latest first
	similarShown = 3
	likeness     = 0.6 // of two subjects, by their trigrams; 1 is the same words
	minSerial    = 4   // letters and digits of a serial number that says something
)

const similarSQL = `
SELECT t.number, t.subject, t.status, t.reopened, t.created_at, t.requester_id, r.name AS requester_name, t.fields, coalesce(t.submit_key, '') AS key
FROM tickets t JOIN people r ON r.id = t.requester_id`

// Similar returns open tickets that by sees as a customer and that name one of
// the serial numbers or have nearly the same subject. Only the latest open ones
// are looked at. A form, known by its key, that is a ticket already asks what
// nobody else does: it was sent twice.
func (s *Service) Similar(ctx context.Context, by auth.Actor, key, subject string, serials []string) ([]Similar, error) {
	if !by.SignedIn() {
		return nil, nil
	}
	words := subjectWords(subject)
	serials = usefulSerials(serials)
	if len(words) == 0 && len(serials) == 0 {
		return nil, nil
	}
	args := pgx.NamedArgs{}
	sight(by, args)
	_, orderBy := byActivity.page(nil, args)
	rows, _ := s.db.Query(ctx, similarSQL+" JOIN "+seen(WhoseAll, tabConditions[TabOpen], orderBy, similarRead)+" v ON v.id = t.id"+orderBy, args)
	all, err := pgx.CollectRows(rows, pgx.RowToStructByName[Similar])
	if err != nil {
		return nil, fmt.Errorf("look for similar tickets: %w", err)
	}
	var found []Similar
	for _, t := range all {
		if key != "" && formKey(t.Key) == key && t.Subject == richtext.Line(subject) {
			return nil, nil
		}
		if len(found) == similarShown {
			continue
		}
		t.Serial = sharedSerial(t.Fields, serials)
		if t.Serial == "" && !alike(words, subjectWords(t.Subject)) {
			continue
		}
		found = append(found, t)
	}
	return found, nil
}

// usefulSerials are the serial numbers that are long enough to tell devices
// apart, as they are compared.
func usefulSerials(typed []string) []string {
	var out []string
	for _, t := range typed {
		if n := serialForm(t); len(n) >= minSerial {
			out = append(out, n)
		}
	}
	return out
}

// serialForm is a serial number without what people write it differently with.
func serialForm(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToUpper(r)
		}
		return -1
	}, s)
}

// sharedSerial is the first of a ticket's listed values that is among serials.
func sharedSerial(fields map[string]any, serials []string) string {
	if len(serials) == 0 {
		return ""
	}
	for _, v := range fields {
		list, _ := v.([]any)
		for _, one := range list {
			if text, ok := one.(string); ok && slices.Contains(serials, serialForm(text)) {
				return text
			}
		}
	}
	return ""
}

// subjectWords are the words of a subject, in lower case, without the marks of
// an answer.
func subjectWords(subject string) []string {
	words := strings.FieldsFunc(strings.ToLower(richtext.Line(subject)), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	for len(words) > 0 && slices.Contains([]string{"re", "fw", "fwd", "на", "отв"}, words[0]) && len(words) > 1 {
		words = words[1:]
	}
	return words
}

// alike reports whether two subjects, as words, say the same. Numbers have to
// agree: "Invoice 1201" is not "Invoice 1202".
func alike(a, b []string) bool {
	if len(a) == 0 || len(b) == 0 || !slices.Equal(numbers(a), numbers(b)) {
		return false
	}
	x, y := trigrams(a), trigrams(b)
	both := 0
	for t := range x {
		if y[t] {
			both++
		}
	}
	return float64(both) >= likeness*float64(len(x)+len(y)-both)
}

func numbers(words []string) []string {
	var out []string
	for _, w := range words {
		if strings.ContainsFunc(w, unicode.IsDigit) {
			out = append(out, w)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// trigrams are the threes of letters in words, with the places before and after
// each word as letters, as pg_trgm counts them.
func trigrams(words []string) map[string]bool {
	set := map[string]bool{}
	for _, w := range words {
		r := []rune("  " + w + " ")
		for i := 0; i+3 <= len(r); i++ {
			set[string(r[i:i+3])] = true
		}
	}
	return set
}
