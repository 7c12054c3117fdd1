package account

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
)

// Notice is a kind of letter about their own tickets that people may do without.
// Letters about the account itself are none: they are safety. What staff hear of
// the tickets they work on is package notice's.
type Notice string

// The notices.
const (
	NoticeReplies Notice = "replies" // an agent replied to a ticket of theirs
	NoticeStatus  Notice = "status"  // the status of a ticket of theirs changed
	NoticeRobot   Notice = "robot"   // the robot reminds, resolves, closes
	NoticeCopies  Notice = "copies"  // something public on a ticket they get copies of
	NoticeCompany Notice = "company" // something public on a colleague's ticket that they see
)

// NoticeSpec is what holds for a notice.
type NoticeSpec struct {
	Notice Notice
	Preset bool // what holds for people who never chose
}

// Notices lists them in the order a page shows them.
var Notices = []NoticeSpec{
	{NoticeReplies, true},
	{NoticeStatus, true},
	{NoticeRobot, true},
	{NoticeCopies, true},
	{NoticeCompany, false},
}

// NoticesFor lists what by may choose: of the company's tickets only who sees
// them hears.
func NoticesFor(by auth.Actor) []NoticeSpec {
	var list []NoticeSpec
	for _, n := range Notices {
		if n.Notice == NoticeCompany && len(by.SharedCompanies()) == 0 {
			continue
		}
		list = append(list, n)
	}
	return list
}

func specOf(n Notice) (NoticeSpec, bool) {
	for _, spec := range Notices {
		if spec.Notice == n {
			return spec, true
		}
	}
	return NoticeSpec{}, false
}

// Wanted reports whether somebody with these choices wants n. What is no notice
// is always sent.
func Wanted(choices map[Notice]bool, n Notice) bool {
	if wanted, chosen := choices[n]; chosen {
		return wanted
	}
	spec, ok := specOf(n)
	return !ok || spec.Preset
}

const wantedSQL = `SELECT wanted FROM notification_choices WHERE person_id = @person AND kind = @kind`

// Wants reports whether a person wants letters of a kind. It is asked when the
// letter is about to be written, by whatever channel.
func (s *Service) Wants(ctx context.Context, personID int64, n Notice) (bool, error) {
	var wanted bool
	err := s.db.QueryRow(ctx, wantedSQL, pgx.NamedArgs{"person": personID, "kind": n}).Scan(&wanted)
	if errors.Is(err, pgx.ErrNoRows) {
		return Wanted(nil, n), nil
	}
	if err != nil {
		return false, fmt.Errorf("read what letters somebody wants: %w", err)
	}
	return wanted, nil
}

const chooseSQL = `
INSERT INTO notification_choices (person_id, kind, wanted)
SELECT @person, kind, wanted FROM unnest(@kinds::text[], @wanted::boolean[]) AS c (kind, wanted)
ON CONFLICT (person_id, kind) DO UPDATE SET wanted = EXCLUDED.wanted`

// Choose keeps which letters by wants. Kinds that are not by's to choose are
// left out.
func (s *Service) Choose(ctx context.Context, by auth.Actor, choices map[Notice]bool) error {
	if !by.SignedIn() {
		return fault.New(fault.Unauthorized, "error.sign_in_first")
	}
	var kinds []Notice
	var wanted []bool
	for _, spec := range NoticesFor(by) {
		if w, ok := choices[spec.Notice]; ok {
			kinds, wanted = append(kinds, spec.Notice), append(wanted, w)
		}
	}
	return s.choose(ctx, by.PersonID, kinds, wanted)
}

func (s *Service) choose(ctx context.Context, personID int64, kinds []Notice, wanted []bool) error {
	_, err := s.db.Exec(ctx, chooseSQL, pgx.NamedArgs{"person": personID, "kinds": kinds, "wanted": wanted})
	if err != nil {
		return fmt.Errorf("keep what letters somebody wants: %w", err)
	}
	return nil
}
