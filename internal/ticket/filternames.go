package ticket

import (
	"strconv"
	"strings"

	"github.com/deskbell/deskbell/internal/pg"
)

// nameOf takes a name, an address, "me", or "#7" for an id.
func nameOf(value string) (any, bool) { return value, value != "" }

// names are the values of a term that refers to people or things: ids that were
// typed as such, and the rest.
func (b *binding) names(values []any) (ids []int64, names []string) {
	ids, names = []int64{}, []string{}
	for _, v := range values {
		name, _ := v.(string)
		if name == none {
			continue
		}
		if name == "me" {
			ids = append(ids, b.me)
			continue
		}
		if digits, ok := strings.CutPrefix(name, "#"); ok {
			if id, err := strconv.ParseInt(digits, 10, 64); err == nil {
				ids = append(ids, id)
				continue
			}
		}
		names = append(names, name)
	}
	return ids, names
}

// beginning is the condition that column begins with v.x; its index is one of
// text_pattern_ops, which LIKE could not use in a plan for all values.
func beginning(column string) string {
	return "lower(" + column + ") ~>=~ v.x AND lower(" + column + `) ~<~ (v.x || U&'\+10FFFF')`
}

// staffNamed are staff with one of the names, in any part of the name, or addresses.
func staffNamed(b *binding, values []any) string {
	ids, names := b.names(values)
	known := b.arg(ids, "bigint[]")
	if len(names) == 0 {
		return known
	}
	parts := make([]string, len(names))
	for i, n := range names {
		parts[i] = pg.Like(n)
	}
	return `ARRAY(SELECT p.id FROM people p WHERE p.id = ANY (` + known + `) OR p.id IN (SELECT pr.person_id FROM person_roles pr) AND (
        lower(p.name) LIKE ANY (` + b.arg(parts, "text[]") + `)
        OR EXISTS (SELECT FROM identities i WHERE i.person_id = p.id AND i.kind = 'email' AND i.value = ANY (` + b.arg(names, "text[]") + `))))`
}

// peopleNamed are people whose name or last name begins with one of the names,
// or who have one of the addresses.
func peopleNamed(b *binding, values []any) string {
	ids, names := b.names(values)
	known := b.arg(ids, "bigint[]")
	if len(names) == 0 {
		return known
	}
	typed := b.arg(names, "text[]")
	return `ARRAY(SELECT unnest(` + known + `)
        UNION SELECT i.person_id FROM identities i WHERE i.kind = 'email' AND i.value = ANY (` + typed + `)
        UNION SELECT p.id FROM unnest(` + typed + `) AS v (x) CROSS JOIN LATERAL (SELECT p.id FROM people p WHERE ` + beginning("p.name") + ` LIMIT 200) p
        UNION SELECT p.id FROM unnest(` + typed + `) AS v (x) CROSS JOIN LATERAL (SELECT p.id FROM people p WHERE ` + beginning("p.last_name") + ` LIMIT 200) p)`
}

// companiesNamed are companies whose name begins with one of the names, or whose
// e-mail domain one of them is.
func companiesNamed(b *binding, values []any) string {
	ids, names := b.names(values)
	known := b.arg(ids, "bigint[]")
	if len(names) == 0 {
		return known
	}
	typed := b.arg(names, "text[]")
	return `ARRAY(SELECT unnest(` + known + `)
        UNION SELECT d.company_id FROM company_domains d WHERE d.domain = ANY (` + typed + `)
        UNION SELECT c.id FROM unnest(` + typed + `) AS v (x) CROSS JOIN LATERAL (SELECT c.id FROM companies c WHERE ` + beginning("c.name") + ` LIMIT 200) c)`
}

// topicsNamed are help topics with one of the names in any language, or keys.
func topicsNamed(b *binding, values []any) string {
	ids, names := b.names(values)
	known := b.arg(ids, "bigint[]")
	if len(names) == 0 {
		return known
	}
	typed := b.arg(names, "text[]")
	return `ARRAY(SELECT o.id FROM topics o WHERE o.id = ANY (` + known + `) OR o.key = ANY (` + typed + `)
        OR EXISTS (SELECT FROM jsonb_each_text(o.name) n WHERE lower(n.value) = ANY (` + typed + `)))`
}
