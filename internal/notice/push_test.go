package notice_test

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/riverqueue/river"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/notice"
)

// pushService stands for a browser's push service, and for the browser behind
// it that decrypts (RFC 8291).
type pushService struct {
	*httptest.Server
	key    *ecdh.PrivateKey
	secret []byte
	status int
	got    []map[string]string
	auth   string
}

func newPushService(t *testing.T) *pushService {
	t.Helper()
	p := &pushService{status: http.StatusCreated, secret: make([]byte, 16)}
	var err error
	p.key, err = ecdh.P256().GenerateKey(rand.Reader)
	check(t, err)
	_, _ = rand.Read(p.secret)
	p.Server = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil || r.Header.Get("Content-Encoding") != "aes128gcm" || r.Header.Get("TTL") == "" {
			t.Errorf("a push message with %v, %v", r.Header, err)
		}
		p.auth = r.Header.Get("Authorization")
		var m map[string]string
		if err := json.Unmarshal(p.open(t, body), &m); err != nil {
			t.Errorf("the message is no JSON: %v", err)
		}
		p.got = append(p.got, m)
		w.WriteHeader(p.status)
	}))
	t.Cleanup(p.Close)
	return p
}

// open decrypts a message of one record.
func (p *pushService) open(t *testing.T, body []byte) []byte {
	t.Helper()
	salt, size, idLen := body[:16], binary.BigEndian.Uint32(body[16:20]), int(body[20])
	sender, sealed := body[21:21+idLen], body[21+idLen:]
	if int(size) < len(sealed) {
		t.Fatalf("a record of %d bytes in one of %d", len(sealed), size)
	}
	from, err := ecdh.P256().NewPublicKey(sender)
	check(t, err)
	shared, err := p.key.ECDH(from)
	check(t, err)
	derive := func(secret, salt []byte, info string, n int) []byte {
		k, err := hkdf.Key(sha256.New, secret, salt, info, n)
		check(t, err)
		return k
	}
	ikm := derive(shared, p.secret, "WebPush: info\x00"+string(p.key.PublicKey().Bytes())+string(sender), 32)
	block, err := aes.NewCipher(derive(ikm, salt, "Content-Encoding: aes128gcm\x00", 16))
	check(t, err)
	gcm, err := cipher.NewGCM(block)
	check(t, err)
	plain, err := gcm.Open(nil, derive(ikm, salt, "Content-Encoding: nonce\x00", 12), sealed, nil)
	check(t, err)
	return []byte(strings.TrimRight(strings.TrimRight(string(plain), "\x00"), "\x02"))
}

// subscription is the browser's address, as it would be at a real service; device
// is the sign-in in it.
func (p *pushService) subscription(device int64) notice.Subscription {
	enc := base64.RawURLEncoding.EncodeToString
	return notice.Subscription{Device: device, Endpoint: "https://push.example/send/1", P256dh: enc(p.key.PublicKey().Bytes()), Auth: enc(p.secret), Agent: "Firefox"}
}

