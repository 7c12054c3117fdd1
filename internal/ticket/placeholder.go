package ticket

import (
	"context"
	"html"
	"regexp"
	"strconv"

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

// Missing returns the first placeholder of a filled source that has no value,
// and whether it is one that we know: then its value is empty. What stands in
// code and is not known is the author's own.
func (v Values) Missing(filled string, kind richtext.Kind) (name string, known, missing bool) {
	for _, found := range Placeholder.FindAllStringSubmatch(filled, -1) {
		if _, ok := v[found[1]]; ok {
			return found[1], true, true
		}
	}
	if found := Placeholder.FindStringSubmatch(richtext.Prose(filled, kind)); found != nil {
		return found[1], false, true
	}
	return "", false, false
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
	name, known, missing := values.Missing(source, kind)
	if !missing {
		return source, nil
	}
	var wrong fault.Field
	if known {
		wrong.Add("message", "ticket.placeholder_empty", "name", "{{"+name+"}}", "what", i18n.T(ctx, "desk.placeholder."+name))
	} else {
		wrong.Add("message", "ticket.placeholder_unknown", "name", "{{"+name+"}}")
	}
	return "", wrong.Err()
}
