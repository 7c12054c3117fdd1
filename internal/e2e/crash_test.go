package e2e

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/pgserver"
	"github.com/deskbell/deskbell/internal/testkit"
)

// limit bounds what must happen soon.
const limit = 30 * time.Second

func TestKillDuringReplies(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	topic := w.topic(t, "billing")
	const tickets = 4
	var paths []string
	c := w.as(t, customer)
	for i := range tickets {
		paths = append(paths, c.submit(topic, fmt.Sprintf("Stream %d", i), "First."))
	}

	// Everybody writes as fast as they can until the server is gone.
	var writers sync.WaitGroup
	var mu sync.Mutex
	acknowledged := map[string]bool{}
	begun := map[int]bool{} // tickets that have a reply
	enough := make(chan struct{})
	var once sync.Once
	for i, path := range paths {
		v := w.as(t, customer)
		writers.Go(func() {
			for n := 0; ; n++ {
				text := fmt.Sprintf("reply %d of ticket %d.", n, i)
				a, err := v.try(v.postRequest(path+"/replies", url.Values{"message": {text}, "key": {fmt.Sprint("k", i, "-", n)}}))
				if err != nil {
					return
				}
				mu.Lock()
				if a.status == http.StatusOK {
					acknowledged[text], begun[i] = true, true
					if len(acknowledged) >= 40 && len(begun) == tickets {
						once.Do(func() { close(enough) })
					}
				}
				mu.Unlock()
			}
		})
	}
	select {
	case <-enough:
	case <-time.After(limit):
		t.Fatal("the replies do not get through")
	}
	w.Kill(t)
	writers.Wait()

	w.Server = w.Serve(t)
	for text := range acknowledged {
		if n := one[int](t, w.db, "SELECT count(*) FROM messages WHERE text = $1", text); n != 1 {
			t.Errorf("%q was acknowledged and is there %d times", text, n)
		}
	}
	w.consistent(t)
	again := w.as(t, customer)
	for _, path := range paths {
		again.get(path).want(t, 200, "reply 0 of ticket")
	}
	t.Logf("%d replies were acknowledged before the kill", len(acknowledged))
}

func TestReplicas(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	other := w
	other.Server = w.Serve(t)

	a, b := w.as(t, customer), other.as(t, agent)
	path := a.submit(w.topic(t, "billing"), "Two servers", "Which of you answers?")
	number := w.newest(t)
	form := b.get(link.Query(link.AgentTicket(number), "tab", "write")).form(t, link.AgentReplies(number))
	form.Set("message", "The other one.")
	form.Set("status", "waiting")
	b.post(link.AgentReplies(number), form).want(t, 200)
	a.get(path).want(t, 200, "The other one.")

	// A session made on one server is good on the other.
	roaming := a
	roaming.url = other.URL
	roaming.get(path).want(t, 200, "The other one.")

	// Both robots and a command make their rounds; the step happens once.
	for _, step := range []string{"remind", "resolve", "close"} {
		w.untilDue(t, number)
		var rounds sync.WaitGroup
		for range 3 {
			rounds.Go(func() {
				if _, err := w.Try(t, "", "robot", "run"); err != nil {
					t.Errorf("robot run: %v", err)
				}
			})
		}
		rounds.Wait()
		testkit.Await(t, limit, step+" is done", func() bool {
			at := one[*time.Time](t, w.db, "SELECT next_step_at FROM tickets WHERE number = $1", number)
			return at == nil || at.After(time.Now())
		})
	}
	if n := one[int](t, w.db, "SELECT count(*) FROM messages WHERE author_kind = 'robot'"); n != 2 {
		t.Errorf("the robot wrote %d times, not twice", n)
	}
	if n := one[int](t, w.db, "SELECT count(*) FROM events WHERE actor_kind = 'robot' AND kind = 'status_changed'"); n != 2 {
		t.Errorf("the robot moved it %d times, not twice", n)
	}
	w.consistent(t)
	a.get(path).want(t, 200, "This ticket is closed")
}

