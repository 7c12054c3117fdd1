package account_test

import (
	"strings"
	"testing"
	"time"

	"github.com/deskbell/deskbell/internal/account"
	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/mail"
)

const better = "a better password"

// ask is the letter that Ann gets when she asks for a new password.
func (g *gate) ask(t *testing.T) mail.Letter {
	t.Helper()
	if err := g.RequestReset(t.Context(), "ann@a.test", "en", here); err != nil {
		t.Fatal(err)
	}
	return g.last(t, mail.Reset, "ann@a.test")
}

func TestReset(t *testing.T) {
	t.Parallel()
	t.Run("by code: other sign-ins end, the person is told, the code is spent", func(t *testing.T) {
		t.Parallel()
		g := newGate(t)
		ann := g.add(t, "ann@a.test")
		e := g.begin(t, ann.PersonID)
		l := g.ask(t)
		in := account.NewPassword{Email: "Ann@a.test", Code: " " + l.Data["code"][:3] + " " + l.Data["code"][3:], Password: better, Place: here}
		id, err := g.Reset(t.Context(), in)
		if err != nil || id != ann.PersonID {
			t.Fatalf("reset = %d, %v", id, err)
		}
		g.last(t, mail.PasswordChanged, "ann@a.test")
		if _, err := g.Recall(t.Context(), e.Cookie); !fault.Is(err, fault.NotFound) {
			t.Errorf("a remembered device stays: %v", err)
		}
		if _, err := g.SignIn(t.Context(), "ann@a.test", better, here); err != nil {
			t.Error(err)
		}
		_, err = g.Reset(t.Context(), in)
		wantField(t, err, "code", "account.code_wrong")
		_, err = g.ResetByLink(t.Context(), token(t, l))
		wantKind(t, err, fault.NotFound, "account.link_gone")
	})
	t.Run("by link, once; looking at it uses nothing up", func(t *testing.T) {
		t.Parallel()
		g := newGate(t)
		g.add(t, "ann@a.test")
		link := token(t, g.ask(t))
		for range 2 {
			if email, err := g.ResetByLink(t.Context(), link); err != nil || email != "ann@a.test" {
				t.Fatalf("%q, %v", email, err)
			}
		}
		_, err := g.Reset(t.Context(), account.NewPassword{Token: link, Password: "short", Place: here})
		wantField(t, err, "password", "account.password_short")
		if _, err := g.Reset(t.Context(), account.NewPassword{Token: link, Password: better, Place: here}); err != nil {
			t.Fatal(err)
		}
		_, err = g.Reset(t.Context(), account.NewPassword{Token: link, Password: better, Place: here})
		wantKind(t, err, fault.NotFound, "account.link_gone")
	})
	t.Run("an unknown address and one that is switched off hear nothing", func(t *testing.T) {
		t.Parallel()
		g := newGate(t)
		admin, ann := g.add(t, "admin@a.test", "admin"), g.add(t, "ann@a.test")
		if err := g.Disable(t.Context(), admin, ann.PersonID); err != nil {
			t.Fatal(err)
		}
		for _, email := range []string{"nobody@a.test", "ann@a.test"} {
			if err := g.RequestReset(t.Context(), email, "en", here); err != nil {
				t.Error(err)
			}
		}
		if len(g.letters) != 0 {
			t.Errorf("letters = %v", g.letters)
		}
	})
	t.Run("a newer code ends the older one, and time ends both", func(t *testing.T) {
		t.Parallel()
		g := newGate(t)
		g.add(t, "ann@a.test")
		old, newer := g.ask(t), g.ask(t)
		_, err := g.Reset(t.Context(), account.NewPassword{Token: token(t, old), Password: better})
		wantKind(t, err, fault.NotFound, "account.link_gone")
		g.now = g.now.Add(16 * time.Minute)
		_, err = g.Reset(t.Context(), account.NewPassword{Email: "ann@a.test", Code: newer.Data["code"], Password: better, Place: here})
		wantField(t, err, "code", "account.code_wrong")
	})
	t.Run("five wrong codes end it, also for the right one", func(t *testing.T) {
		t.Parallel()
		g := newGate(t)
		g.add(t, "ann@a.test")
		code := g.ask(t).Data["code"]
		wrong := strings.Map(func(r rune) rune { return '0' + (r-'0'+1)%10 }, code)
		for range 5 {
			_, err := g.Reset(t.Context(), account.NewPassword{Email: "ann@a.test", Code: wrong, Password: better, Place: here})
			wantField(t, err, "code", "account.code_wrong")
		}
		_, err := g.Reset(t.Context(), account.NewPassword{Email: "ann@a.test", Code: code, Password: better, Place: here})
		wantField(t, err, "code", "account.code_wrong")
	})
}

