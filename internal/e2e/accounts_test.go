package e2e

import (
	"encoding/hex"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/deskbell/deskbell/internal/account"
	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/testkit"
)

// mailed is a value of the newest letter of a kind to an address.
func (w world) mailed(t *testing.T, kind, to, key string) string {
	t.Helper()
	return one[string](t, w.db, "SELECT data ->> $3 FROM deliveries WHERE kind = $1 AND recipient = $2 ORDER BY id DESC LIMIT 1", kind, to, key)
}

// letters counts the letters of a kind to an address.
func (w world) letters(t *testing.T, kind, to string) int64 {
	t.Helper()
	return one[int64](t, w.db, "SELECT count(*) FROM deliveries WHERE kind = $1 AND recipient = $2", kind, to)
}

// TestAccounts: people come in by themselves, with scripts and without.
func TestAccounts(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	t.Run("registering with scripts", func(t *testing.T) {
		t.Parallel()
		const email = "elena@new.test"
		b := testkit.NewBrowser(t, w.URL, testkit.Phone)
		b.Open(link.Register)
		b.FollowStatus("main form .btn--primary", 422) // it waits for the proof of work
		b.See("Enter your last name.", "Tick this box")
		b.Fill("[name=last_name]", "Orlova")
		b.Fill("[name=first_name]", "Elena")
		b.Fill("[name=email]", email)
		b.Click("[name=consent]")
		b.Await("main form|Checked: you are not a robot")
		b.Follow("main form .btn--primary")
		b.See("Check your email", email)
		b.Open(w.mailed(t, "activation", email, "link"))
		b.See("Choose your password")
		b.Click("[data-generate]")
		b.See("We made a password")
		made := b.Value("[name=password]")
		if len(made) < 16 || b.Value("[name=password_again]") != made || b.Attr("[name=password]", "type") != "text" {
			t.Errorf("made %q, again %q", made, b.Value("[name=password_again]"))
		}
		b.Click("[data-reveal=password]")
		if b.Attr("[name=password]", "type") != "password" {
			t.Error("the password stays in sight")
		}
		b.Follow("main form .btn--primary")
		b.See("Elena", "Your account is ready")
		if w.letters(t, "welcome", email) != 1 || strings.Contains(w.mailed(t, "welcome", email, "login"), made) {
			t.Error("no welcome, or one that tells the password")
		}
		b.Quiet()
	})
	t.Run("registering without scripts", func(t *testing.T) {
		t.Parallel()
		const email = "nikita@new.test"
		b := testkit.NewBrowser(t, w.URL, testkit.Look{Width: 390, Height: 844, NoScript: true})
		b.Open(link.Register)
		b.Fill("[name=last_name]", "Belov")
		b.Fill("[name=first_name]", "Nikita")
		b.Fill("[name=email]", email)
		b.Click("[name=consent]")
		b.Fill("[name=answer]", "999")
		b.FollowStatus("main form .btn--primary", 422)
		b.See("That is not the answer")
		b.Fill("[name=answer]", sum(t, b.Text("main form")))
		shown := time.Now()
		testkit.Await(t, time.Minute, "the form was read by a person", func() bool { return time.Since(shown) > 4*time.Second })
		b.Follow("main form .btn--primary")
		b.See("Check your email", email)
		b.Open(w.mailed(t, "activation", email, "link"))
		b.Follow("[name=generate]")
		made := b.Value("[name=password]")
		if made == "" || b.Value("[name=password_again]") != made {
			t.Errorf("made %q", made)
		}
		b.Follow("main form .btn--primary")
		b.See("Your account is ready")
		b.Quiet()
	})
	t.Run("a new password by code, and by link", func(t *testing.T) {
		t.Parallel()
		b := testkit.NewBrowser(t, w.URL, testkit.Desktop)
		b.Open(link.Login)
		b.Follow("a|Forgot password?")
		b.Fill("[name=email]", customer.email)
		b.Follow("main form .btn--primary")
		b.See("Enter the code from your email")
		b.Fill("[name=code]", "1")
		b.Fill("[name=password]", "a better password")
		b.FollowStatus("main form .btn--primary", 422)
		b.See("This code is wrong")
		b.Fill("[name=code]", w.mailed(t, "reset", customer.email, "code"))
		b.Fill("[name=password]", "a better password")
		b.Follow("main form .btn--primary")
		b.Await("h1|how can we help")
		if w.letters(t, "password_changed", customer.email) != 1 {
			t.Error("nobody was told")
		}
		b.ClearCookies()
		v := w.visitor(t)
		v.post(link.Reset, url.Values{"email": {customer.email}}).want(t, http.StatusOK, "6-digit code")
		b.Open(w.mailed(t, "reset", customer.email, "link"))
		b.Fill("[name=password]", password)
		b.Follow("main form .btn--primary")
		b.Await("h1|how can we help")
		b.Quiet()
	})
	t.Run("a remembered device outlives its session, a copy of it does not", func(t *testing.T) {
		t.Parallel()
		b := testkit.NewBrowser(t, w.URL, testkit.Desktop)
		b.Open(link.Login)
		b.Fill("[name=email]", stranger.email)
		b.Fill("[name=password]", password)
		b.Click("[name=remember]")
		b.Follow("main form .btn--primary")
		b.SetCookie("deskbell_session", "lost")
		b.Open(link.Tickets)
		b.Await("h1|My tickets")
		w.stolen(t)
	})
	t.Run("a code signs in one device once", func(t *testing.T) {
		t.Parallel()
		code := w.authCode(t, agent.email)
		form := url.Values{"email": {agent.email}, "code": {code}}
		b := testkit.NewBrowser(t, w.URL, testkit.Look{Width: 390, Height: 844, NoScript: true})
		b.Open(link.Login)
		b.Follow("a|Sign in with a code")
		b.Fill("[name=email]", agent.email)
		b.Fill("[name=code]", code)
		b.Follow("main form .btn--primary")
		b.Await("h1|Dashboard")
		w.visitor(t).post(link.LoginCode, form).want(t, http.StatusUnprocessableEntity, "The email or the code is wrong")
		if w.authCode(t, agent.email) == code {
			t.Error("the code stays")
		}
		b.Quiet()
	})
}

