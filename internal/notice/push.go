package notice

import (
	"bytes"
	"context"
	"crypto/ecdh"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	webpush "github.com/SherClockHolmes/webpush-go"
	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/richtext"
)

// devicesMost is how many browsers somebody may have; the oldest goes first.
const devicesMost = 20

// Subscription is a browser's address at its push service, as the browser gives
// it (RFC 8030, RFC 8291).
type Subscription struct {
	Endpoint string
	P256dh   string
	Auth     string
	Agent    string // what the browser calls itself
	Device   int64  // the sign-in in which it asks, with which it ends
}

// check refuses what no browser sends: Invalid with the field endpoint.
func (sub Subscription) check() error {
	key, err1 := decode(sub.P256dh)
	secret, err2 := decode(sub.Auth)
	_, err3 := ecdh.P256().NewPublicKey(key)
	if err := errors.Join(err1, err2, err3, checkEndpoint(sub.Endpoint)); err != nil || len(secret) != 16 {
		return &fault.Error{Kind: fault.Invalid, Key: "notice.device_wrong", Err: err}
	}
	return nil
}

func decode(s string) ([]byte, error) {
	return base64.RawURLEncoding.DecodeString(strings.TrimRight(s, "="))
}

// subscribeSQL gives a browser to whoever is signed in there now.
const (
	subscribeSQL = `
INSERT INTO push_subscriptions (person_id, endpoint, p256dh, auth, agent, made_at, device_id)
SELECT @me, @endpoint, @p256dh, @auth, @agent, @now, d.id FROM devices d WHERE d.id = @device AND d.person_id = @me
ON CONFLICT (endpoint) DO UPDATE SET person_id = EXCLUDED.person_id, p256dh = EXCLUDED.p256dh, auth = EXCLUDED.auth, agent = EXCLUDED.agent,
    device_id = EXCLUDED.device_id`
	tooManySQL = `
DELETE FROM push_subscriptions WHERE id IN (SELECT id FROM push_subscriptions WHERE person_id = @me ORDER BY id DESC OFFSET @most)`
	unsubscribeSQL = `DELETE FROM push_subscriptions WHERE id = @id AND person_id = @me`
)

// Subscribe has by's notices pushed to a browser until the sign-in there ends.
// What is no address of a push service is Invalid; without a sign-in of by's it
// is Unauthorized.
func (s *Service) Subscribe(ctx context.Context, by auth.Actor, sub Subscription) error {
	if err := staffOnly(by); err != nil {
		return err
	}
	if err := sub.check(); err != nil {
		return err
	}
	err := pgx.BeginFunc(ctx, s.DB, func(tx pgx.Tx) error {
		done, err := tx.Exec(ctx, subscribeSQL, pgx.NamedArgs{
			"me": by.PersonID, "endpoint": sub.Endpoint, "p256dh": sub.P256dh, "auth": sub.Auth, "now": s.Now(),
			"agent": richtext.Excerpt(richtext.Line(sub.Agent), 200), "device": sub.Device,
		})
		if err == nil && done.RowsAffected() == 0 {
			return fault.New(fault.Unauthorized, "error.sign_in_first")
		}
		if err == nil {
			_, err = tx.Exec(ctx, tooManySQL, pgx.NamedArgs{"me": by.PersonID, "most": devicesMost})
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("keep a browser to push to: %w", err)
	}
	return nil
}

// Unsubscribe ends it for one of by's browsers.
func (s *Service) Unsubscribe(ctx context.Context, by auth.Actor, id int64) error {
	if err := staffOnly(by); err != nil {
		return err
	}
	if _, err := s.DB.Exec(ctx, unsubscribeSQL, pgx.NamedArgs{"id": id, "me": by.PersonID}); err != nil {
		return fmt.Errorf("forget a browser: %w", err)
	}
	return nil
}

// PushKey is the desk's public key, which a browser asks for before it gives its
// address (RFC 8292).
func (s *Service) PushKey() string { return s.keys.public }

// PushOne is the job that pushes one line to one browser.
type PushOne struct {
	NoticeID       int64 `json:"notice_id"`
	SubscriptionID int64 `json:"subscription_id"`
}

// Kind names the job in the queue.
func (PushOne) Kind() string { return "notice_push" }

// PushQueue is the queue of calls to push services, which may be slow.
const PushQueue = "push"

// InsertOpts implements river.JobArgsWithInsertOpts: what is pushed hours late
// helps nobody.
func (PushOne) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: PushQueue, MaxAttempts: 5}
}

// signedIn are the sign-ins that still last, for a subscription s.
const signedIn = `JOIN devices d ON d.id = s.device_id AND d.person_id = s.person_id AND d.expires_at > @now`

const devicesSQL = `SELECT s.id FROM push_subscriptions s ` + signedIn + ` WHERE s.person_id = @person ORDER BY s.id`

// pushAll puts in a job for each of somebody's browsers in which they are signed in.
func (s *Service) pushAll(ctx context.Context, tx pgx.Tx, person, noticeID int64) error {
	rows, _ := tx.Query(ctx, devicesSQL, pgx.NamedArgs{"person": person, "now": s.Now()}) // CollectRows returns its error
	ids, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	if err != nil || len(ids) == 0 {
		return err
	}
	jobs := make([]river.InsertManyParams, len(ids))
	for i, id := range ids {
		jobs[i] = river.InsertManyParams{Args: PushOne{noticeID, id}}
	}
	_, err = s.Jobs.InsertManyTx(ctx, tx, jobs)
	return err
}

