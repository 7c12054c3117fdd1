package portal

import (
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/deskbell/deskbell/internal/account"
	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/mail"
)

var (
	ticketInput = regexp.MustCompile(`name="ticket" value="([^"]+)"`)
	question    = regexp.MustCompile(`How much is (\d+) \+ (\d+)\?`)
	everNew     = regexp.MustCompile(`name="ticket" value="[^"]+"|data-work="[^"]*"|How much is \d+ \+ \d+\?`)
)

// answers reads the question of a page and answers it.
func answers(t *testing.T, page string) []string {
	t.Helper()
	ticket, q := ticketInput.FindStringSubmatch(page), question.FindStringSubmatch(page)
	if ticket == nil || q == nil {
		t.Fatalf("no question in\n%s", page)
	}
	a, _ := strconv.Atoi(q[1])
	b, _ := strconv.Atoi(q[2])
	return []string{"ticket", ticket[1], "answer", strconv.Itoa(a + b)}
}

// register sends the form with the question answered, as without scripts.
func (b *browser) register(email string, more ...string) reply {
	b.t.Helper()
	form := append(answers(b.t, b.get(link.Register).Body.String()), "last_name", "Orlova", "first_name", "Elena", "email", email, "consent", "1")
	b.now = b.now.Add(10 * time.Second)
	return b.post(link.Register, append(form, more...)...)
}

// letter is the link of the newest letter.
func (d *door) letter(t *testing.T, kind mail.Kind) mail.Letter {
	t.Helper()
	if len(d.mails) == 0 || d.mails[len(d.mails)-1].Kind != kind {
		t.Fatalf("letters = %+v, want %s last", d.mails, kind)
	}
	return d.mails[len(d.mails)-1]
}

func TestPostRegister(t *testing.T) {
	t.Parallel()
	t.Run("by mail to a password and in", func(t *testing.T) {
		t.Parallel()
		d := newDoor(t)
		b := d.browser(t, "192.0.2.1")
		r := b.register("new@a.test")
		r.is(http.StatusOK)
		r.shows("Check your email", "new@a.test")
		to := d.letter(t, mail.Activation).Data["link"]
		_, token, _ := strings.Cut(to, "token=")
		b.get(to).shows("Choose your password", "new@a.test")
		b.post(link.Activate, "token", token, "generate", "1").shows(`type="text"`, "We made a password")
		b.post(link.Activate, "token", token, "password", goodPassword, "password_again", "another one").is(http.StatusUnprocessableEntity)
		b.post(link.Activate, "token", token, "password", goodPassword, "password_again", goodPassword).leads(link.Home)
		b.get("/").shows("hello new@a.test")
		b.get(to).is(http.StatusNotFound)
		b.post(link.Activate, "token", token, "password", goodPassword, "password_again", goodPassword).is(http.StatusNotFound)
	})
	t.Run("a taken address gives the same page", func(t *testing.T) {
		t.Parallel()
		d := newDoor(t)
		pages := map[string]string{}
		for _, email := range []string{"elena@a.test", "novel@a.test"} {
			r := d.browser(t, "192.0.2.1").register(email)
			r.is(http.StatusOK)
			pages[email] = everNew.ReplaceAllString(strings.ReplaceAll(r.Body.String(), email, "IT"), "NEW")
		}
		if pages["elena@a.test"] != pages["novel@a.test"] {
			t.Errorf("pages differ:\n%s\n%s", pages["elena@a.test"], pages["novel@a.test"])
		}
		if len(d.mails) != 2 || d.mails[0].Kind != mail.AlreadyRegistered || d.mails[1].Kind != mail.Activation {
			t.Errorf("letters = %+v", d.mails)
		}
	})
	t.Run("what is wrong is said, what was typed stays", func(t *testing.T) {
		t.Parallel()
		b := newDoor(t).browser(t, "192.0.2.1")
		r := b.post(link.Register, "first_name", `"<b>`, "email", "nonsense")
		r.is(http.StatusUnprocessableEntity)
		r.shows("Enter your last name.", `value="&#34;&lt;b&gt;"`, `value="nonsense"`, "Tick this box")
	})
	t.Run("no proof, no mail", func(t *testing.T) {
		t.Parallel()
		d := newDoor(t)
		r := d.browser(t, "192.0.2.1").register("new@a.test", "answer", "99")
		r.is(http.StatusUnprocessableEntity)
		r.shows("That is not the answer", "data-asked")
		if len(d.mails) != 0 {
			t.Errorf("letters = %+v", d.mails)
		}
	})
	t.Run("while nobody may register the page says what to do", func(t *testing.T) {
		t.Parallel()
		d := newDoor(t)
		d.rules.Mode = account.Closed
		b := d.browser(t, "192.0.2.1")
		b.get(link.Register).shows("Registration is closed", "what is agreed to, en")
		b.post(link.Register, "first_name", "Elena", "last_name", "Orlova", "email", "new@a.test", "consent", "1").is(http.StatusForbidden)
		b.get(link.Login).lacks(`href="` + link.Register + `"`)
		b.get(link.Consent).shows("what is agreed to, en", "Version 1")
	})
}