// client calls the stand-in whatever the address is.
func (p *pushService) client() *http.Client {
	c := p.Client()
	next := c.Transport
	c.Transport = roundTrip(func(r *http.Request) (*http.Response, error) {
		r.URL.Host = strings.TrimPrefix(p.URL, "https://")
		return next.RoundTrip(r)
	})
	return c
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// signIn is a sign-in of a person, for a day.
func (w *world) signIn(t *testing.T, by auth.Actor) (id int64) {
	t.Helper()
	check(t, w.db.QueryRow(t.Context(), `
INSERT INTO devices (person_id, agent, place, started_at, seen_at, expires_at, rotated_at) VALUES ($1, '', '', $2, $2, $3, $2) RETURNING id`,
		by.PersonID, w.now(), w.now().AddDate(0, 0, 1)).Scan(&id))
	return id
}

// pushAll runs the jobs that push to every browser.
func (w *world) pushAll(t *testing.T) {
	t.Helper()
	w.deliver(t)
	w.pushTo(t, w.pushJobs(t))
}

// pushJobs takes the jobs that push to a browser out of the queue.
func (w *world) pushJobs(t *testing.T) []notice.PushOne {
	t.Helper()
	rows, err := w.db.Query(t.Context(), `SELECT args FROM river_job WHERE kind = 'notice_push' ORDER BY id`)
	check(t, err)
	var all []notice.PushOne
	for rows.Next() {
		var raw []byte
		var one notice.PushOne
		check(t, rows.Scan(&raw))
		check(t, json.Unmarshal(raw, &one))
		all = append(all, one)
	}
	check(t, rows.Err())
	w.exec(t, `DELETE FROM river_job`)
	return all
}

func (w *world) pushTo(t *testing.T, all []notice.PushOne) {
	t.Helper()
	for _, one := range all {
		check(t, notice.NewPusher(w.notices).Work(t.Context(), &river.Job[notice.PushOne]{Args: one}))
	}
}

func TestBrowsersAreTold(t *testing.T) {
	t.Parallel()
	service := newPushService(t)
	w := newWorld(t, func(d *notice.Deps) { d.Pushes = service.client() })
	n := w.given(t)
	check(t, w.notices.Subscribe(t.Context(), w.eve, service.subscription(w.signIn(t, w.eve))))
	w.exec(t, `DELETE FROM river_job`)
	w.reply(t, n)
	w.work(t)
	w.pushAll(t)
	if len(service.got) != 1 || service.got[0]["body"] != "A customer replies" || !strings.HasPrefix(service.got[0]["title"], "#") || !strings.HasPrefix(service.got[0]["url"], "/agent/notifications/") {
		t.Fatalf("pushed %v", service.got)
	}
	if text := service.got[0]["title"] + service.got[0]["body"]; strings.Contains(text, "Switch") || strings.Contains(text, "And now") || strings.Contains(text, "Ann") {
		t.Errorf("without being asked the message says %q", text)
	}
	if !strings.HasPrefix(service.auth, "vapid t=") || !strings.HasSuffix(service.auth, w.notices.PushKey()) {
		t.Errorf("signed as %q", service.auth)
	}

	check(t, w.notices.Choose(t.Context(), w.eve, notice.Settings{Telling: true}))
	w.pass(3600e9)
	w.reply(t, n)
	w.work(t)
	w.pushAll(t)
	if m := service.got[1]; !strings.Contains(m["title"], "Switch is silent") || m["body"] != "Ann Test replied: And now?" {
		t.Errorf("who wants to know more reads %v", m)
	}

	service.status = http.StatusGone
	w.pass(3600e9)
	w.reply(t, n)
	w.work(t)
	w.pushAll(t)
	if set, err := w.notices.Settings(t.Context(), w.eve); err != nil || len(set.Devices) != 0 {
		t.Errorf("a browser that is gone is kept: %+v, %v", set.Devices, err)
	}
}

func TestPushStaysOnTheInternet(t *testing.T) {
	t.Parallel()
	service := newPushService(t)
	w := newWorld(t)
	for _, endpoint := range []string{
		"http://push.example/1", "https://127.0.0.1/1", "https://[::1]/1", "https://10.0.0.1/1", "https://169.254.169.254/latest", "https://100.64.0.1/1",
		"https://[::ffff:10.0.0.1]/1", "https://push.example:8443/1", "https://a:b@push.example/1", "file:///etc/passwd", "", "https://" + strings.Repeat("a", 2000),
	} {
		sub := service.subscription(w.signIn(t, w.eve))
		sub.Endpoint = endpoint
		if err := w.notices.Subscribe(t.Context(), w.eve, sub); !fault.Is(err, fault.Invalid) {
			t.Errorf("%q is taken: %v", endpoint, err)
		}
	}
	bad := service.subscription(w.signIn(t, w.eve))
	bad.P256dh = "AAAA"
	if err := w.notices.Subscribe(t.Context(), w.eve, bad); !fault.Is(err, fault.Invalid) {
		t.Errorf("a key that is none is taken: %v", err)
	}
	if err := w.notices.Subscribe(t.Context(), w.ann, service.subscription(w.signIn(t, w.ann))); !fault.Is(err, fault.NotFound) {
		t.Errorf("a customer's browser is taken: %v", err)
	}
	// A name that leads inside is found out when it is called.
	n := w.given(t)
	sub := service.subscription(w.signIn(t, w.eve))
	sub.Endpoint = "https://localhost/send"
	check(t, w.notices.Subscribe(t.Context(), w.eve, sub))
	w.reply(t, n)
	w.work(t)
	w.deliver(t)
	var id, device int64
	check(t, w.db.QueryRow(t.Context(), `SELECT n.id, s.id FROM notices n JOIN push_subscriptions s USING (person_id) LIMIT 1`).Scan(&id, &device))
	err := notice.NewPusher(w.notices).Work(context.Background(), &river.Job[notice.PushOne]{Args: notice.PushOne{NoticeID: id, SubscriptionID: device}})
	if err == nil || !strings.Contains(err.Error(), "no address of a push service") {
		t.Errorf("localhost is called: %v", err)
	}
}

// TestPushEndsWithTheSignIn: who signed out, whose sign-in ran out and who is no
// longer staff hear nothing more, though the browser would still show it.
func TestPushEndsWithTheSignIn(t *testing.T) {
	t.Parallel()
	for name, sql := range map[string]string{
		"signs out":          `DELETE FROM devices`,
		"runs out":           `UPDATE devices SET expires_at = '2001-01-01'`,
		"is no longer staff": `DELETE FROM person_roles`,
		"left":               `UPDATE people SET disabled_at = '2001-01-01'`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			service := newPushService(t)
			w := newWorld(t, func(d *notice.Deps) { d.Pushes = service.client() })
			n := w.given(t)
			check(t, w.notices.Subscribe(t.Context(), w.eve, service.subscription(w.signIn(t, w.eve))))
			w.reply(t, n)
			w.work(t)
			w.deliver(t)
			jobs := w.pushJobs(t)
			if len(jobs) != 1 {
				t.Fatalf("%d jobs push to one browser", len(jobs))
			}
			w.exec(t, sql)
			w.pushTo(t, jobs)
			if len(service.got) != 0 {
				t.Errorf("pushed %v", service.got)
			}
		})
	}
}

func TestPushNeedsASignIn(t *testing.T) {
	t.Parallel()
	service := newPushService(t)
	w := newWorld(t)
	if err := w.notices.Subscribe(t.Context(), w.eve, service.subscription(0)); !fault.Is(err, fault.Unauthorized) {
		t.Errorf("a browser in which nobody is signed in is taken: %v", err)
	}
	if err := w.notices.Subscribe(t.Context(), w.eve, service.subscription(w.signIn(t, w.max))); !fault.Is(err, fault.Unauthorized) {
		t.Errorf("another's sign-in is taken: %v", err)
	}
}
