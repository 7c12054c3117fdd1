package ticket

import (
	"context"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
)

// AnswerKind is what a quick answer is.
type AnswerKind string

// The kinds of quick answer.
const (
	ArticleAnswer AnswerKind = "article"
	CannedAnswer  AnswerKind = "canned"
	EarlierAnswer AnswerKind = "earlier" // a message that an agent sent before
)

// AnswerKinds lists them.
var AnswerKinds = []AnswerKind{ArticleAnswer, CannedAnswer, EarlierAnswer}

// AnswerRef names a quick answer.
type AnswerRef struct {
	Kind AnswerKind
	ID   int64
}

// String is r as addresses and forms have it, such as "canned-7"; an article is
// its number alone.
func (r AnswerRef) String() string {
	id := strconv.FormatInt(r.ID, 10)
	if r.Kind == ArticleAnswer {
		return id
	}
	return string(r.Kind) + "-" + id
}

// ParseAnswerRef reads what String wrote; the zero value for anything else.
func ParseAnswerRef(s string) AnswerRef {
	r := AnswerRef{Kind: ArticleAnswer}
	if kind, rest, ok := strings.Cut(s, "-"); ok {
		r.Kind, s = AnswerKind(kind), rest
	}
	id, err := strconv.ParseInt(s, 10, 64)
	if err != nil || id <= 0 {
		return AnswerRef{}
	}
	switch r.Kind {
	case ArticleAnswer, CannedAnswer, EarlierAnswer:
		return AnswerRef{r.Kind, id}
	}
	return AnswerRef{}
}

// maxUsed is how many quick answers one reply may be made from.
const maxUsed = 20

const recordUsedSQL = `
INSERT INTO used_answers (message_id, kind, answer_id) SELECT @message, u.kind, u.id FROM unnest(@kinds::text[], @ids::bigint[]) AS u (kind, id)
ON CONFLICT DO NOTHING`

const earlierUsedSQL = `UPDATE answer_words SET used = used + 1 WHERE message_id = @id`

// recordUsed notes what a message was made from, and counts the use where it
// raises the answer's rank.
func (s *Service) recordUsed(ctx context.Context, tx pgx.Tx, messageID int64, used []AnswerRef) error {
	if len(used) == 0 {
		return nil
	}
	kinds, ids := []string{}, []int64{}
	seen := map[AnswerRef]bool{}
	for _, u := range used[:min(len(used), maxUsed)] {
		if u.ID <= 0 || seen[u] {
			continue
		}
		seen[u] = true
		kinds, ids = append(kinds, string(u.Kind)), append(ids, u.ID)
		if u.Kind == EarlierAnswer {
			if _, err := tx.Exec(ctx, earlierUsedSQL, pgx.NamedArgs{"id": u.ID}); err != nil {
				return err
			}
			continue
		}
		if s.hooks.AnswerUsed != nil {
			if err := s.hooks.AnswerUsed(ctx, tx, u); err != nil {
				return err
			}
		}
	}
	_, err := tx.Exec(ctx, recordUsedSQL, pgx.NamedArgs{"message": messageID, "kinds": kinds, "ids": ids})
	return err
}