func TestChangePassword(t *testing.T) {
	t.Parallel()
	g := newGate(t)
	ann := g.add(t, "ann@a.test")
	wantField(t, g.ChangePassword(t.Context(), ann, "not it at all", better, here), "current", "account.current_wrong")
	wantField(t, g.ChangePassword(t.Context(), ann, password, "short", here), "password", "account.password_short")
	if err := g.ChangePassword(t.Context(), ann, password, better, here); err != nil {
		t.Fatal(err)
	}
	g.last(t, mail.PasswordChanged, "ann@a.test")
	wantKind(t, g.ChangePassword(t.Context(), auth.Actor{}, password, better, here), fault.Unauthorized, "error.sign_in_first")
}

// Who had the password for a moment must not keep a way in: a new password ends
// all links, that of another address too.
func TestNewPasswordEndsLinks(t *testing.T) {
	t.Parallel()
	for name, renew := range map[string]func(t *testing.T, g *gate, admin, ann auth.Actor) error{
		"by a mailed code": func(t *testing.T, g *gate, _, _ auth.Actor) error {
			t.Helper()
			_, err := g.Reset(t.Context(), account.NewPassword{Token: token(t, g.ask(t)), Password: better, Place: here})
			return err
		},
		"in the profile": func(t *testing.T, g *gate, _, ann auth.Actor) error {
			t.Helper()
			return g.ChangePassword(t.Context(), ann, password, better, here)
		},
		"by an administrator": func(t *testing.T, g *gate, admin, ann auth.Actor) error {
			t.Helper()
			_, err := g.ResetPassword(t.Context(), admin, ann.PersonID)
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := newGate(t)
			admin, ann := g.add(t, "admin@a.test", "admin"), g.add(t, "ann@a.test")
			if err := g.RequestEmailChange(t.Context(), ann, "thief@b.test", password, here); err != nil {
				t.Fatal(err)
			}
			link := token(t, g.last(t, mail.EmailChange, "thief@b.test"))
			if err := renew(t, g, admin, ann); err != nil {
				t.Fatal(err)
			}
			_, err := g.ConfirmEmail(t.Context(), link)
			wantKind(t, err, fault.NotFound, "account.link_gone")
		})
	}
}

func TestEmailChange(t *testing.T) {
	t.Parallel()
	g := newGate(t)
	ann, _ := g.add(t, "ann@a.test"), g.add(t, "bob@a.test")
	wantField(t, g.RequestEmailChange(t.Context(), ann, "new@a.test", "not it at all", here), "current", "account.current_wrong")
	wantField(t, g.RequestEmailChange(t.Context(), ann, "ann@a.test", password, here), "email", "account.email_same")
	if err := g.RequestEmailChange(t.Context(), ann, "bob@a.test", password, here); err != nil {
		t.Fatal(err)
	}
	g.last(t, mail.AlreadyRegistered, "bob@a.test")
	if err := g.RequestEmailChange(t.Context(), ann, "New@a.test", password, here); err != nil {
		t.Fatal(err)
	}
	link := token(t, g.last(t, mail.EmailChange, "new@a.test"))
	if _, err := g.SignIn(t.Context(), "ann@a.test", password, here); err != nil {
		t.Errorf("before it is confirmed: %v", err)
	}
	if email, err := g.EmailChange(t.Context(), link); err != nil || email != "new@a.test" {
		t.Errorf("%q, %v", email, err)
	}
	if _, err := g.ConfirmEmail(t.Context(), link); err != nil {
		t.Fatal(err)
	}
	if l := g.last(t, mail.EmailChanged, "ann@a.test"); strings.Contains(strings.Join(sortedValues(l.Data), " "), "new@") {
		t.Errorf("the former mailbox is told the new address: %v", l.Data)
	}
	if id, err := g.SignIn(t.Context(), "new@a.test", password, here); err != nil || id != ann.PersonID {
		t.Errorf("sign-in = %d, %v", id, err)
	}
	_, err := g.ConfirmEmail(t.Context(), link)
	wantKind(t, err, fault.NotFound, "account.link_gone")
}

