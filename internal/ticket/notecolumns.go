package ticket

import (
	"time"

	"github.com/deskbell/deskbell/internal/richtext"
)

// PinnedNote is the note that stands above a ticket's conversation.
type PinnedNote struct {
	ID         int64         `json:"id"`
	Seq        int64         `json:"seq"`
	AuthorName string        `json:"author_name"`
	Source     string        `json:"source"`
	SourceKind richtext.Kind `json:"source_kind"`
	CreatedAt  time.Time     `json:"created_at"`
}

// noteColumns are what notes add to the answering page: the pinned one, and for
// who writes one whom it can name.
const noteColumns = `
    (SELECT jsonb_build_object('id', n.id, 'seq', n.seq, 'author_name', np.name, 'source', n.source, 'source_kind', n.source_kind, 'created_at', n.created_at)
        FROM notes n JOIN people np ON np.id = n.author_id WHERE n.ticket_id = t.id AND n.pinned_at IS NOT NULL
        ORDER BY n.pinned_at DESC LIMIT 1) AS pinned_note,
    CASE WHEN @draft = 'note' OR t.status = 'closed' THEN coalesce((SELECT jsonb_agg(v) FROM (
        SELECT p.id, p.name FROM people p WHERE p.id <> @me AND ` + ReadByStaff + ` ORDER BY lower(p.name), p.id LIMIT 200) v), '[]')
        ELSE '[]' END AS mentionable`
