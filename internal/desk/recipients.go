package desk

import (
	"context"
	"slices"
	"strings"

	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/ticket"
)

// recipient is somebody on copy as the chip of a reply being written shows them.
type recipient struct {
	ticket.Participant
	Mailed bool // this reply is mailed to them
}

// recipients are those on copy, with the ticks that hold while the writer
// chooses: whom they left out stays out, before they did it is as Mails says,
// and who came on copy since is in.
func (p answerPage) recipients() []recipient {
	all := make([]recipient, len(p.Participants))
	for i, c := range p.Participants {
		mailed := p.Mails(c)
		if slices.Contains(p.Form.To.Shown, c.Address) {
			mailed = slices.Contains(p.Form.To.To, c.Address)
		} else if len(p.Form.To.Shown) > 0 {
			mailed = true
		}
		all[i] = recipient{Participant: c, Mailed: mailed}
	}
	return all
}

// mode is whom the reply is for: as its writer chose, else as the last one was.
func (p answerPage) mode() ticket.ReplyMode {
	if p.Form.To.Mode != "" {
		return p.Form.To.Mode
	}
	if len(p.Form.To.Shown) > 0 {
		return ticket.ToChosen
	}
	return p.LastReply.Begins()
}

// addressed is whom a reply is for, for comparing.
func addressed(mode string, to []string) string {
	return strings.Join(append([]string{mode}, to...), " ")
}

// begun is whom the reply is for as long as its writer chooses nothing: a draft
// that is for others is one even without a text.
func (p answerPage) begun() string {
	if len(p.Participants) == 0 {
		return ""
	}
	var to []string
	for _, c := range p.Participants {
		if p.Mails(c) {
			to = append(to, c.Address)
		}
	}
	return addressed(string(p.LastReply.Begins()), to)
}

// copyReason says how somebody came on copy.
func copyReason(ctx context.Context, c ticket.Participant) string {
	if c.AddedBy != "" {
		return i18n.T(ctx, "desk.to.added_by", "who", c.AddedBy)
	}
	return i18n.T(ctx, "desk.to.was_in_cc")
}

// reason says in a word or two why somebody is on copy.
func (r recipient) reason(ctx context.Context, company string) string {
	why := copyReason(ctx, r.Participant)
	switch {
	case r.Known:
		return why
	case company == "":
		return why + ", " + i18n.T(ctx, "desk.to.stranger")
	default:
		return why + ", " + i18n.T(ctx, "desk.to.outside", "company", company)
	}
}

func (r recipient) tone() string {
	if r.Known {
		return ""
	}
	return "tone-amber"
}

// companyName is the ticket's company; "" for a private person.
func (p answerPage) companyName() string {
	if p.Company == nil {
		return ""
	}
	return p.Company.Name
}

// toConfirm are the addresses outside the company that the writer is asked
// about, and those that they have said yes to.
func (f writing) toConfirm() []string {
	all := slices.Clone(f.To.Confirmed)
	if m := f.Errors["cc"]; m.Key == "ticket.cc_outside" {
		for i := 0; i+1 < len(m.Args); i += 2 {
			if list, ok := m.Args[i+1].(string); ok && m.Args[i] == "addresses" {
				all = append(all, strings.Split(list, ", ")...)
			}
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func (f writing) confirmed(address string) bool { return slices.Contains(f.To.Confirmed, address) }
