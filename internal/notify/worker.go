package notify

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"github.com/deskbell/deskbell/internal/mail"
)

// Worker sends one letter a job.
type Worker struct {
	river.WorkerDefaults[mail.Send]
	letters *Service
}

// NewWorker returns the worker of the outbox.
func NewWorker(s *Service) *Worker { return &Worker{letters: s} }

// Bounds of one try.
const (
	tryTime = 3 * time.Minute  // to put a letter together and hand it over
	endTime = 30 * time.Second // to write down what became of it, whoever waits
)

// Timeout implements river.Worker.
func (w *Worker) Timeout(*river.Job[mail.Send]) time.Duration { return tryTime }

// NextRetry implements river.Worker: the outbox's own pauses.
func (w *Worker) NextRetry(job *river.Job[mail.Send]) time.Time {
	return w.letters.Now().Add(mail.Wait(job.Attempt))
}

// Work implements river.Worker. The letter's row is held from the look at its
// state to the writing of the outcome, which happens even when we are stopped
// meanwhile. So a letter is handed over twice only when we die in between; then
// both have one Message-ID, and mail programs show one.
func (w *Worker) Work(ctx context.Context, job *river.Job[mail.Send]) error {
	last := job.Attempt >= job.MaxAttempts
	err := w.try(ctx, job.Args.DeliveryID, last)
	if err == nil || !last {
		return err
	}
	return errors.Join(err, w.letters.giveUp(ctx, job.Args.DeliveryID, err))
}

// giveUp ends a letter whose last try came to nothing: that we could not even
// put together, or that a stop cut off. Its job does not come back, and it may
// not wait for ever, unseen.
func (s *Service) giveUp(ctx context.Context, id int64, why error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), endTime)
	defer cancel()
	return pgx.BeginFunc(ctx, s.DB, func(tx pgx.Tx) error {
		d, err := mail.Lock(ctx, tx, id)
		if err != nil || d.State != mail.Queued {
			return err
		}
		return s.settle(ctx, tx, d, outcome{mail.Failed, why.Error()})
	})
}

// try is one try of a letter, the last one or not. ctx ends the work on it, not
// the writing of its outcome.
func (w *Worker) try(ctx context.Context, id int64, last bool) error {
	s := w.letters
	lasting, cancel := context.WithTimeout(context.WithoutCancel(ctx), tryTime+endTime)
	defer cancel()
	var later error
	err := pgx.BeginFunc(lasting, s.DB, func(tx pgx.Tx) error {
		d, err := mail.Lock(ctx, tx, id)
		if errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		if err != nil || d.State != mail.Queued {
			return err
		}
		var o outcome
		o, later, err = s.deliver(ctx, tx, d, last)
		if err != nil {
			return err
		}
		return s.settle(lasting, tx, d, o)
	})
	return errors.Join(err, later)
}

// outcome is what became of a try.
type outcome struct {
	state  mail.State
	detail string
}

// deliver tries to send d. later is trouble that may pass, for which the job
// comes again; err is ours.
func (s *Service) deliver(ctx context.Context, tx pgx.Tx, d mail.Delivery, last bool) (o outcome, later, err error) {
	spec, known := mail.SpecOf(d.Kind)
	if !known {
		return outcome{}, nil, fmt.Errorf("letter %d is of the unknown kind %q", d.ID, d.Kind)
	}
	if spec.Optional && s.Wants != nil {
		yes, err := s.Wants(ctx, d)
		if err != nil || !yes {
			return outcome{state: mail.Unwanted}, nil, err
		}
	}
	if s.Server == nil {
		return outcome{state: mail.Kept}, nil, nil
	}
	f, err := s.read(ctx, tx, d)
	if err != nil {
		return outcome{}, nil, err
	}
	m, err := s.message(ctx, f)
	if err != nil {
		return outcome{}, nil, err
	}
	words, err := s.Server.Send(ctx, m)
	var refusal *mail.RefusedError
	switch {
	case err == nil:
		return outcome{mail.Sent, words}, nil, nil
	case errors.Is(ctx.Err(), context.Canceled): // we stop: the try does not count
		return outcome{}, nil, err
	case errors.As(err, &refusal), last:
		return outcome{mail.Failed, err.Error()}, nil, nil
	default:
		return outcome{mail.Queued, err.Error()}, err, nil
	}
}

// customers are the kinds whose loss the ticket must know of: their reader
// waits for them. Agents see the ticket anyway.
var customers = []mail.Kind{
	mail.Reply, mail.Created, mail.Reminder, mail.AutoResolved, mail.Resolved, mail.Reopened, mail.Postponed, mail.ServiceCentre, mail.Closed,
}

// settle writes the outcome, and tells the ticket of a letter that is lost.
func (s *Service) settle(ctx context.Context, tx pgx.Tx, d mail.Delivery, o outcome) error {
	if err := s.Outbox.Settle(ctx, tx, d, o.state, o.detail); err != nil {
		return err
	}
	if o.state != mail.Failed || d.TicketID == nil || s.Undelivered == nil || !slices.Contains(customers, d.Kind) {
		return nil
	}
	return s.Undelivered(ctx, tx, *d.TicketID, d.Recipient, o.detail)
}
