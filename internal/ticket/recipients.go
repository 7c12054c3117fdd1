package ticket

import (
	"context"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/fault"
)

// Recipients is to whom of the people on copy a reply is mailed, and whom its
// writer puts on copy with it (T8a). Who is on copy sees the ticket in any case:
// leaving somebody out spares them a letter, it hides nothing.
type Recipients struct {
	Mode      ReplyMode // "": ToChosen
	Shown     []string  // ToChosen: addresses on copy that the writer saw; who came since gets the reply
	To        []string  // ToChosen: those of Shown that it is mailed to
	Confirmed []string  // addresses outside the ticket's company that may read it
	Once      bool      // the next reply does not begin with the same
}

// ReplyMode is whom of the people on copy a reply is for.
type ReplyMode string

// The modes.
const (
	ToChosen    ReplyMode = "reply"     // those that its writer ticked
	ToAll       ReplyMode = "all"       // everybody, also who comes on copy before it leaves
	ToRequester ReplyMode = "requester" // nobody of them
)

// ReplyModes lists them in the order of the form.
var ReplyModes = []ReplyMode{ToChosen, ToAll, ToRequester}

// kept is the mode as its message keeps it for the next reply; "": nobody chose.
func (r Recipients) kept() ReplyMode {
	switch {
	case r.Once || r.Mode == "" && len(r.Shown) == 0:
		return ""
	case r.Mode == ToAll, r.Mode == ToRequester:
		return r.Mode
	default:
		return ToChosen
	}
}

// skipped are the addresses that the writer left out, of those that are on copy.
func (r Recipients) skipped(copies []copyTo) []string {
	out := []string{}
	for _, c := range copies {
		left := slices.Contains(r.Shown, c.Address) && !slices.Contains(r.To, c.Address)
		if r.Mode == ToRequester || r.Mode != ToAll && left {
			out = append(out, c.Address)
		}
	}
	return out
}

// ourAddresses are those of the desk's own mailboxes, in lower case: no letter
// goes to them.
func (s *Service) ourAddresses(ctx context.Context) []string {
	if s.hooks.OwnAddresses == nil {
		return nil
	}
	var ours []string
	for _, a := range s.hooks.OwnAddresses(ctx) {
		ours = append(ours, strings.ToLower(a))
	}
	return ours
}

// checkCC refuses to put addresses on copy that are the desk's own, or that lie
// outside the ticket's company and nobody confirmed.
func (s *Service) checkCC(ctx context.Context, tx pgx.Tx, c *change, cc, confirmed []string) error {
	if len(cc) == 0 {
		return nil
	}
	var wrong fault.Field
	for _, own := range s.ourAddresses(ctx) {
		if slices.Contains(cc, own) {
			wrong.Add("cc", "ticket.cc_ours", "address", own)
			return wrong.Err()
		}
	}
	rows, _ := tx.Query(ctx, checkCopiesSQL, pgx.NamedArgs{"ticket": c.ID, "addresses": cc})
	checks, err := pgx.CollectRows(rows, pgx.RowToStructByName[copyCheck])
	if err != nil {
		return err
	}
	if outside := strangers(checks, confirmed); len(outside) > 0 {
		wrong.Add("cc", "ticket.cc_outside", "addresses", strings.Join(outside, ", "))
	}
	return wrong.Err()
}

// lastReplyColumns are the choice of the last reply whose writer had one, and the
// customer whose message is the last: whom the next reply begins with.
const lastReplyColumns = `
    (SELECT jsonb_build_object('mode', coalesce(m.reply_mode, CASE WHEN m.skipped = '{}' THEN 'all' ELSE 'reply' END), 'skipped', m.skipped)
        FROM messages m WHERE m.ticket_id = t.id AND m.author_kind = 'agent' AND m.reply_mode IS DISTINCT FROM '' ORDER BY m.seq DESC LIMIT 1) AS last_reply,
    (SELECT m.author_id FROM messages m WHERE m.ticket_id = t.id AND m.author_kind = 'customer' ORDER BY m.seq DESC LIMIT 1) AS asker_id`

// LastReply is whom the last reply was mailed to.
type LastReply struct {
	Mode    ReplyMode `json:"mode"`
	Skipped []string  `json:"skipped"`
}

// Begins returns the mode that the next reply begins with: that of the last, at
// first everybody, so that nobody is dropped unsaid.
func (l *LastReply) Begins() ReplyMode {
	if l == nil {
		return ToAll
	}
	return l.Mode
}

// Mails reports whether a reply that its writer has not touched goes to somebody
// on copy when ToChosen is chosen: as the last one did, else to whoever it
// answers.
func (w Work) Mails(p Participant) bool {
	if w.LastReply != nil && w.LastReply.Mode == ToChosen {
		return !slices.Contains(w.LastReply.Skipped, p.Address)
	}
	return p.PersonID != nil && w.AskerID != nil && *p.PersonID == *w.AskerID
}
