package ticket

import (
	"context"
	"html"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/pg"
	"github.com/deskbell/deskbell/internal/richtext"
)

// Placeholders are what an agent may write in a quick answer or reply, in the
// order a help text lists them.
var Placeholders = []string{"customer.first_name", "customer.name", "company.name", "ticket.number", "ticket.subject", "agent.name"}

// Placeholder finds {{customer.name}} and the like, known or not; its first
// group is the name.
var Placeholder = regexp.MustCompile(`\{\{\s*([A-Za-z_]+(?:\.[A-Za-z_]+)*)\s*\}\}`)

// Values are what the placeholders of a ticket stand for.
type Values map[string]string

// valuesRow is what Values are made of.
type valuesRow struct {
	Number    int64
	Subject   string
	FirstName string
	Name      string
	Company   string
}

func (r valuesRow) values(by auth.Actor) Values {
	first := r.FirstName
	if first == "" {
		first = r.Name
	}
	return Values{
		"customer.first_name": first, "customer.name": r.Name, "company.name": r.Company,
		"ticket.number": strconv.FormatInt(r.Number, 10), "ticket.subject": r.Subject, "agent.name": by.Name,
	}
}

// Values returns what the placeholders stand for when by answers.
func (w Work) Values(by auth.Actor) Values {
	r := valuesRow{Number: w.Number, Subject: w.Subject, FirstName: w.Requester.FirstName, Name: w.Requester.Name}
	if w.Company != nil {
		r.Company = w.Company.Name
	}
	return r.values(by)
}

// Fill replaces the placeholders of source that have a value. The others stay,
// for the agent to see.
func (v Values) Fill(source string, kind richtext.Kind) string {
	return Placeholder.ReplaceAllStringFunc(source, func(found string) string {
		value := v[Placeholder.FindStringSubmatch(found)[1]]
		switch {
		case value == "":
			return found
		case kind == richtext.KindHTML:
			return html.EscapeString(value)
		default:
			return value
		}
	})
}

// Missing returns the placeholders of a filled source that have no value, each
// once in their order: those that we know, whose value is empty, and those that
// we don't. What stands in code and is not known is the author's own.
func (v Values) Missing(filled string, kind richtext.Kind) (empty, unknown []string) {
	for _, found := range Placeholder.FindAllStringSubmatch(filled, -1) {
		if _, ok := v[found[1]]; ok && !slices.Contains(empty, found[1]) {
			empty = append(empty, found[1])
		}
	}
	for _, found := range Placeholder.FindAllStringSubmatch(richtext.Prose(filled, kind), -1) {
		if _, ok := v[found[1]]; !ok && !slices.Contains(unknown, found[1]) {
			unknown = append(unknown, found[1])
		}
	}
	return empty, unknown
}

const valuesSQL = `
SELECT t.number, t.subject, r.first_name, r.name, coalesce(c.name, '') AS company
FROM tickets t JOIN people r ON r.id = t.requester_id LEFT JOIN companies c ON c.id = t.company_id
WHERE t.id = ` + leadsTo + ` AND ` + staffSees

// fillIn fills in the placeholders of an agent's reply. One that is left without
// a value is fault.Invalid with field message: nobody sends "Hello {{customer.name}}".
func (s *Service) fillIn(ctx context.Context, by auth.Actor, number int64, source string, kind richtext.Kind) (string, error) {
	return s.fillFor(ctx, by, by, number, source, kind)
}

// fillFor is fillIn for a ticket that reader sees, in the name of by.
func (s *Service) fillFor(ctx context.Context, reader, by auth.Actor, number int64, source string, kind richtext.Kind) (string, error) {
	if !Placeholder.MatchString(source) {
		return source, nil
	}
	args := pgx.NamedArgs{"number": number}
	staffSight(reader, args)
	rows, _ := s.db.Query(ctx, valuesSQL, args)
	row, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[valuesRow])
	if err != nil {
		return "", pg.NotFound(err, "ticket.not_found")
	}
	values := row.values(by)
	source = values.Fill(source, kind)
	var wrong fault.Field
	switch empty, unknown := values.Missing(source, kind); {
	case len(empty)+len(unknown) == 0:
		return source, nil
	case len(empty)+len(unknown) > 1:
		wrong.Add("message", "ticket.placeholders_left", "names", "{{"+strings.Join(slices.Concat(empty, unknown), "}}, {{")+"}}")
	case len(empty) == 1:
		wrong.Add("message", "ticket.placeholder_empty", "name", "{{"+empty[0]+"}}", "what", i18n.T(ctx, "desk.placeholder."+empty[0]))
	default:
		wrong.Add("message", "ticket.placeholder_unknown", "name", "{{"+unknown[0]+"}}")
	}
	return "", wrong.Err()
}
