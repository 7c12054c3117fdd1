package ticket

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/richtext"
)

// signatureOf is what stands below a reply of @me to ticket t with requester r:
// their own, else the department's in the requester's language, else everybody's.
const signatureOf = `coalesce((SELECT nullif(s.signature, '') FROM people s WHERE s.id = @me),
    (SELECT coalesce(nullif(o.value -> 'Departments' -> t.department_id::text ->> r.lang, ''), nullif(o.value -> 'Departments' -> t.department_id::text ->> 'en', ''),
        nullif(o.value -> 'Texts' ->> r.lang, ''), nullif(o.value -> 'Texts' ->> 'en', ''),
        (SELECT e.value FROM jsonb_each_text(o.value -> 'Texts') e WHERE e.value <> '' ORDER BY e.key LIMIT 1))
    FROM options o WHERE o.key = 'signature'), '')`

const signatureColumn = signatureOf + ` AS signature`

const signatureSQL = `
SELECT t.number, t.subject, r.first_name, r.name, coalesce(c.name, '') AS company, ` + signatureColumn + `
FROM tickets t JOIN people r ON r.id = t.requester_id LEFT JOIN companies c ON c.id = t.company_id
WHERE t.id = @ticket`

type signatureRow struct {
	valuesRow
	Signature string
}

// signature returns what a reply of by's to a ticket is sent with, in Markdown;
// "" for nothing. The message keeps it: a later change is no change of what was
// sent.
func signature(ctx context.Context, tx pgx.Tx, by auth.Actor, ticketID int64) (string, error) {
	rows, _ := tx.Query(ctx, signatureSQL, pgx.NamedArgs{"me": by.PersonID, "ticket": ticketID})
	r, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[signatureRow])
	if err != nil {
		return "", fmt.Errorf("find the signature of a reply: %w", err)
	}
	return r.values(by).sign(r.Signature), nil
}

// sign fills in a signature. A placeholder without a value leaves no trace, and
// so does a line that says nothing else.
func (v Values) sign(signature string) string {
	var lines []string
	for line := range strings.SplitSeq(richtext.Clean(signature), "\n") {
		filled := v.Fill(line, richtext.KindMarkdown)
		said := strings.TrimRight(Placeholder.ReplaceAllString(filled, ""), " ")
		if said == "" && strings.TrimSpace(filled) != "" {
			continue
		}
		lines = append(lines, said)
	}
	return strings.TrimSpace(strings.Join(lines, "\n"))
}

// Signed is what a reply of by's would be sent with, in Markdown.
func (w Work) Signed(by auth.Actor) string { return w.Values(by).sign(w.Signature) }
