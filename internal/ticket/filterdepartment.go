package ticket

import "slices"

// departmentsNamed are departments with one of the names in any language, or
// keys; "mine" are those that the reader is a member of.
func departmentsNamed(b *binding, values []any) string {
	ids, names := b.names(values)
	typed := b.arg(names, "text[]")
	mine := b.arg(slices.Contains(names, "mine"), "boolean")
	return `ARRAY(SELECT d.id FROM departments d WHERE d.id = ANY (` + b.arg(ids, "bigint[]") + `) OR d.key = ANY (` + typed + `)
        OR EXISTS (SELECT FROM jsonb_each_text(d.name) n WHERE lower(n.value) = ANY (` + typed + `))
        OR ` + mine + ` AND EXISTS (SELECT FROM department_members m WHERE m.department_id = d.id AND m.person_id = @me))`
}
