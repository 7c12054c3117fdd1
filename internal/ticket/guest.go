package ticket

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/address"
	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/mail"
	"github.com/deskbell/deskbell/internal/richtext"
)

// Guest is a visitor who sends a ticket without signing in.
type Guest struct {
	FirstName string
	LastName  string
	Email     string
	Lang      string // what they read

	Consent     int // version of the text they agreed to; 0: they did not
	ConsentText string
	Place       string    // network address
	At          time.Time // when they wrote; SubmitGuest sets it
}

// guestLife is how long the link in the letter works.
const guestLife = 3 * 24 * time.Hour

const minGuestKey = 20 // letters of a form's key, which stands for the visitor's right to its files

const insertGuestSQL = `
INSERT INTO guest_tickets (token_hash, form_key, first_name, last_name, email, lang, consent, consent_text, place, topic_id, subject, message, message_kind,
    fields, uploads, created_at, expires_at)
VALUES (@token, @key, @first, @last, @email, @lang, @consent, @consent_text, @place, @topic, @subject, @message, @kind, @fields, @uploads, @now, @expires)
ON CONFLICT (form_key) DO NOTHING`

// SubmitGuest holds a visitor's ticket until the link in the letter that it
// sends is confirmed. Agents do not see it before. The same Key a second time
// does nothing.
//
// It returns fault.Invalid with the fields of Submit, and first_name, last_name,
// email and consent; and what mayWrite says of the normalised address, which is
// asked once all else is right and a letter would go there. nil: anybody may.
func (s *Service) SubmitGuest(ctx context.Context, g Guest, in Submission, mayWrite func(ctx context.Context, email string) error) error {
	var wrong fault.Field
	email := g.check(&wrong)
	in.Subject = richtext.Line(in.Subject)
	checkSubject(&wrong, in.Subject)
	text := newBody(&wrong, in.Message, in.MessageKind)
	fields, err := s.checkFields(ctx, &wrong, auth.Actor{}, in)
	if err != nil {
		return err
	}
	if err := wrong.Err(); err != nil {
		return err
	}
	if utf8.RuneCountInString(in.Key) < minGuestKey || s.hooks.Guests == nil || s.hooks.Mail == nil {
		return fault.New(fault.Invalid, "error.bad_request")
	}
	if err := s.checkGuestFiles(ctx, in); err != nil {
		return err
	}
	if err := s.refuseBlocked(ctx, email); err != nil {
		return err
	}
	if mayWrite != nil {
		if err := mayWrite(ctx, email); err != nil {
			return err
		}
	}
	if in.Uploads == nil {
		in.Uploads = []int64{}
	}
	g.Email = email
	token := rand.Text()
	err = s.transact(ctx, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, insertGuestSQL, pgx.NamedArgs{
			"token": guestHolder(token).guest, "key": guestHolder(in.Key).guest, "first": g.FirstName, "last": g.LastName, "email": email, "lang": g.Lang,
			"consent": g.Consent, "consent_text": g.ConsentText, "place": g.Place, "topic": in.TopicID, "subject": in.Subject, "message": text.Source, "kind": text.Kind,
			"fields": fields, "uploads": in.Uploads, "now": s.now(), "expires": s.now().Add(guestLife),
		})
		if err != nil || tag.RowsAffected() == 0 {
			return err
		}
		return s.hooks.Mail(ctx, tx, mail.Letter{
			Kind: mail.GuestConfirm, To: email, Lang: g.Lang,
			Data: map[string]string{"first_name": g.FirstName, "subject": in.Subject, "link": link.ConfirmTicket(token)},
		})
	})
	if err != nil {
		return fmt.Errorf("hold a visitor's ticket: %w", err)
	}
	return nil
}

// check cleans g's names and returns the normalised address.
func (g *Guest) check(wrong *fault.Field) string {
	g.FirstName, g.LastName = richtext.Line(g.FirstName), richtext.Line(g.LastName)
	for field, name := range map[string]string{"first_name": g.FirstName, "last_name": g.LastName} {
		switch n := utf8.RuneCountInString(name); {
		case n == 0:
			wrong.Add(field, "ticket.guest_name_empty")
		case n > 100:
			wrong.Add(field, "ticket.guest_name_long", "limit", 100)
		}
	}
	email, err := address.Email(strings.TrimSpace(g.Email))
	if err != nil {
		wrong.Add("email", "ticket.guest_email_bad")
	}
	if g.Consent == 0 {
		wrong.Add("consent", "ticket.guest_consent")
	}
	return email
}

// checkGuestFiles makes sure that the form's files are there and fit.
func (s *Service) checkGuestFiles(ctx context.Context, in Submission) error {
	rules := s.Limits(ctx)
	files, err := s.StagedGuest(ctx, in.Key, in.Uploads)
	if err != nil {
		return err
	}
	size := int64(0)
	for _, f := range files {
		size += f.Size
	}
	switch {
	case len(files) != len(in.Uploads):
		return rules.refuseAll("ticket.files_gone")
	case size > rules.MaxTotal:
		return rules.refuseAll("ticket.files_too_large")
	case len(files) > maxFiles:
		return rules.refuseAll("ticket.files_too_many")
	default:
		return nil
	}
}

