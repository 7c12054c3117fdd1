package macro

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/i18n"
)

// sees is the one condition "the actor may use macro m": their own, those of
// their departments, and everybody's. Whoever sees all departments sees their
// macros too.
const sees = `(m.scope = 'everybody' OR m.scope = 'mine' AND m.owner_id = @me OR m.scope = 'department' AND (@all OR m.department = ANY (@departments::bigint[])))`

// sight are the arguments of sees, and the reader's language.
func sight(ctx context.Context, by auth.Actor) pgx.NamedArgs {
	return pgx.NamedArgs{
		"me": by.PersonID, "all": by.May(auth.AllDepartments), "departments": append([]int64{}, by.Departments...), "lang": i18n.ReaderOf(ctx).Lang,
	}
}

// MayEdit reports whether by may change a macro: their own, and with the right
// to share texts those that they may use.
func (m Macro) MayEdit(by auth.Actor) bool {
	return m.Scope == Mine && m.OwnerID == by.PersonID || m.Scope != Mine && m.MayShare(by)
}

// MayShare reports whether by may share a macro with those whose it is.
func (m Macro) MayShare(by auth.Actor) bool {
	return by.May(auth.ShareCanned) && (m.Scope != Department || by.InDepartment(m.Department))
}

const knownSQL = `SELECT EXISTS (SELECT FROM departments WHERE id = @department)`

// known refuses a department that there is not.
func known(ctx context.Context, tx pgx.Tx, m Macro) error {
	if m.Department == 0 {
		return nil
	}
	var there bool
	if err := tx.QueryRow(ctx, knownSQL, pgx.NamedArgs{"department": m.Department}).Scan(&there); err != nil || there {
		return err
	}
	var wrong fault.Field
	wrong.Add("scope", "macro.scope_missing")
	return wrong.Err()
}