// authCode is a person's authorisation code, made with the program's secret.
func (w world) authCode(t *testing.T, email string) string {
	t.Helper()
	dir := ""
	for _, e := range w.Env {
		if d, ok := strings.CutPrefix(e, "DESKBELL_DATA="); ok {
			dir = d
		}
	}
	b, err := os.ReadFile(filepath.Join(dir, "secret"))
	if err != nil {
		t.Fatal(err)
	}
	secret, err := hex.DecodeString(strings.TrimSpace(string(b)))
	if err != nil {
		t.Fatal(err)
	}
	accounts := account.New(w.db, nil, time.Now)
	accounts.Use(account.Doors{Secret: secret})
	code, err := accounts.AuthCodeOf(t.Context(), one[int64](t, w.db, "SELECT person_id FROM identities WHERE value = $1", email))
	if err != nil {
		t.Fatal(err)
	}
	return code
}

// stolen uses the cookie of "remember me" twice, as a thief and its owner would.
func (w world) stolen(t *testing.T) {
	t.Helper()
	owner, thief := w.visitor(t), w.visitor(t)
	owner.post(link.Login, url.Values{"email": {stranger.email}, "password": {password}, "remember": {"1"}})
	at, err := url.Parse(w.URL)
	if err != nil {
		t.Fatal(err)
	}
	all := owner.http.Jar.Cookies(at)
	i := slices.IndexFunc(all, func(c *http.Cookie) bool { return c.Name == "deskbell_session_remember" })
	if i < 0 {
		t.Fatalf("cookies = %v", all)
	}
	thief.http.Jar.SetCookies(at, all[i:i+1])
	thief.get(link.Tickets).want(t, http.StatusOK, "My tickets")
	if _, err := w.db.Exec(t.Context(), "UPDATE devices SET rotated_at = rotated_at - interval '2 minutes'"); err != nil {
		t.Fatal(err)
	}
	owner.http.Jar.SetCookies(at, []*http.Cookie{{Name: "deskbell_session", Value: "lost", Path: "/"}})
	owner.get(link.Tickets).want(t, http.StatusOK, "Sign in")
	thief.get(link.Tickets).want(t, http.StatusOK, "Sign in")
	if w.letters(t, "sessions_revoked", stranger.email) != 1 {
		t.Error("the owner was not told")
	}
}

var asked = regexp.MustCompile(`(\d+) \+ (\d+)`)

// sum answers the question of the registration form.
func sum(t *testing.T, text string) string {
	t.Helper()
	m := asked.FindStringSubmatch(text)
	if m == nil {
		t.Fatalf("no question in %q", text)
	}
	a, _ := strconv.Atoi(m[1])
	b, _ := strconv.Atoi(m[2])
	return strconv.Itoa(a + b)
}

// TestDoorsTellNothing: whoever tries addresses or passwords learns nothing, and
// locks nobody out.
func TestDoorsTellNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	v := w.visitor(t)
	unknown := v.post(link.Login, url.Values{"email": {"nobody@acme.test"}, "password": {"wrong"}})
	known := v.post(link.Login, url.Values{"email": {customer.email}, "password": {"wrong"}})
	if unknown.status != known.status || strings.ReplaceAll(unknown.body, "nobody@", "") != strings.ReplaceAll(known.body, "ann@", "") {
		t.Errorf("sign-in tells who is known: %d, %d", unknown.status, known.status)
	}
	unknown = v.post(link.Reset, url.Values{"email": {"nobody@acme.test"}})
	known = v.post(link.Reset, url.Values{"email": {customer.email}})
	if unknown.status != known.status || strings.ReplaceAll(unknown.body, "nobody@", "") != strings.ReplaceAll(known.body, "ann@", "") {
		t.Errorf("reset tells who is known: %d, %d", unknown.status, known.status)
	}
	if w.letters(t, "reset", "nobody@acme.test") != 0 || w.letters(t, "reset", customer.email) != 1 {
		t.Error("letters went to the wrong people")
	}
	guesser := w.visitor(t)
	from := http.Header{"Content-Type": {"application/x-www-form-urlencoded"}, "X-Forwarded-For": {"203.0.113.9"}}
	guess := func(secret string) answer {
		form := url.Values{"email": {customer.email}, "password": {secret}}
		return guesser.send(guesser.request(http.MethodPost, link.Login, from, strings.NewReader(form.Encode())))
	}
	for range 8 {
		guess("guess guess").want(t, http.StatusUnprocessableEntity)
	}
	guess(password).want(t, http.StatusTooManyRequests, "Too many attempts")
	w.as(t, customer).get(link.Tickets).want(t, http.StatusOK, "My tickets")
	planted := w.visitor(t)
	at, err := url.Parse(w.URL)
	if err != nil {
		t.Fatal(err)
	}
	planted.http.Jar.SetCookies(at, []*http.Cookie{{Name: "deskbell_session", Value: "planted", Path: "/"}})
	planted.post(link.Login, url.Values{"email": {customer.email}, "password": {password}, "next": {"https://evil.test/"}}).want(t, http.StatusOK, "how can we help")
	for _, c := range planted.http.Jar.Cookies(at) {
		if c.Value == "planted" {
			t.Error("a planted session was taken over")
		}
	}
}
