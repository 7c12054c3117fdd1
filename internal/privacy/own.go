package privacy

import "time"

// Own is what other features keep of a person: calls with them, and for staff
// what they made for their work.
type Own struct {
	Calls       []OwnCall   `json:"calls"`
	TimeEntries []OwnTime   `json:"time_entries"`
	Views       []OwnView   `json:"views"`
	Canned      []OwnText   `json:"canned_replies"`
	Macros      []OwnText   `json:"macros"`
	Notices     []OwnNotice `json:"notices"`
}

// OwnCall is a telephone call with the person.
type OwnCall struct {
	Ticket    int64     `json:"ticket"`    // number
	Direction string    `json:"direction"` // in: the person called; out
	Number    string    `json:"number"`    // as it was typed
	StartedAt time.Time `json:"started_at"`
	Seconds   int       `json:"seconds"`
	Agent     string    `json:"agent"`
}

// OwnTime is time that the person spent on a ticket.
type OwnTime struct {
	Ticket  int64  `json:"ticket"` // number
	Day     string `json:"day"`    // 2026-10-15
	Minutes int    `json:"minutes"`
	Kind    string `json:"kind"` // work, call, remote, travel or lab
	Comment string `json:"comment"`
}

// OwnView is a saved view of the inbox that the person made.
type OwnView struct {
	Name  string `json:"name"`
	Query string `json:"query"` // of the filter language
	Scope string `json:"scope"` // mine, department or everybody
}

// OwnText is a canned reply or a macro that the person made.
type OwnText struct {
	Name  string   `json:"name"`
	Scope string   `json:"scope"` // as of a view; of canned replies me, department or all
	Texts []string `json:"texts"` // as they were written
}

// OwnNotice is what the person was told.
type OwnNotice struct {
	At     time.Time  `json:"at"`
	Ticket int64      `json:"ticket"` // number; 0: none, or one that they see no more
	Text   string     `json:"text"`
	ReadAt *time.Time `json:"read_at"`
}