// The former mailbox may be in other hands: what was mailed there is worth
// nothing once the address has changed.
func TestFormerMailboxHasNoWayIn(t *testing.T) {
	t.Parallel()
	g := newGate(t)
	ann := g.add(t, "ann@a.test")
	code, err := g.AuthCode(t.Context(), ann)
	if err != nil {
		t.Fatal(err)
	}
	if err := g.RequestEmailChange(t.Context(), ann, "new@a.test", password, here); err != nil {
		t.Fatal(err)
	}
	link := token(t, g.last(t, mail.EmailChange, "new@a.test"))
	reset := g.ask(t)
	if _, err := g.ConfirmEmail(t.Context(), link); err != nil {
		t.Fatal(err)
	}
	_, err = g.Reset(t.Context(), account.NewPassword{Token: token(t, reset), Password: better, Place: here})
	wantKind(t, err, fault.NotFound, "account.link_gone")
	_, err = g.Reset(t.Context(), account.NewPassword{Email: "new@a.test", Code: reset.Data["code"], Password: better, Place: here})
	wantField(t, err, "code", "account.code_wrong")
	_, err = g.SignInByCode(t.Context(), "new@a.test", code, here)
	wantKind(t, err, fault.Invalid, "account.auth_code_wrong")
}

func TestAuthCode(t *testing.T) {
	t.Parallel()
	t.Run("a code signs in one device once", func(t *testing.T) {
		t.Parallel()
		g := newGate(t)
		ann := g.add(t, "ann@a.test")
		code, err := g.AuthCode(t.Context(), ann)
		if err != nil || len(code) != 9 || code[4] != '-' {
			t.Fatalf("code = %q, %v", code, err)
		}
		if again, err := g.AuthCodeOf(t.Context(), ann.PersonID); err != nil || again != code {
			t.Errorf("again = %q, %v", again, err)
		}
		id, err := g.SignInByCode(t.Context(), "Ann@a.test", strings.ReplaceAll(code, "-", " "), here)
		if err != nil || id != ann.PersonID {
			t.Fatalf("sign-in = %d, %v", id, err)
		}
		_, err = g.SignInByCode(t.Context(), "ann@a.test", code, here)
		wantKind(t, err, fault.Invalid, "account.auth_code_wrong")
		second, err := g.AuthCode(t.Context(), ann)
		if err != nil || second == code {
			t.Errorf("second = %q, %v", second, err)
		}
		third, err := g.RenewAuthCode(t.Context(), ann)
		if err != nil || third == second {
			t.Errorf("renewed = %q, %v", third, err)
		}
	})
	t.Run("guessing stops, the owner elsewhere comes in", func(t *testing.T) {
		t.Parallel()
		g := newGate(t)
		ann := g.add(t, "ann@a.test")
		code, err := g.AuthCode(t.Context(), ann)
		if err != nil {
			t.Fatal(err)
		}
		for range 5 {
			_, err := g.SignInByCode(t.Context(), "ann@a.test", "0000-0000", here)
			wantKind(t, err, fault.Invalid, "account.auth_code_wrong")
		}
		_, err = g.SignInByCode(t.Context(), "ann@a.test", code, here)
		wantKind(t, err, fault.TooMany, "error.too_many")
		if _, err := g.SignInByCode(t.Context(), "ann@a.test", code, "192.0.2.2"); err != nil {
			t.Errorf("from elsewhere: %v", err)
		}
	})
	t.Run("two who ask first at once get the same code", func(t *testing.T) {
		t.Parallel()
		g := newGate(t)
		ann := g.add(t, "ann@a.test")
		tx, err := g.db.Begin(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := tx.Exec(t.Context(), `INSERT INTO auth_codes (person_id, made_at) VALUES ($1, now())`, ann.PersonID); err != nil {
			t.Fatal(err)
		}
		asked := make(chan error)
		go func() {
			_, err := g.AuthCode(t.Context(), ann)
			asked <- err
		}()
		const waitsSQL = `SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND pid IN (SELECT pid FROM pg_stat_activity WHERE datname = current_database()))`
		for waits := false; !waits; {
			if err := g.db.QueryRow(t.Context(), waitsSQL).Scan(&waits); err != nil {
				t.Fatal(err)
			}
		}
		if err := tx.Commit(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := <-asked; err != nil {
			t.Errorf("the second: %v", err)
		}
	})
	t.Run("nobody's code is no code", func(t *testing.T) {
		t.Parallel()
		g := newGate(t)
		_, err := g.AuthCodeOf(t.Context(), 4711)
		wantKind(t, err, fault.NotFound, "account.not_found")
		_, err = g.SignInByCode(t.Context(), "nobody@a.test", "", here)
		wantKind(t, err, fault.Invalid, "account.auth_code_wrong")
	})
}

// begin is a remembered sign-in.
func (g *gate) begin(t *testing.T, person int64) account.Entry {
	t.Helper()
	e, err := g.Begin(t.Context(), account.Arrival{PersonID: person, Agent: "Mozilla/5.0 (Windows NT 10.0) Firefox/140.0", Place: here, Remember: true})
	if err != nil {
		t.Fatal(err)
	}
	return e
}
