package account_test

import (
	"fmt"
	"strconv"
	"testing"

	"github.com/deskbell/deskbell/internal/account"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/mail"
)

// What is refused at a narrow door must not fill a wider one: else one machine
// shuts it for everybody.
func TestOneMachineShutsNoDoorForOthers(t *testing.T) {
	t.Parallel()
	const elsewhere = "198.51.100.9"
	t.Run("passwords for one account", func(t *testing.T) {
		t.Parallel()
		d := newDesk(t)
		ann := d.add(t, "ann@a.test")
		for range 210 {
			if _, err := d.SignIn(t.Context(), "ann@a.test", "guess guess", here); err == nil {
				t.Fatal("a guess was let in")
			}
		}
		if id, err := d.SignIn(t.Context(), "ann@a.test", password, elsewhere); err != nil || id != ann.PersonID {
			t.Errorf("the right password from elsewhere: %d, %v", id, err)
		}
	})
	t.Run("codes, of one account and of many", func(t *testing.T) {
		t.Parallel()
		g := newGate(t)
		code, err := g.AuthCode(t.Context(), g.add(t, "ann@a.test"))
		if err != nil {
			t.Fatal(err)
		}
		for i := range 240 {
			email := "ann@a.test"
			if i >= 30 {
				email = fmt.Sprintf("p%d@a.test", i)
			}
			if _, err := g.SignInByCode(t.Context(), email, "0000-0000", here); err == nil {
				t.Fatal("a guess was let in")
			}
		}
		if _, err := g.SignInByCode(t.Context(), "ann@a.test", code, elsewhere); err != nil {
			t.Errorf("the right code from elsewhere: %v", err)
		}
	})
	t.Run("sums posted once", func(t *testing.T) {
		t.Parallel()
		g := newGate(t)
		for range 40 {
			_ = g.Prove(t.Context(), g.answered(), here) // three are let in, the rest refused
		}
		if err := g.Prove(t.Context(), g.answered(), elsewhere); err != nil {
			t.Errorf("somebody elsewhere: %v", err)
		}
	})
	t.Run("one sum posted often, from everywhere", func(t *testing.T) {
		t.Parallel()
		g := newGate(t)
		one := g.answered()
		for i := range 40 {
			if err := g.Prove(t.Context(), one, "192.0.2."+strconv.Itoa(i)); i > 0 {
				wantField(t, err, "answer", "account.answer_wrong")
			}
		}
		if err := g.Prove(t.Context(), g.answered(), elsewhere); err != nil {
			t.Errorf("somebody elsewhere: %v", err)
		}
	})
	t.Run("letters to many addresses", func(t *testing.T) {
		t.Parallel()
		g := newGate(t)
		g.add(t, "ann@a.test")
		for i := range 20 {
			if err := g.RequestReset(t.Context(), fmt.Sprintf("p%d@a.test", i), "en", here); err != nil {
				t.Fatal(err)
			}
		}
		for range 5 {
			wantKind(t, g.RequestReset(t.Context(), "ann@a.test", "en", here), fault.TooMany, "error.too_many")
		}
		if err := g.RequestReset(t.Context(), "ann@a.test", "en", elsewhere); err != nil {
			t.Fatalf("Ann herself: %v", err)
		}
		g.last(t, mail.Reset, "ann@a.test")
	})
}

func TestLimitsCountUntilTheFirstIsFull(t *testing.T) {
	t.Parallel()
	g := newGate(t)
	g.add(t, "ann@a.test")
	for range 20 {
		_, _ = g.SignIn(t.Context(), "ann@a.test", "guess guess", here)
	}
	var narrow, wide int
	err := g.db.QueryRow(t.Context(), `SELECT max(count) FILTER (WHERE key LIKE 'login:here:%'), max(count) FILTER (WHERE key LIKE 'login:account:%') FROM throttles`).Scan(&narrow, &wide)
	if err != nil || narrow != 20 || wide != 8 {
		t.Errorf("counted %d here and %d for the account (%v), want 20 and 8", narrow, wide, err)
	}
}

// A provider gives a customer a /64: its addresses are one place.
func TestAddressesOfOneNetworkAreOnePlace(t *testing.T) {
	t.Parallel()
	const network = "2001:db8:1:2::"
	g := newGate(t)
	g.add(t, "ann@a.test")
	for i := range 60 {
		_, _ = g.SignIn(t.Context(), "ann@a.test", "guess guess", network+strconv.Itoa(i+1))
		_, _ = g.SignInByCode(t.Context(), "ann@a.test", "0000-0000", network+strconv.Itoa(i+1))
	}
	_, err := g.SignIn(t.Context(), "ann@a.test", password, network+"abcd")
	wantKind(t, err, fault.TooMany, "error.too_many")
	_, err = g.SignInByCode(t.Context(), "ann@a.test", "0000-0000", network+"abcd")
	wantKind(t, err, fault.TooMany, "error.too_many")
	for i := range 30 {
		_, _ = g.Reset(t.Context(), account.NewPassword{Email: "ann@a.test", Code: "000000", Password: better, Place: network + strconv.Itoa(i+1)})
		_ = g.Prove(t.Context(), g.answered(), network+strconv.Itoa(i+1))
		_ = g.RequestReset(t.Context(), fmt.Sprintf("p%d@a.test", i), "en", network+strconv.Itoa(i+1))
	}
	_, err = g.Reset(t.Context(), account.NewPassword{Email: "ann@a.test", Code: "000000", Password: better, Place: network + "abcd"})
	wantKind(t, err, fault.TooMany, "error.too_many")
	wantKind(t, g.Prove(t.Context(), g.answered(), network+"abcd"), fault.TooMany, "error.too_many")
	wantKind(t, g.RequestReset(t.Context(), "ann@a.test", "en", network+"abcd"), fault.TooMany, "error.too_many")
	if _, err := g.SignIn(t.Context(), "ann@a.test", password, "2001:db8:1:3::1"); err != nil {
		t.Errorf("from the next network: %v", err)
	}
}
