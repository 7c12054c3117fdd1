package account

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/address"
	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
)

// Caller is somebody who asked an agent: by telephone, at the counter.
type Caller struct {
	Name  string
	Email string // "" when they left only a number
	Phone string
}

const insertCallerSQL = `
INSERT INTO people (first_name, middle_name, last_name, phone, created_at)
VALUES (@first, @middle, @last, @phone, @now) RETURNING id`

// AddCaller adds a customer without a password, in the caller's transaction, for
// whom an agent opens a ticket; nothing is mailed. Whoever reads the address's
// mail can set a password. Invalid names the fields contact_name, contact_email
// and contact_phone.
func (s *Service) AddCaller(ctx context.Context, tx pgx.Tx, by auth.Actor, in Caller) (int64, error) {
	if !by.Staff() {
		return 0, fault.New(fault.Forbidden, "error.forbidden")
	}
	var bad, wrong fault.Field
	n := ParseName(in.Name).clean(&bad)
	if len(bad) > 0 {
		wrong.Add("contact_name", "account.caller_name")
	}
	phone := squeeze(in.Phone)
	if len([]rune(phone)) > maxName {
		wrong.Add("contact_phone", "account.too_long", "max", maxName)
	}
	if in.Email == "" && phone == "" {
		wrong.Add("contact_email", "account.caller_unreachable")
	}
	email := ""
	if in.Email != "" {
		var err error
		if email, err = address.Email(in.Email); err != nil {
			wrong.Add("contact_email", "account.email_bad")
		}
	}
	if err := wrong.Err(); err != nil {
		return 0, err
	}
	id, err := s.insertCaller(ctx, tx, n, email, phone)
	if err != nil {
		return 0, err
	}
	return id, s.audit(ctx, tx, by, "user.added", subject(id), nil, map[string]any{"email": email, "phone": phone})
}

func (s *Service) insertCaller(ctx context.Context, tx pgx.Tx, n Name, email, phone string) (id int64, err error) {
	if email == "" {
		err = tx.QueryRow(ctx, insertCallerSQL, pgx.NamedArgs{
			"first": n.First, "middle": n.Middle, "last": n.Last, "phone": phone, "now": s.now(),
		}).Scan(&id)
		if err != nil {
			return 0, fmt.Errorf("add a caller: %w", err)
		}
		return id, nil
	}
	id, err = s.insertPerson(ctx, tx, NewUser{Name: n, Phone: phone}, email)
	if fault.Is(err, fault.Invalid) {
		var wrong fault.Field
		wrong.Add("contact_email", "account.caller_known", "email", address.Readable(email))
		return 0, wrong.Err()
	}
	return id, err
}
