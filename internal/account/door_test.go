package account_test

import (
	"context"
	"crypto/pbkdf2"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"maps"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/account"
	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/mail"
)

const here = "192.0.2.1"

// gate is a desk with doors: letters are kept, rules can be changed.
type gate struct {
	*desk
	letters []mail.Letter
	rules   account.Rules
	joined  []int64
}

func newGate(t *testing.T) *gate {
	t.Helper()
	g := &gate{desk: newDesk(t)}
	words := func(lang string) string { return "I agree, in " + lang }
	g.rules = account.Rules{Mode: account.Open, ConsentVersion: 3, Consent: words, Help: words}
	g.Use(account.Doors{
		Secret: []byte("a secret of the desk"),
		Mail: func(_ context.Context, _ pgx.Tx, l ...mail.Letter) error {
			g.letters = append(g.letters, l...)
			return nil
		},
		Rules: func(context.Context) account.Rules { return g.rules },
		Joined: func(_ context.Context, _ pgx.Tx, id int64) error {
			g.joined = append(g.joined, id)
			return nil
		},
	})
	return g
}

// last is the newest letter, which must be of this kind and to this address.
func (g *gate) last(t *testing.T, kind mail.Kind, to string) mail.Letter {
	t.Helper()
	if len(g.letters) == 0 {
		t.Fatalf("no letter; want %s to %s", kind, to)
	}
	l := g.letters[len(g.letters)-1]
	if l.Kind != kind || l.To != to {
		t.Fatalf("letter %s to %s, want %s to %s", l.Kind, l.To, kind, to)
	}
	return l
}

// token is what a letter's link carries.
func token(t *testing.T, l mail.Letter) string {
	t.Helper()
	u, err := url.Parse(l.Data["link"])
	if err != nil || u.Query().Get("token") == "" {
		t.Fatalf("link %q: %v", l.Data["link"], err)
	}
	return u.Query().Get("token")
}

// solve does the work of a puzzle as the widget does.
func solve(t *testing.T, p account.Puzzle) string {
	t.Helper()
	var c account.Challenge
	if err := json.Unmarshal([]byte(p.Work), &c); err != nil {
		t.Fatal(err)
	}
	nonce, _ := hex.DecodeString(c.Parameters.Nonce)
	salt, _ := hex.DecodeString(c.Parameters.Salt)
	for n := uint32(0); ; n++ {
		key, err := pbkdf2.Key(sha256.New, string(binary.BigEndian.AppendUint32(nonce[:len(nonce):len(nonce)], n)), salt, c.Parameters.Cost, c.Parameters.KeyLength)
		if err != nil {
			t.Fatal(err)
		}
		if found := hex.EncodeToString(key); strings.HasPrefix(found, c.Parameters.KeyPrefix) {
			return payload(t, c, n, found)
		}
	}
}

func payload(t *testing.T, c account.Challenge, n uint32, key string) string {
	t.Helper()
	b, err := json.Marshal(map[string]any{"challenge": c, "solution": map[string]any{"counter": n, "derivedKey": key, "time": 1.5}})
	if err != nil {
		t.Fatal(err)
	}
	return base64.StdEncoding.EncodeToString(b)
}

// answered is a puzzle's question, answered after a decent while.
func (g *gate) answered() account.Proof {
	p := g.Puzzle()
	g.now = g.now.Add(10 * time.Second)
	return account.Proof{Ticket: p.Ticket, Answer: strconv.Itoa(p.A + p.B)}
}

// form is a registration with all that it takes but a proof.
func form(email string) account.Registration {
	return account.Registration{
		Email: email, Name: account.Name{First: "Elena", Middle: "Petrovna", Last: "Orlova"}, Consent: true, Lang: "ru", Place: here,
	}
}

func (g *gate) register(t *testing.T, email string) {
	t.Helper()
	in := form(email)
	in.Proof, in.Place = g.answered(), "192.0.2."+strconv.Itoa(10+len(g.letters))
	if err := g.Register(t.Context(), in); err != nil {
		t.Fatalf("register %s: %v", email, err)
	}
}

