package app

import (
	"context"

	"github.com/deskbell/deskbell/internal/account"
	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/mail"
	"github.com/deskbell/deskbell/internal/notify"
	"github.com/deskbell/deskbell/internal/pg"
	"github.com/deskbell/deskbell/internal/setting"
	"github.com/deskbell/deskbell/internal/ticket"
)

// letters makes the service that writes and sends letters, from what the other
// services know.
func (a *App) letters(db pg.DB) (*notify.Service, error) {
	server, err := a.Config.mailServer()
	if err != nil {
		return nil, err
	}
	return notify.New(notify.Deps{
		DB: db, Outbox: a.Outbox, Server: server, Address: a.Config.Address(),
		Brand:       a.brandOfLetters,
		Sender:      a.sender,
		Zone:        a.Settings.DeskZone,
		Calendar:    a.Settings.DeskHours,
		Texts:       a.Settings.LetterText,
		AuthCode:    a.Accounts.AuthCodeOf,
		Wants:       a.wants,
		Undelivered: a.Tickets.Undelivered,
		Now:         a.now,
	}), nil
}

func (a *App) brandOfLetters(ctx context.Context) notify.Brand {
	look, _ := setting.Get(ctx, a.Settings, setting.Brand)
	b := notify.Brand{Name: look.Name, Accent: look.Accent}
	if look.Logo != "" {
		b.Logo = link.Logo(look.Logo)
	}
	return b
}

// sender is whom letters come from: what the settings say, else support@ and
// the desk's host.
func (a *App) sender(ctx context.Context) mail.Address {
	set, _ := setting.Get(ctx, a.Settings, setting.MailSender)
	return mail.Address{Name: set.Name, Address: or(set.Address, a.presetSender())}
}

// ownAddresses are those that letters come from and are answered to.
func (a *App) ownAddresses(ctx context.Context) []string {
	return []string{a.sender(ctx).Address}
}

func (a *App) presetSender() string { return "support@" + a.Config.Host() }

// noticeOf says which choice of the profile a letter falls under. A reply's
// depends on why its reader hears of the ticket.
var noticeOf = map[mail.Kind]account.Notice{
	mail.Created: account.NoticeStatus, mail.Resolved: account.NoticeStatus, mail.Reopened: account.NoticeStatus,
	mail.Postponed: account.NoticeStatus, mail.ServiceCentre: account.NoticeStatus, mail.Closed: account.NoticeStatus,
	mail.Reminder: account.NoticeRobot, mail.AutoResolved: account.NoticeRobot,
}

var noticeOfReply = map[ticket.Stake]account.Notice{
	ticket.Asked: account.NoticeReplies, ticket.Copy: account.NoticeCopies, ticket.Reads: account.NoticeCompany,
}

// wants reports whether a letter's reader chose to have letters like it, and may
// still read the ticket that it is about: both may have changed since it was
// queued. What falls under no choice is sent.
func (a *App) wants(ctx context.Context, d mail.Delivery) (bool, error) {
	var person int64
	if d.PersonID != nil {
		person = *d.PersonID
	}
	notice := noticeOf[d.Kind]
	if d.TicketID != nil {
		stake, err := a.Tickets.StakeOf(ctx, *d.TicketID, person, d.Recipient)
		if err != nil || stake == ticket.NoSuch {
			return false, err
		}
		if d.Kind == mail.Reply {
			notice = noticeOfReply[stake]
		}
	}
	if notice == "" || person == 0 {
		return true, nil
	}
	return a.Accounts.Wants(ctx, person, notice)
}
