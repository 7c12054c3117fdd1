package account_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/deskbell/deskbell/internal/account"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/mail"
)

func TestRecall(t *testing.T) {
	t.Parallel()
	t.Run("each time another cookie; requests that leave together get the same one", func(t *testing.T) {
		t.Parallel()
		g := newGate(t)
		e := g.begin(t, g.add(t, "ann@a.test").PersonID)
		got := make(chan string, 5)
		for range cap(got) {
			go func() {
				next, err := g.Recall(context.WithoutCancel(t.Context()), e.Cookie)
				if err != nil {
					t.Error(err)
				}
				got <- next.Cookie
			}()
		}
		first := <-got
		for range cap(got) - 1 {
			if c := <-got; c != first {
				t.Errorf("cookies %q and %q", c, first)
			}
		}
		if first == e.Cookie {
			t.Error("the cookie stayed")
		}
		if _, err := g.Recall(t.Context(), first); err != nil {
			t.Errorf("the next one: %v", err)
		}
	})
	t.Run("a copy that is used later ends the family and is told", func(t *testing.T) {
		t.Parallel()
		g := newGate(t)
		ann := g.add(t, "ann@a.test")
		e, other := g.begin(t, ann.PersonID), g.begin(t, ann.PersonID)
		next, err := g.Recall(t.Context(), e.Cookie)
		if err != nil {
			t.Fatal(err)
		}
		g.now = g.now.Add(2 * time.Minute)
		_, err = g.Recall(t.Context(), e.Cookie)
		wantKind(t, err, fault.Conflict, "account.device_stolen")
		g.last(t, mail.SessionsRevoked, "ann@a.test")
		if _, err := g.Recall(t.Context(), next.Cookie); !fault.Is(err, fault.NotFound) {
			t.Errorf("the successor lives: %v", err)
		}
		if _, err := g.Recall(t.Context(), other.Cookie); err != nil {
			t.Errorf("another device: %v", err)
		}
	})
	t.Run("not after 30 days, not for who is switched off, not for junk", func(t *testing.T) {
		t.Parallel()
		g := newGate(t)
		admin, ann := g.add(t, "admin@a.test", "admin"), g.add(t, "ann@a.test")
		e, off := g.begin(t, admin.PersonID), g.begin(t, ann.PersonID)
		if err := g.Disable(t.Context(), admin, ann.PersonID); err != nil {
			t.Fatal(err)
		}
		for _, c := range []string{off.Cookie, "", "x", "x.y", strings.Repeat("x", 5000) + ".y"} {
			if _, err := g.Recall(t.Context(), c); !fault.Is(err, fault.NotFound) {
				t.Errorf("%.20q: %v", c, err)
			}
		}
		g.now = g.now.Add(account.RememberedLife + time.Minute)
		if _, err := g.Recall(t.Context(), e.Cookie); !fault.Is(err, fault.NotFound) {
			t.Errorf("after 30 days: %v", err)
		}
	})
}

// A request may be the one that recalls the device: what it asks then is asked
// by that device.
func TestRecalledDeviceIsThisOne(t *testing.T) {
	t.Parallel()
	g := newGate(t)
	ann := g.add(t, "ann@a.test")
	e, other := g.begin(t, ann.PersonID), g.begin(t, ann.PersonID)
	ctx := account.Visit(t.Context())
	next, err := g.Recall(ctx, e.Cookie)
	if err != nil {
		t.Fatal(err)
	}
	list, err := g.Sessions(ctx, ann)
	if err != nil || len(list) != 2 || list[0].ID != e.Device || !list[0].This || !list[0].Remembered {
		t.Errorf("devices = %+v, %v", list, err)
	}
	if err := g.RevokeOthers(ctx, ann); err != nil {
		t.Fatal(err)
	}
	if _, err := g.Recall(t.Context(), next.Cookie); err != nil {
		t.Errorf("it signed itself out: %v", err)
	}
	if _, err := g.Recall(t.Context(), other.Cookie); !fault.Is(err, fault.NotFound) {
		t.Errorf("the other device stays: %v", err)
	}
}

func TestDevices(t *testing.T) {
	t.Parallel()
	g := newGate(t)
	ann, bob := g.add(t, "ann@a.test"), g.add(t, "bob@a.test")
	first, second, foreign := g.begin(t, ann.PersonID), g.begin(t, ann.PersonID), g.begin(t, bob.PersonID)
	list, err := g.Sessions(t.Context(), ann)
	if err != nil || len(list) != 2 || list[0].Place != here || list[0].Words(t.Context()) != "Firefox on Windows" {
		t.Fatalf("devices = %+v, %v", list, err)
	}
	wantKind(t, g.RevokeSession(t.Context(), ann, foreign.Device), fault.NotFound, "account.device_not_found")
	if err := g.RevokeSession(t.Context(), ann, first.Device); err != nil {
		t.Fatal(err)
	}
	if _, err := g.Recall(t.Context(), first.Cookie); !fault.Is(err, fault.NotFound) {
		t.Errorf("revoked: %v", err)
	}
	if err := g.RevokeOthers(t.Context(), ann); err != nil {
		t.Fatal(err)
	}
	if _, err := g.Recall(t.Context(), second.Cookie); !fault.Is(err, fault.NotFound) {
		t.Errorf("all revoked: %v", err)
	}
	if _, err := g.Recall(t.Context(), foreign.Cookie); err != nil {
		t.Errorf("somebody else's: %v", err)
	}
}
