package account

import (
	"context"
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/httpx"
)

// A visitor's browser shows that it is no cheap robot by work: it looks for a
// counter whose key begins with a zero byte, 256 keys on average, a second or
// less. Without scripts there is a question, a short wait and a tighter limit.
const (
	proofAlgorithm = "PBKDF2/SHA-256"
	proofCost      = 4000 // iterations of one key
	proofPrefix    = "00"
	proofKey       = 32 // bytes
	proofLife      = 30 * time.Minute
	slowLife       = 2 * time.Hour
	slowHold       = 4 * time.Second // nobody reads and fills the form sooner
)

// Challenge is work for a browser, in the form that the ALTCHA widget reads.
type Challenge struct {
	Parameters ChallengeParameters `json:"parameters"`
	Signature  string              `json:"signature"`
}

// ChallengeParameters are signed as JSON with their keys in order.
type ChallengeParameters struct {
	Algorithm string `json:"algorithm"`
	Cost      int    `json:"cost"`
	ExpiresAt int64  `json:"expiresAt"` // Unix seconds
	KeyLength int    `json:"keyLength"`
	KeyPrefix string `json:"keyPrefix"`
	Nonce     string `json:"nonce"`
	Salt      string `json:"salt"`
}

// Puzzle is what a page needs to let somebody show that they are no robot.
type Puzzle struct {
	Work   string // Challenge as JSON
	Ticket string // goes with the answer to A + B
	A, B   int
}

// Proof is what came back: the widget's payload, or the answer to the question.
type Proof struct {
	Payload string
	Ticket  string
	Answer  string
}

// Puzzle makes a new one. It keeps nothing: the signature carries it all.
func (s *Service) Puzzle() Puzzle {
	p := ChallengeParameters{
		Algorithm: proofAlgorithm, Cost: proofCost, ExpiresAt: s.now().Add(proofLife).Unix(), KeyLength: proofKey, KeyPrefix: proofPrefix,
		Nonce: randomHex(), Salt: randomHex(),
	}
	work, _ := json.Marshal(Challenge{p, s.signChallenge(p)}) // strings and numbers
	var two [2]byte
	_, _ = rand.Read(two[:]) // never fails
	out := Puzzle{Work: string(work), A: 2 + int(two[0]%8), B: 2 + int(two[1]%8)}
	made := strconv.FormatInt(s.now().UnixMilli(), 10) + "." + randomHex()
	out.Ticket = made + "." + s.signTicket(made, out.A+out.B)
	return out
}

func randomHex() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}

func (s *Service) signChallenge(p ChallengeParameters) string {
	b, _ := json.Marshal(p) // strings and numbers
	return hex.EncodeToString(s.sign("work", string(b)))
}

func (s *Service) signTicket(made string, answer int) string {
	return hex.EncodeToString(s.sign("question", made, strconv.Itoa(answer)))
}

// Prove checks that p shows a person, and that it is shown once. Invalid names
// the field proof or answer; TooMany: too many without work from this place.
func (s *Service) Prove(ctx context.Context, p Proof, place string) error {
	return s.prove(ctx, p, place)
}

// prove is Prove for use cases here.
func (s *Service) prove(ctx context.Context, p Proof, place string) error {
	var bad fault.Field
	if p.Payload != "" {
		nonce, until, ok := s.checkWork(p.Payload)
		if ok {
			var err error
			if ok, err = s.spend(ctx, "work:"+nonce, until); err != nil {
				return err
			}
		}
		if !ok {
			bad.Add("proof", "account.proof_wrong")
		}
		return bad.Err()
	}
	id, made, ok := s.checkAnswer(p)
	now := s.now()
	switch {
	case !ok || now.After(made.Add(slowLife)):
		bad.Add("answer", "account.answer_wrong")
		return bad.Err()
	case now.Before(made.Add(slowHold)):
		bad.Add("answer", "account.answer_early")
		return bad.Err()
	}
	// Spent before it counts: one answer posted again and again is one.
	ok, err := s.spend(ctx, "question:"+id, made.Add(slowLife+time.Hour))
	if err != nil {
		return err
	}
	if !ok {
		bad.Add("answer", "account.answer_wrong")
		return bad.Err()
	}
	return throttle(ctx, s.db, now,
		Limit{"slow:from:" + httpx.Network(place), slowFrom, lettersAn}, Limit{"slow:all", slowAll, lettersAn})
}

// checkWork reads the widget's payload: base64 of JSON. The server's part of the
// work is one key.
func (s *Service) checkWork(payload string) (nonce string, until time.Time, ok bool) {
	if len(payload) > 4000 {
		return "", until, false
	}
	raw, err := base64.StdEncoding.DecodeString(payload)
	if err != nil {
		return "", until, false
	}
	var in struct {
		Challenge Challenge `json:"challenge"`
		Solution  struct {
			Counter    uint32 `json:"counter"`
			DerivedKey string `json:"derivedKey"`
		} `json:"solution"`
	}
	if err := json.Unmarshal(raw, &in); err != nil {
		return "", until, false
	}
	p := in.Challenge.Parameters
	until = time.Unix(p.ExpiresAt, 0)
	if !same(in.Challenge.Signature, s.signChallenge(p)) || !s.now().Before(until) {
		return "", until, false
	}
	nonceBytes, err1 := hex.DecodeString(p.Nonce)
	salt, err2 := hex.DecodeString(p.Salt)
	if err1 != nil || err2 != nil {
		return "", until, false
	}
	word := binary.BigEndian.AppendUint32(nonceBytes, in.Solution.Counter)
	key, err := pbkdf2.Key(sha256.New, string(word), salt, p.Cost, p.KeyLength)
	if err != nil {
		return "", until, false
	}
	found := hex.EncodeToString(key)
	return p.Nonce, until, strings.HasPrefix(found, p.KeyPrefix) && same(found, in.Solution.DerivedKey)
}

// checkAnswer reads a ticket and the answer that belongs to it.
func (s *Service) checkAnswer(p Proof) (id string, made time.Time, ok bool) {
	at, rest, _ := strings.Cut(p.Ticket, ".")
	id, signature, found := strings.Cut(rest, ".")
	ms, err := strconv.ParseInt(at, 10, 64)
	answer, err2 := strconv.Atoi(strings.TrimSpace(p.Answer))
	if !found || err != nil || err2 != nil || len(p.Ticket) > 200 {
		return "", made, false
	}
	return id, time.UnixMilli(ms), same(signature, s.signTicket(at+"."+id, answer))
}

const spendSQL = `
INSERT INTO throttles (key, window_end, count) VALUES (@key, @until, 1) ON CONFLICT DO NOTHING`

// spend reports whether key is used for the first time, on any replica. Its row
// stays until the key is worth nothing anyway.
func (s *Service) spend(ctx context.Context, key string, until time.Time) (bool, error) {
	tag, err := s.db.Exec(ctx, spendSQL, pgx.NamedArgs{"key": key, "until": until})
	if err != nil {
		return false, fmt.Errorf("use a proof: %w", err)
	}
	return tag.RowsAffected() == 1, nil
}