// Pusher works PushOne.
type Pusher struct {
	river.WorkerDefaults[PushOne]
	notices *Service
}

// NewPusher returns the worker.
func NewPusher(s *Service) *Pusher { return &Pusher{notices: s} }

// Timeout implements river.Worker.
func (w *Pusher) Timeout(*river.Job[PushOne]) time.Duration { return 30 * time.Second }

// Work implements river.Worker.
func (w *Pusher) Work(ctx context.Context, job *river.Job[PushOne]) error {
	return w.notices.push(ctx, job.Args)
}

const pushSQL = `
SELECT ` + rowColumns + `, n.person_id, s.endpoint, s.p256dh, s.auth, coalesce(q.telling, false) AS telling, coalesce(m.text, '') AS text
FROM notices n
JOIN push_subscriptions s ON s.id = @subscription AND s.person_id = n.person_id
` + signedIn + `
LEFT JOIN notice_hours q ON q.person_id = n.person_id
LEFT JOIN messages m ON m.id = n.message_id
` + rowJoins + `
WHERE n.id = @id AND n.read_at IS NULL`

type pushRow struct {
	Row
	PersonID int64
	Endpoint string
	P256dh   string
	Auth     string
	Telling  bool
	Text     string
}

// message is what our service worker gets.
type message struct {
	Title string `json:"title"`
	Body  string `json:"body"`
	URL   string `json:"url"`
	Tag   string `json:"tag"` // a newer one with the same replaces it
	Lang  string `json:"lang"`
}

// messageOf is the least that tells what to look at: the number and what kind of
// thing happened. Who asked to be told more gets the subject and the words.
func (s *Service) messageOf(ctx context.Context, p pushRow, to auth.Actor) message {
	in := s.readerOf(ctx, to)
	m := message{
		Title: "#" + strconv.FormatInt(p.Number, 10), Body: EventName(in, p.Event), URL: link.Notice(p.ID),
		Tag: "ticket-" + strconv.FormatInt(p.TicketID, 10), Lang: to.Lang,
	}
	if p.Telling {
		m.Title += " " + p.Subject
		m.Body = Sentence(in, p.Row)
		if p.Text != "" {
			m.Body += ": " + richtext.Excerpt(p.Text, 160)
		}
	}
	return m
}

const (
	goneSQL = `DELETE FROM push_subscriptions WHERE id = @id`
	usedSQL = `UPDATE push_subscriptions SET used_at = @now WHERE id = @id`
)

// push calls the push service. A browser that is gone (404, 410) is forgotten;
// what a service refuses for good is not tried again.
func (s *Service) push(ctx context.Context, j PushOne) error {
	rows, _ := s.DB.Query(ctx, pushSQL, pgx.NamedArgs{"id": j.NoticeID, "subscription": j.SubscriptionID, "now": s.Now()}) // CollectExactlyOneRow returns its error
	p, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[pushRow])
	if errors.Is(err, pgx.ErrNoRows) {
		return nil // read, forgotten or signed out meanwhile
	}
	if err != nil {
		return fmt.Errorf("read a notice to push: %w", err)
	}
	to, err := s.Person(ctx, p.PersonID)
	if fault.Is(err, fault.NotFound) || err == nil && !to.Staff() {
		return nil
	}
	if err != nil {
		return err
	}
	if seen, err := s.sees(ctx, to, p.Number); err != nil || !seen {
		return err
	}
	status, err := s.call(ctx, p, s.messageOf(ctx, p, to))
	switch {
	case err != nil:
		return err
	case status == http.StatusNotFound, status == http.StatusGone:
		_, err = s.DB.Exec(ctx, goneSQL, pgx.NamedArgs{"id": j.SubscriptionID})
	case status < 300:
		_, err = s.DB.Exec(ctx, usedSQL, pgx.NamedArgs{"id": j.SubscriptionID, "now": s.Now()})
	case status == http.StatusTooManyRequests, status >= 500:
		return fmt.Errorf("the push service answered %d", status)
	default:
		return river.JobCancel(fmt.Errorf("the push service refused with %d", status))
	}
	return err
}

// recordSize bounds an encrypted message: enough for ours, so that all have one
// length and tell nothing by it.
const recordSize = 2048

func (s *Service) call(ctx context.Context, p pushRow, m message) (int, error) {
	body, err := json.Marshal(m)
	if err != nil {
		return 0, fmt.Errorf("write a push message: %w", err)
	}
	client := s.Pushes
	if client == nil {
		client = guarded()
	}
	res, err := webpush.SendNotificationWithContext(ctx, bytes.TrimSpace(body), &webpush.Subscription{
		Endpoint: p.Endpoint, Keys: webpush.Keys{Auth: p.Auth, P256dh: p.P256dh},
	}, &webpush.Options{
		HTTPClient: client, RecordSize: recordSize, Subscriber: s.Sender(ctx), TTL: int((12 * time.Hour).Seconds()), Urgency: webpush.UrgencyNormal,
		Topic:          "t" + strconv.FormatInt(p.TicketID, 10),
		VAPIDPublicKey: s.keys.public, VAPIDPrivateKey: s.keys.private,
	})
	if err != nil {
		return 0, fmt.Errorf("call the push service: %w", err)
	}
	defer func() { _ = res.Body.Close() }()
	_, _ = io.Copy(io.Discard, io.LimitReader(res.Body, 64<<10))
	return res.StatusCode, nil
}