func TestShutdown(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	v := w.as(t, customer)
	form := v.get(link.NewTicket).form(t, link.Tickets)
	form.Set("topic", w.topic(t, "billing"))
	form.Set("subject", "In flight")
	form.Set("message", "Sent while the server was told to stop.")

	// Half of the form is on its way when the server is told to stop. That it
	// asked for the body proves that it has begun.
	body, rest := halfSent(form.Encode())
	header := http.Header{"Content-Type": {"application/x-www-form-urlencoded"}, "Expect": {"100-continue"}}
	r := v.request(http.MethodPost, link.Tickets, header, body)
	v.http = &http.Client{
		Jar: v.http.Jar, Transport: &http.Transport{ExpectContinueTimeout: limit},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	done := make(chan answer, 1)
	go func() {
		a, err := v.try(r)
		if err != nil {
			a.body = err.Error()
		}
		done <- a
	}()
	body.awaitHalf()
	w.Terminate(t)
	testkit.Await(t, limit, "the server takes nobody new", func() bool {
		fresh := visitor{t: t, url: w.URL, http: &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}}
		_, err := fresh.try(fresh.request(http.MethodGet, "/healthz", nil, nil))
		return err != nil
	})
	rest()
	if a := <-done; a.status != http.StatusSeeOther {
		t.Errorf("the request in flight ended with %d: %.300s", a.status, a.body)
	}
	if status := w.AwaitEnd(t); status != 0 {
		t.Errorf("the server ended with status %d", status)
	}
	if n := one[int](t, w.db, "SELECT count(*) FROM tickets WHERE subject = 'In flight'"); n != 1 {
		t.Errorf("%d tickets", n)
	}
}

// slowBody is the body of a request that arrives in two halves.
type slowBody struct {
	first, second *strings.Reader
	half, go2     chan struct{}
	once          sync.Once
}

func halfSent(s string) (*slowBody, func()) {
	b := &slowBody{first: strings.NewReader(s[:len(s)/2]), second: strings.NewReader(s[len(s)/2:]), half: make(chan struct{}), go2: make(chan struct{})}
	return b, func() { close(b.go2) }
}

// Read implements io.Reader.
func (b *slowBody) Read(p []byte) (int, error) {
	if b.first.Len() > 0 {
		return b.first.Read(p)
	}
	b.once.Do(func() { close(b.half) })
	<-b.go2
	return b.second.Read(p)
}

func (b *slowBody) awaitHalf() { <-b.half }

func TestDatabaseGoesAway(t *testing.T) {
	t.Parallel()
	cfg := pgserver.Config{Dir: filepath.Join(reachable(t), "postgres"), Tuning: pgserver.Throwaway}
	server, err := pgserver.Start(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	stop := func() {
		if server != nil {
			if err := server.Stop(); err != nil {
				t.Error(err)
			}
			server = nil
		}
	}
	t.Cleanup(func() { stop() })
	w := world{Program: testkit.NewProgram(t, server.DSN)}
	w.people(t)
	w.Server = w.Serve(t)

	b := w.browser(t, customer, testkit.Desktop)
	b.Open(link.NewTicket)
	b.SelectText("[name=topic]", "Billing")
	b.Fill("[name=subject]", "Sent into the dark")
	message(b, testkit.Desktop, "Line one. Line two, with “quotes” & 1 < 2.")

	stop()
	b.FollowStatus("button|Create ticket", http.StatusServiceUnavailable)
	b.See("cannot reach its database", "Try again")
	if got := b.Value("[name=subject]"); got != "Sent into the dark" {
		t.Errorf("the subject became %q", got)
	}
	b.AwaitText(".rich", "Line one. Line two, with “quotes” & 1 < 2.")
	b.Axe()
	b.FollowStatus("button|Try again", http.StatusServiceUnavailable) // still away
	b.See("Try again")
	if server, err = pgserver.Start(t.Context(), cfg); err != nil {
		t.Fatal(err)
	}
	w.db = open(t, server.DSN)
	w.AwaitReady(t)
	b.Follow("button|Try again")
	b.See("Sent into the dark", "Line two, with “quotes” & 1 < 2.")
	if n := one[int](t, w.db, "SELECT count(*) FROM tickets"); n != 1 {
		t.Errorf("%d tickets", n)
	}
	w.consistent(t)
	b.Forgive()
	w.db.Close()
}

// reachable is a folder that PostgreSQL's own user may enter when we are root.
func reachable(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "deskbell-outage-") //nolint:usetesting // t.TempDir lies in a folder that is closed to others
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o711); err != nil {
		t.Fatal(err)
	}
	return dir
}
