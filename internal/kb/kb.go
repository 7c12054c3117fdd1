// Package kb is the knowledge base: a tree of sections with articles, search
// over them, quick answers, votes, suggestions from agents, and the way in and
// out as a folder of Markdown files.
//
// Lists and search are served from memory (library.go), which follows the
// database within moments; an article's page is read from the database.
package kb

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/deskbell/deskbell/internal/pg"
	"github.com/deskbell/deskbell/internal/search"
)

// Channel is the channel of Postgres' NOTIFY that tells of changed articles.
const Channel = "deskbell_kb"

// Status is where an article stands. Only published ones are found and read.
type Status string

// The statuses.
const (
	Draft     Status = "draft"
	Published Status = "published"
	Retired   Status = "retired"
)

// Service runs the use cases. It is safe for any number of goroutines.
type Service struct {
	db  pg.DB
	now func() time.Time

	library atomic.Pointer[library]
	loading sync.Mutex // one reader of the database at a time
}

// New returns a service. The first search or list reads the articles; call
// Refresh to have that done before, and Run to follow changes.
func New(db pg.DB, now func() time.Time) *Service { return &Service{db: db, now: now} }

// Card is an article in a list.
type Card struct {
	ID             int64
	Slug           string
	Title          string
	Section        string // its section's name
	Lang           string
	UpdatedAt      time.Time
	Used           int // times sent as an answer
	Votes          int // readers who said whether it helped
	HelpfulPercent int // of Votes; 0 without any
}

// Crumb is a section on the way to an article.
type Crumb struct {
	Slug string
	Name string
}

// Excerpt is the part of an article that answers a query, with marks.
type Excerpt = search.Excerpt

// Query is what somebody looks for.
type Query struct {
	Text   string
	Lang   string // the reader's language: articles in it come first
	Limit  int    // 0: 10
	Prefix bool   // somebody is typing: the last word may be unfinished
}

// Hit is an article found.
type Hit struct {
	Card
	Rank    int    // from 1
	Path    string // the file it was imported from, inside the folder; "" for others
	Excerpt Excerpt
	Anchor  string // id of the heading whose section answers best; "" for the beginning
	Score   float64
	Share   float64 // of what was asked for; see search.Hit
}

func percent(helpful, unhelpful int) int {
	if helpful+unhelpful == 0 {
		return 0
	}
	return (helpful*200 + helpful + unhelpful) / (2 * (helpful + unhelpful))
}
