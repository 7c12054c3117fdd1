package account

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/address"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/httpx"
	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/mail"
	"github.com/deskbell/deskbell/internal/pg"
)

// ActivationLife is how long the link in the confirmation mail works.
const ActivationLife = 48 * time.Hour

// Letters to one address and registrations from one place in an hour.
const (
	lettersAn       = time.Hour
	lettersTo       = 3
	lettersFrom     = 20
	slowFrom        = 3  // without a proof of work
	slowAll         = 30 // without a proof of work, over the whole desk
	maxConsentWords = 20000
)

// Registration is what a person fills in to get an account (P1).
type Registration struct {
	Email   string
	Name    Name
	Consent bool
	Lang    string // the page's
	Place   string // network address
	Proof   Proof
}

// Register mails a link that makes an account. A taken address gets another
// letter instead: the answer is the same.
//
// Forbidden: nobody may register. Invalid names the fields email, first_name,
// middle_name, last_name, consent, proof or answer; TooMany: too many letters to
// this address or from this place.
func (s *Service) Register(ctx context.Context, in Registration) error {
	rules := s.doors.Rules(ctx)
	if rules.Mode == Closed {
		return fault.New(fault.Forbidden, "account.registration_closed")
	}
	email, err := s.checkRegistration(ctx, rules, &in)
	if err != nil {
		return err
	}
	if err := s.prove(ctx, in.Proof, in.Place); err != nil {
		return err
	}
	if err := s.mayWrite(ctx, email, in.Place); err != nil {
		return err
	}
	return pgx.BeginFunc(ctx, s.db, func(tx pgx.Tx) error { return s.register(ctx, tx, rules, email, in) })
}

// checkRegistration returns the normal form of the address.
func (s *Service) checkRegistration(ctx context.Context, rules Rules, in *Registration) (string, error) {
	var bad fault.Field
	if squeeze(in.Name.Last) == "" {
		bad.Add("last_name", "account.last_name_missing")
	}
	if squeeze(in.Name.First) == "" {
		bad.Add("first_name", "account.first_name_missing")
	}
	in.Name = in.Name.clean(&bad)
	email, err := address.Email(in.Email)
	if err != nil {
		bad.Add("email", "account.email_bad")
	} else if rules.Mode == ByDomain {
		ok, err := s.domainMayRegister(ctx, rules, address.DomainOf(email))
		if err != nil {
			return "", err
		}
		if !ok {
			bad.Add("email", "account.domain_refused", "domain", address.Readable(address.DomainOf(email)))
		}
	}
	if !in.Consent {
		bad.Add("consent", "account.consent_missing")
	}
	return email, bad.Err()
}

const companyDomainSQL = `SELECT EXISTS (SELECT FROM company_domains WHERE domain = @domain)`

func (s *Service) domainMayRegister(ctx context.Context, rules Rules, domain string) (bool, error) {
	if slices.Contains(rules.Domains, domain) {
		return true, nil
	}
	var known bool
	if err := s.db.QueryRow(ctx, companyDomainSQL, pgx.NamedArgs{"domain": domain}).Scan(&known); err != nil {
		return false, fmt.Errorf("look a domain up: %w", err)
	}
	return known, nil
}

// mayWrite bounds letters that a stranger can have us send.
func (s *Service) mayWrite(ctx context.Context, email, place string) error {
	return throttle(ctx, s.db, s.now(),
		Limit{"letter:from:" + httpx.Network(place), lettersFrom, lettersAn}, Limit{"letter:to:" + email, lettersTo, lettersAn})
}

// holder is whose address it is.
type holder struct {
	ID       int64
	Lang     string
	Password bool
	Disabled bool
}

const holderSQL = `
SELECT p.id, p.lang, c.person_id IS NOT NULL AS password, p.disabled_at IS NOT NULL AS disabled
FROM identities i JOIN people p ON p.id = i.person_id LEFT JOIN credentials c ON c.person_id = p.id
WHERE i.kind = 'email' AND i.value = @email`

// holderOf returns whose address it is; nobody's has the id 0.
func holderOf(ctx context.Context, db pg.DB, email string) (holder, error) {
	rows, err := db.Query(ctx, holderSQL, pgx.NamedArgs{"email": email})
	if err != nil {
		return holder{}, fmt.Errorf("look an address up: %w", err)
	}
	h, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[holder])
	if errors.Is(err, pgx.ErrNoRows) {
		return holder{}, nil
	}
	if err != nil {
		return holder{}, fmt.Errorf("look an address up: %w", err)
	}
	return h, nil
}

// taken reports whether a registration would be a second account. A contact
// whom an administrator added has none yet.
func (h holder) taken() bool { return h.Password || h.Disabled }

const insertRegistrationSQL = `
INSERT INTO registrations (token, email, first_name, middle_name, last_name, lang, consent, consent_text, place, created_at, expires_at)
VALUES (@token, @email, @first, @middle, @last, @lang, @consent, @text, @place, @now, @expires)`

// register writes the same rows for a taken address, whose registration is over
// before it began: the answer must not take longer for one of the two.
func (s *Service) register(ctx context.Context, tx pgx.Tx, rules Rules, email string, in Registration) error {
	h, err := holderOf(ctx, tx, email)
	if err != nil {
		return err
	}
	now, token := s.now(), newToken()
	letter := mail.Letter{Kind: mail.Activation, To: email, PersonID: h.ID, Lang: in.Lang, Data: map[string]string{
		"first_name": in.Name.First, "link": link.Query(link.Activate, "token", token),
	}}
	expires := now.Add(ActivationLife)
	if h.taken() {
		expires = now
		letter.Kind, letter.Data = mail.AlreadyRegistered, resetData()
	}
	_, err = tx.Exec(ctx, insertRegistrationSQL, pgx.NamedArgs{
		"token": digest(token), "email": email, "first": in.Name.First, "middle": in.Name.Middle, "last": in.Name.Last, "lang": in.Lang,
		"consent": rules.ConsentVersion, "text": clip(rules.Consent(in.Lang), maxConsentWords), "place": clip(in.Place, 64), "now": now, "expires": expires,
	})
	if err != nil {
		return fmt.Errorf("keep a registration: %w", err)
	}
	return s.doors.Mail(ctx, tx, letter)
}

// resetData leads a letter's button to a new password.
func resetData() map[string]string { return map[string]string{"link": link.Reset} }
