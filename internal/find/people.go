package find

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/pg"
)

// Person is a person found.
type Person struct {
	ID       int64
	Name     string
	JobTitle string
	Email    string
	Phone    string
	Company  string // the first of theirs
	Staff    bool
}

// Company is a company found.
type Company struct {
	ID         int64
	Name       string
	OtherNames string
	Domain     string // the first of its
	Contacts   int
}

// The forms in which names and numbers are compared: without case, diacritics
// and signs, each word after a space.
const (
	personName = pg.FoldedPerson
	firmName   = pg.FoldedCompany
	digits     = `regexp_replace(p.phone, '\D', '', 'g')`
)

const (
	calledSQL = `
SELECT p.id FROM people p WHERE ` + personName + ` LIKE @name AND p.erased_at IS NULL
UNION SELECT i.person_id FROM identities i WHERE i.kind = 'email' AND i.value LIKE @email
LIMIT 1000`

	phonedSQL = `SELECT p.id FROM people p WHERE ` + digits + ` LIKE @phone AND p.erased_at IS NULL LIMIT 1000`

	firmsSQL = `
SELECT c.id FROM companies c WHERE ` + firmName + ` LIKE @name
UNION SELECT d.company_id FROM company_domains d WHERE d.domain LIKE @domain
LIMIT 500`
)

// called are the people and companies that have what was typed, for each of
// the wanted things.
func (s *Service) called(ctx context.Context, wanted []wanted) (people, firms [][]int64, err error) {
	people, firms = make([][]int64, len(wanted)), make([][]int64, len(wanted))
	b := &pgx.Batch{}
	for i, w := range wanted {
		if w.phone != "" {
			queueIDs(b, &people[i], phonedSQL, pgx.NamedArgs{"phone": "%" + like(w.phone) + "%"})
			continue // a name has no numbers
		}
		name := strings.Join(w.parts, " ")
		if !byPrefix(name) {
			continue
		}
		typed := like(strings.ToLower(w.typed))
		args := pgx.NamedArgs{"name": "% " + like(name) + "%", "email": typed + "%", "domain": typed + "%"}
		if inside(name) {
			args["email"] = "%" + typed + "%"
		}
		queueIDs(b, &people[i], calledSQL, args)
		queueIDs(b, &firms[i], firmsSQL, args)
	}
	if b.Len() == 0 {
		return people, firms, nil
	}
	return people, firms, s.searches.SendBatch(ctx, b).Close()
}

func queueIDs(b *pgx.Batch, to *[]int64, sql string, args pgx.NamedArgs) {
	b.Queue(sql, args).Query(func(rows pgx.Rows) (err error) {
		*to, err = pgx.CollectRows(rows, pgx.RowTo[int64])
		return err
	})
}

const (
	membersSQL = `SELECT company_id, person_id FROM company_people WHERE person_id = ANY (@people) AND company_id = ANY (@firms)`

	peopleSQL = `
SELECT p.id, p.name, p.job_title, p.phone,
    coalesce((SELECT i.value FROM identities i WHERE i.person_id = p.id AND i.kind = 'email' ORDER BY i.id LIMIT 1), '') AS email,
    coalesce((SELECT c.name FROM company_people cp JOIN companies c ON c.id = cp.company_id WHERE cp.person_id = p.id ORDER BY cp.linked_at, c.id LIMIT 1), '') AS company,
    EXISTS (SELECT FROM person_roles pr WHERE pr.person_id = p.id) AS staff
FROM people p WHERE p.id = ANY (@ids) AND p.erased_at IS NULL
ORDER BY staff, (SELECT max(t.last_activity_at) FROM tickets t WHERE t.requester_id = p.id) DESC NULLS LAST, p.name, p.id LIMIT @limit`

	companiesSQL = `
SELECT c.id, c.name, c.other_names,
    coalesce((SELECT d.domain FROM company_domains d WHERE d.company_id = c.id ORDER BY d.domain LIMIT 1), '') AS domain,
    (SELECT count(*) FROM company_people cp WHERE cp.company_id = c.id)::int AS contacts
FROM companies c WHERE c.id = ANY (@ids) ORDER BY lower(c.name), c.id LIMIT @limit`
)

// everybody are the people that all of what was typed is true of; their company
// may have a part of it.
func (s *Service) everybody(ctx context.Context, a asked) ([]int64, error) {
	if len(a.wanted) == 0 {
		return nil, nil
	}
	all := slices.Concat(a.people...)
	firms := slices.Concat(a.firms...)
	member := map[[2]int64]bool{}
	if len(all) > 0 && len(firms) > 0 && len(a.wanted) > 1 {
		rows, _ := s.searches.Query(ctx, membersSQL, pgx.NamedArgs{"people": all, "firms": firms}) // ForEachRow returns its error
		var firm, person int64
		if _, err := pgx.ForEachRow(rows, []any{&firm, &person}, func() error { member[[2]int64{firm, person}] = true; return nil }); err != nil {
			return nil, err
		}
	}
	slices.Sort(all)
	return slices.DeleteFunc(slices.Compact(all), func(id int64) bool {
		for i := range a.wanted {
			if !slices.Contains(a.people[i], id) && !slices.ContainsFunc(a.firms[i], func(f int64) bool { return member[[2]int64{f, id}] }) {
				return true
			}
		}
		return false
	}), nil
}

// allFirms are the companies that all of what was typed is true of.
func (a asked) allFirms() []int64 {
	if len(a.firms) == 0 {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(a.firms[0]), func(id int64) bool {
		return slices.ContainsFunc(a.firms[1:], func(ids []int64) bool { return !slices.Contains(ids, id) })
	})
}

// describe reads the people and companies that are shown.
func (s *Service) describe(ctx context.Context, r *Results, people, firms []int64, limit int) error {
	b := &pgx.Batch{}
	if len(people) > 0 {
		pg.QueueRows(b, &r.People, peopleSQL, pgx.NamedArgs{"ids": people, "limit": limit})
	}
	if len(firms) > 0 {
		pg.QueueRows(b, &r.Companies, companiesSQL, pgx.NamedArgs{"ids": firms, "limit": limit})
	}
	if b.Len() == 0 {
		return nil
	}
	return s.searches.SendBatch(ctx, b).Close()
}

// since is how many days ago something was.
func since(now, at time.Time) float64 { return max(0, now.Sub(at).Hours()/24) }
