// Package canned keeps the texts that agents send again and again: canned
// replies in folders, each agent's own, a department's or everybody's, in several languages, with
// files. Lists, search and pickers are served from memory, which follows the
// database within moments.
package canned

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/pg"
	"github.com/deskbell/deskbell/internal/richtext"
)

// Channel is the channel of Postgres' NOTIFY that tells of changed replies.
const Channel = "deskbell_canned"

// Scope is who may use a canned reply.
type Scope string

// The scopes.
const (
	Me         Scope = "me"         // its owner alone
	Department Scope = "department" // the members of a department
	All        Scope = "all"        // every agent
)

// Scopes lists them as a form does.
var Scopes = []Scope{Me, Department, All}

// Reply is a canned reply.
type Reply struct {
	ID           int64
	FolderID     *int64
	Folder       string // its name; "" lies in none
	Name         string
	Scope        Scope
	OwnerID      int64
	Owner        string
	DepartmentID *int64 // of scope Department
	Used         int    // times sent
	LastUsedAt   *time.Time
	Version      int
	UpdatedAt    time.Time
	Texts        []Text // at least one, by language
	Files        []File
}

// Text is a canned reply in one language.
type Text struct {
	ID     int64         `json:"id"`
	Lang   string        `json:"lang"`
	Source string        `json:"source"`
	Kind   richtext.Kind `json:"source_kind"`
}

// File goes along with a canned reply.
type File struct {
	ID   int64  `json:"id"`
	Key  string `json:"key"` // of the blob
	Name string `json:"name"`
	Type string `json:"type"`
	Size int64  `json:"size"`
}

// In returns the text in lang; without one the text in fallback, in English,
// or the first. ok tells whether it is in lang.
func (r Reply) In(lang, fallback string) (text Text, ok bool) {
	for i, want := range []string{lang, fallback, "en"} {
		for _, t := range r.Texts {
			if t.Lang == want {
				return t, i == 0
			}
		}
	}
	if len(r.Texts) == 0 {
		return Text{}, false
	}
	return r.Texts[0], false
}

// Hooks are what canned replies need of other features; package app fills them.
type Hooks struct {
	// TakeFiles gives up by's staged files for good and returns what they are.
	TakeFiles func(ctx context.Context, tx pgx.Tx, by auth.Actor, ids []int64) ([]File, error)
}

// Service runs the use cases. It is safe for any number of goroutines.
type Service struct {
	db    pg.DB
	hooks Hooks
	now   func() time.Time

	library atomic.Pointer[library]
	loading sync.Mutex // one reader of the database at a time
}

// New returns a service. The first use reads the replies; call Run to follow
// changes.
func New(db pg.DB, hooks Hooks, now func() time.Time) *Service {
	return &Service{db: db, hooks: hooks, now: now}
}

// Run keeps the replies in memory as they are in the database until ctx ends.
func (s *Service) Run(ctx context.Context, hub *pg.Hub, log *slog.Logger) {
	pg.KeepFresh(ctx, hub, Channel, "canned replies", s.Refresh, log)
}