func TestRegister(t *testing.T) {
	t.Parallel()
	t.Run("the mailed link makes the account, once, and looking at it uses nothing up", func(t *testing.T) {
		t.Parallel()
		g := newGate(t)
		g.register(t, "Elena@A.test")
		l := g.last(t, mail.Activation, "elena@a.test")
		link := token(t, l)
		for range 3 {
			p, err := g.Activation(t.Context(), link)
			if err != nil || p.FirstName != "Elena" {
				t.Fatalf("pending = %+v, %v", p, err)
			}
		}
		if _, err := g.SignIn(t.Context(), "elena@a.test", password, here); !fault.Is(err, fault.Invalid) {
			t.Errorf("before activation: %v", err)
		}
		_, err := g.Activate(t.Context(), link, password, "another one of them")
		wantField(t, err, "password_again", "account.passwords_differ")
		_, err = g.Activate(t.Context(), link, "short", "short")
		wantField(t, err, "password", "account.password_short")
		id, err := g.Activate(t.Context(), link, password, password)
		if err != nil {
			t.Fatal(err)
		}
		if w := g.last(t, mail.Welcome, "elena@a.test"); strings.Contains(strings.Join(sortedValues(w.Data), " "), password) {
			t.Errorf("the welcome tells the password: %v", w.Data)
		}
		if got, err := g.SignIn(t.Context(), "elena@a.test", password, here); err != nil || got != id {
			t.Errorf("sign-in = %d, %v", got, err)
		}
		_, err = g.Activate(t.Context(), link, "a different password", "a different password")
		wantKind(t, err, fault.NotFound, "account.link_gone")
		var consent string
		err = g.db.QueryRow(t.Context(), `SELECT concat_ws('|', version, lang, text, person_id = $1, (SELECT verified_at IS NOT NULL FROM identities WHERE person_id = $1)) FROM consents`, id).Scan(&consent)
		if err != nil || consent != "3|ru|I agree, in ru|t|t" {
			t.Errorf("consent = %q, %v", consent, err)
		}
		if len(g.joined) != 1 || g.joined[0] != id {
			t.Errorf("joined = %v", g.joined)
		}
	})
	t.Run("a taken address gives the same answer and another letter", func(t *testing.T) {
		t.Parallel()
		g := newGate(t)
		g.add(t, "ann@a.test")
		g.register(t, "ann@a.test")
		g.last(t, mail.AlreadyRegistered, "ann@a.test")
		if len(g.letters) != 1 {
			t.Errorf("letters = %v", g.letters)
		}
	})
	t.Run("a contact without a password comes in by the same mail", func(t *testing.T) {
		t.Parallel()
		g := newGate(t)
		var added int64
		err := pgx.BeginFunc(t.Context(), g.db, func(tx pgx.Tx) (err error) {
			added, err = g.AddContact(t.Context(), tx, auth.TheSystem(), "elena@a.test", "Elena Orlova")
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		g.register(t, "elena@a.test")
		id, err := g.Activate(t.Context(), token(t, g.last(t, mail.Activation, "elena@a.test")), password, password)
		if err != nil || id != added {
			t.Errorf("activated %d, %v; want %d", id, err, added)
		}
	})
	t.Run("of two registrations one wins, and the other's link is gone", func(t *testing.T) {
		t.Parallel()
		g := newGate(t)
		g.register(t, "elena@a.test")
		first := token(t, g.last(t, mail.Activation, "elena@a.test"))
		g.register(t, "elena@a.test")
		second := token(t, g.last(t, mail.Activation, "elena@a.test"))
		if _, err := g.Activate(t.Context(), first, password, password); err != nil {
			t.Fatal(err)
		}
		_, err := g.Activate(t.Context(), second, password, password)
		wantKind(t, err, fault.NotFound, "account.link_gone")
	})
	t.Run("the link runs out", func(t *testing.T) {
		t.Parallel()
		g := newGate(t)
		g.register(t, "elena@a.test")
		g.now = g.now.Add(account.ActivationLife + time.Minute)
		_, err := g.Activate(t.Context(), token(t, g.letters[0]), password, password)
		wantKind(t, err, fault.NotFound, "account.link_gone")
		if err := g.Sweep(t.Context()); err != nil {
			t.Error(err)
		}
	})
	t.Run("what is missing is said field by field", func(t *testing.T) {
		t.Parallel()
		g := newGate(t)
		err := g.Register(t.Context(), account.Registration{Email: "not one", Place: here})
		for field, key := range map[string]string{
			"email": "account.email_bad", "first_name": "account.first_name_missing", "last_name": "account.last_name_missing", "consent": "account.consent_missing",
		} {
			wantField(t, err, field, key)
		}
	})
	t.Run("letters to one address are few", func(t *testing.T) {
		t.Parallel()
		g := newGate(t)
		for range 3 {
			g.register(t, "elena@a.test")
		}
		in := form("elena@a.test")
		in.Proof, in.Place = g.answered(), "198.51.100.7"
		wantKind(t, g.Register(t.Context(), in), fault.TooMany, "error.too_many")
	})
}

func TestModes(t *testing.T) {
	t.Parallel()
	g := newGate(t)
	g.rules.Mode, g.rules.Domains = account.ByDomain, []string{"a.test"}
	in := form("elena@b.test")
	wantField(t, g.Register(t.Context(), in), "email", "account.domain_refused")
	g.register(t, "elena@a.test")
	if _, err := g.db.Exec(t.Context(), `INSERT INTO companies (name, created_at, updated_at) VALUES ('B', now(), now());
		INSERT INTO company_domains (domain, company_id) SELECT 'b.test', id FROM companies`); err != nil {
		t.Fatal(err)
	}
	g.register(t, "elena@b.test")
	g.rules.Mode = account.Closed
	wantKind(t, g.Register(t.Context(), in), fault.Forbidden, "account.registration_closed")
}

func sortedValues(m map[string]string) []string {
	var out []string
	for v := range maps.Values(m) {
		out = append(out, v)
	}
	return out
}

func TestProof(t *testing.T) {
	t.Parallel()
	g := newGate(t)
	try := func(p account.Proof, place string) error {
		in := form("p" + strconv.Itoa(len(g.letters)) + "@a.test")
		in.Proof, in.Place = p, place
		return g.Register(t.Context(), in)
	}
	work := solve(t, g.Puzzle())
	g.now = g.now.Add(31 * time.Minute)
	wantField(t, try(account.Proof{Payload: work}, here), "proof", "account.proof_wrong") // expired
	g.now = g.now.Add(-31 * time.Minute)
	if err := try(account.Proof{Payload: work}, here); err != nil {
		t.Fatal(err)
	}
	wantField(t, try(account.Proof{Payload: work}, here), "proof", "account.proof_wrong") // replayed
	var c account.Challenge
	p := g.Puzzle()
	if err := json.Unmarshal([]byte(p.Work), &c); err != nil {
		t.Fatal(err)
	}
	wantField(t, try(account.Proof{Payload: payload(t, c, 1, strings.Repeat("00", 32))}, here), "proof", "account.proof_wrong") // no work
	c.Parameters.KeyPrefix, c.Parameters.Cost = "", 1
	wantField(t, try(account.Proof{Payload: payload(t, c, 1, strings.Repeat("00", 32))}, here), "proof", "account.proof_wrong") // forged
	for _, junk := range []string{"x", "e30=", strings.Repeat("A", 5000), "\x00"} {
		wantField(t, try(account.Proof{Payload: junk}, here), "proof", "account.proof_wrong")
	}
}

func TestQuestion(t *testing.T) {
	t.Parallel()
	g := newGate(t)
	try := func(p account.Proof, place string) error {
		in := form("q" + strconv.Itoa(len(g.letters)) + "@a.test")
		in.Proof, in.Place = p, place
		return g.Register(t.Context(), in)
	}
	wantField(t, try(account.Proof{}, here), "answer", "account.answer_wrong")
	p := g.Puzzle()
	right := account.Proof{Ticket: p.Ticket, Answer: strconv.Itoa(p.A + p.B)}
	wantField(t, try(right, here), "answer", "account.answer_early")
	g.now = g.now.Add(10 * time.Second)
	wantField(t, try(account.Proof{Ticket: p.Ticket, Answer: "1"}, here), "answer", "account.answer_wrong")
	if err := try(right, here); err != nil {
		t.Fatal(err)
	}
	wantField(t, try(right, here), "answer", "account.answer_wrong") // replayed
	late := g.answered()
	g.now = g.now.Add(3 * time.Hour)
	wantField(t, try(late, here), "answer", "account.answer_wrong") // too old
	for range 3 {
		if err := try(g.answered(), "198.51.100.9"); err != nil {
			t.Fatal(err)
		}
	}
	wantKind(t, try(g.answered(), "198.51.100.9"), fault.TooMany, "error.too_many")
}