// StageGuest is StageAhead for the form of a visitor, known by its key.
func (s *Service) StageGuest(ctx context.Context, key, name string, r io.Reader) (Upload, error) {
	if utf8.RuneCountInString(key) < minGuestKey {
		return Upload{}, fault.New(fault.Invalid, "error.bad_request")
	}
	return s.stageAhead(ctx, guestHolder(key), name, r)
}

// StagedGuest is Staged for the form of a visitor.
func (s *Service) StagedGuest(ctx context.Context, key string, ids []int64) ([]Upload, error) {
	if utf8.RuneCountInString(key) < minGuestKey {
		return nil, nil
	}
	return s.staged(ctx, guestHolder(key), ids)
}

// UnstageGuest is Unstage for the form of a visitor.
func (s *Service) UnstageGuest(ctx context.Context, key string, id int64) error {
	return s.unstage(ctx, guestHolder(key), id)
}

// GuestTicket is a visitor's ticket as the page behind the letter's link shows it.
type GuestTicket struct {
	Subject string
	Email   string
	Number  int64 // of the ticket it became; 0: not confirmed yet
}

const heldSQL = `
SELECT g.subject, g.email, coalesce(t.number, 0) AS number
FROM guest_tickets g LEFT JOIN tickets t ON t.id = g.ticket_id
WHERE g.token_hash = @token AND g.expires_at > @now`

// HeldTicket returns the ticket behind a letter's link. Looking confirms
// nothing: programs that check letters follow links. fault.NotFound when the
// link is wrong or too old.
func (s *Service) HeldTicket(ctx context.Context, token string) (GuestTicket, error) {
	rows, _ := s.db.Query(ctx, heldSQL, pgx.NamedArgs{"token": guestHolder(token).guest, "now": s.now()})
	h, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[GuestTicket])
	if errors.Is(err, pgx.ErrNoRows) {
		return GuestTicket{}, fault.New(fault.NotFound, "ticket.guest_link_old")
	}
	return h, err
}

type guestRow struct {
	ID          int64
	FirstName   string
	LastName    string
	Email       string
	Lang        string
	Consent     int
	ConsentText string
	Place       string
	CreatedAt   time.Time
	TopicID     int64
	Subject     string
	Message     string
	MessageKind richtext.Kind
	Fields      map[string]any
	Uploads     []int64
	Number      int64
}

const lockGuestSQL = `
SELECT g.id, g.first_name, g.last_name, g.email, g.lang, g.consent, g.consent_text, g.place, g.created_at, g.topic_id, g.subject, g.message, g.message_kind, g.fields, g.uploads,
    coalesce((SELECT t.number FROM tickets t WHERE t.id = g.ticket_id), 0) AS number
FROM guest_tickets g WHERE g.token_hash = @token AND g.expires_at > @now FOR UPDATE OF g`

const adoptFilesSQL = `
UPDATE attachments SET owner_id = @owner, guest_key = NULL WHERE id = ANY (@ids) AND guest_key IS NOT NULL AND ticket_id IS NULL`

const confirmedSQL = `UPDATE guest_tickets SET ticket_id = (SELECT id FROM tickets WHERE number = @number) WHERE id = @id`

// ConfirmGuest makes a held ticket one that agents see, in the name of the
// person whose address it was, and returns its number. A second time it returns
// the same number. fault.NotFound when the link is wrong or too old.
func (s *Service) ConfirmGuest(ctx context.Context, token string) (number int64, err error) {
	err = s.transact(ctx, func(tx pgx.Tx) error {
		rows, _ := tx.Query(ctx, lockGuestSQL, pgx.NamedArgs{"token": guestHolder(token).guest, "now": s.now()})
		g, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[guestRow])
		if errors.Is(err, pgx.ErrNoRows) {
			return fault.New(fault.NotFound, "ticket.guest_link_old")
		}
		if err != nil || g.Number != 0 {
			number = g.Number
			return err
		}
		number, err = s.admit(ctx, tx, g)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("confirm a visitor's ticket: %w", err)
	}
	return number, nil
}

// admit turns a held ticket into one, in tx. It was checked when it came: what an
// administrator has changed about its topic meanwhile does not stop it.
func (s *Service) admit(ctx context.Context, tx pgx.Tx, g guestRow) (int64, error) {
	by, err := s.hooks.Guests(ctx, tx, Guest{
		FirstName: g.FirstName, LastName: g.LastName, Email: g.Email, Lang: g.Lang,
		Consent: g.Consent, ConsentText: g.ConsentText, Place: g.Place, At: g.CreatedAt,
	})
	if err != nil {
		return 0, err
	}
	in := Submission{TopicID: g.TopicID, Subject: g.Subject, Uploads: g.Uploads}
	var wrong fault.Field
	text := newBody(&wrong, g.Message, g.MessageKind)
	if _, err := tx.Exec(ctx, adoptFilesSQL, pgx.NamedArgs{"owner": by.PersonID, "ids": g.Uploads}); err != nil {
		return 0, err
	}
	company, _ := companyOf(by, 0)
	number, err := s.open(ctx, tx, by, in, opening{text, g.Fields, company})
	if err != nil {
		return 0, err
	}
	_, err = tx.Exec(ctx, confirmedSQL, pgx.NamedArgs{"number": number, "id": g.ID})
	return number, err
}

const expireGuestsSQL = `DELETE FROM guest_tickets WHERE expires_at < @now`
