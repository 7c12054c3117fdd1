package company

import (
	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
)

// staffSees is the condition of package ticket's sight.go that the actor, who is
// staff, may work on ticket t: features do not import each other, and a test
// holds the two together.
const staffSees = `(@sight_all OR t.department_id IS NULL OR t.department_id <> ALL (@sight_hidden::bigint[]) OR t.assignee_id = @sight_me
    OR EXISTS (SELECT FROM participants s WHERE s.ticket_id = t.id AND s.person_id = @sight_me))`

// worked is staffSees of a ticket that stands on lists: one outside the trash.
const worked = `t.trashed_at IS NULL AND ` + staffSees

// staffSight sets the arguments of staffSees.
func staffSight(by auth.Actor, args pgx.NamedArgs) pgx.NamedArgs {
	args["sight_me"], args["sight_all"], args["sight_hidden"] = by.PersonID, len(by.Hidden) == 0, append([]int64{}, by.Hidden...)
	return args
}