func TestPostReset(t *testing.T) {
	t.Parallel()
	t.Run("the answer tells nothing, the code opens", func(t *testing.T) {
		t.Parallel()
		d := newDoor(t)
		b := d.browser(t, "192.0.2.1")
		unknown := b.post(link.Reset, "email", "novel@a.test")
		known := b.post(link.Reset, "email", "elena@a.test")
		if known.Code != unknown.Code || strings.ReplaceAll(known.Body.String(), "elena@", "") != strings.ReplaceAll(unknown.Body.String(), "novel@", "") {
			t.Errorf("%d and %d:\n%s\n%s", known.Code, unknown.Code, known.Body, unknown.Body)
		}
		code := d.letter(t, mail.Reset).Data["code"]
		for _, email := range []string{"novel@a.test", "elena@a.test"} {
			r := b.post(link.ResetCode, "email", email, "code", "12", "password", "a better password")
			r.is(http.StatusUnprocessableEntity)
			r.shows("This code is wrong")
		}
		b.post(link.ResetCode, "email", "elena@a.test", "code", code, "password", "a better password").leads(link.Home)
		b.get("/").shows("hello elena@a.test")
		d.browser(t, "192.0.2.1").signIn("elena@a.test", "a better password").leads(link.Home)
	})
	t.Run("the link opens once", func(t *testing.T) {
		t.Parallel()
		d := newDoor(t)
		b := d.browser(t, "192.0.2.1")
		b.post(link.Reset, "email", "elena@a.test")
		to := d.letter(t, mail.Reset).Data["link"]
		_, token, _ := strings.Cut(to, "token=")
		b.get(to).shows("Choose a new password")
		b.post(link.ResetCode, "token", token, "password", "a better password").leads(link.Home)
		d.browser(t, "192.0.2.2").get(to).is(http.StatusNotFound)
	})
}

func TestRemembered(t *testing.T) {
	t.Parallel()
	t.Run("a lost session comes back, with another cookie", func(t *testing.T) {
		t.Parallel()
		d := newDoor(t)
		b := d.browser(t, "192.0.2.1")
		b.signIn("elena@a.test", goodPassword, "remember", "1")
		kept := *b.cookies["session_remember"]
		delete(b.cookies, "session")
		b.get("/").shows("hello elena@a.test")
		if b.cookies["session"] == nil || b.cookies["session_remember"].Value == kept.Value {
			t.Errorf("cookies = %v", b.cookies)
		}
		b.post(link.Logout).leads(link.Login)
		if len(b.cookies) > 1 || b.cookies["session_remember"] != nil {
			t.Errorf("after signing out: %v", b.cookies)
		}
		b.cookies["session_remember"] = &kept
		b.get("/").leads("/login")
	})
	t.Run("a stolen cookie throws both out and says so", func(t *testing.T) {
		t.Parallel()
		d := newDoor(t)
		b, thief := d.browser(t, "192.0.2.1"), d.browser(t, "192.0.2.9")
		b.signIn("elena@a.test", goodPassword, "remember", "1")
		stolen := *b.cookies["session_remember"]
		thief.cookies["session_remember"] = &stolen
		thief.get("/").shows("hello elena@a.test")
		d.now = d.now.Add(2 * time.Minute)
		delete(b.cookies, "session")
		b.get("/").leads("/login")
		b.get(link.Login).shows("For your safety this device was signed out")
		thief.get("/").leads("/login")
		d.letter(t, mail.SessionsRevoked)
	})
	t.Run("a new password ends remembered devices", func(t *testing.T) {
		t.Parallel()
		d := newDoor(t)
		b := d.browser(t, "192.0.2.1")
		b.signIn("elena@a.test", goodPassword, "remember", "1")
		other := d.browser(t, "192.0.2.2")
		other.post(link.Reset, "email", "elena@a.test")
		other.post(link.ResetCode, "email", "elena@a.test", "code", d.letter(t, mail.Reset).Data["code"], "password", "a better password").leads(link.Home)
		b.get("/").leads("/login")
		other.get("/").shows("hello elena@a.test")
	})
}

func TestPostLoginCode(t *testing.T) {
	t.Parallel()
	d := newDoor(t)
	b := d.browser(t, "192.0.2.1")
	b.get(link.LoginCode).shows("Authorisation code")
	r := b.post(link.LoginCode, "email", "elena@a.test", "code", "1307-3829")
	r.is(http.StatusUnprocessableEntity)
	r.shows("The email or the code is wrong", `value="elena@a.test"`)
}
