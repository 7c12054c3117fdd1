package privacy

import (
	"context"
	"time"

	"github.com/deskbell/deskbell/internal/account"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/kb"
	"github.com/deskbell/deskbell/internal/richtext"
	"github.com/deskbell/deskbell/internal/ticket"
)

// The shapes of the JSON files; docs/profile.md describes them. What changes
// their meaning raises the version.
const (
	personFormat = "deskbell.personal-data"
	ticketFormat = "deskbell.ticket"
	version      = 1
)

// personFile is profile.json.
type personFile struct {
	Format        string                   `json:"format"`
	Version       int                      `json:"version"`
	MadeAt        time.Time                `json:"made_at"`
	Person        personData               `json:"person"`
	Companies     []account.ProfileCompany `json:"companies"`
	Notifications map[string]bool          `json:"notifications"`
	Consents      []account.Consent        `json:"consents"`
	SignIns       []signInData             `json:"sign_ins"`
	Votes         []kb.OwnVote             `json:"votes"`
	Filters       []filterData             `json:"saved_filters"`
	Tickets       []listedTicket           `json:"tickets"`
	Own
}

// filterData is a filter of My tickets that the person keeps.
type filterData struct {
	Name   string `json:"name"`
	Query  string `json:"query"` // of the page's address
	Preset bool   `json:"preset"`
}

// signInData is a device on which the person is signed in.
type signInData struct {
	Browser    string    `json:"browser"` // User-Agent
	Place      string    `json:"network_address"`
	StartedAt  time.Time `json:"started_at"`
	SeenAt     time.Time `json:"seen_at"`
	Remembered bool      `json:"remembered"`
}

type personData struct {
	FirstName  string    `json:"first_name"`
	MiddleName string    `json:"middle_name"`
	LastName   string    `json:"last_name"`
	Email      string    `json:"email"`
	JobTitle   string    `json:"job_title"`
	Phone      string    `json:"phone"`
	Language   string    `json:"language"`
	TimeZone   string    `json:"time_zone"`
	Theme      string    `json:"theme"`
	Shortcuts  bool      `json:"shortcuts"`
	CreatedAt  time.Time `json:"created_at"`
}

type listedTicket struct {
	Number    int64     `json:"number"`
	Subject   string    `json:"subject"`
	Status    string    `json:"status"`
	CreatedAt time.Time `json:"created_at"`
	File      string    `json:"file"`
	Page      string    `json:"page"`
}

// ticketFile is tickets/<number>.json.
type ticketFile struct {
	Format    string         `json:"format"`
	Version   int            `json:"version"`
	Number    int64          `json:"number"`
	Subject   string         `json:"subject"`
	Topic     string         `json:"topic"`
	Status    string         `json:"status"`
	Priority  int            `json:"priority"` // 1 low to 4 urgent
	Company   string         `json:"company"`
	Agent     string         `json:"agent"` // in charge; "" for nobody
	CreatedAt time.Time      `json:"created_at"`
	ClosedAt  *time.Time     `json:"closed_at"`
	Fields    []Fact         `json:"fields"`
	Copies    []copyData     `json:"copies"`
	Rating    *ticket.Rating `json:"rating"` // null: none
	Timeline  []entryData    `json:"timeline"`
}

// copyData is somebody who gets copies, as the ticket's page names them.
type copyData struct {
	Address string `json:"address"`
	Name    string `json:"name"`
}

type entryData struct {
	Kind       string     `json:"kind"` // message or event
	At         time.Time  `json:"at"`
	AuthorKind string     `json:"author_kind"` // customer, agent, robot, rule or system
	Author     string     `json:"author"`
	SourceKind string     `json:"source_kind,omitempty"` // html, markdown or text
	Source     string     `json:"source,omitempty"`      // as it was written
	Event      string     `json:"event,omitempty"`       // in words
	Copies     []string   `json:"copies,omitempty"`
	Files      []fileData `json:"files,omitempty"`
}

type fileData struct {
	Name string `json:"name"`
	Type string `json:"type"`
	Size int64  `json:"size"` // bytes
	Path string `json:"path"` // in the archive; "" when the file is lost
}

// person collects what is known of the person beside their tickets.
func (a *archive) person(ctx context.Context) (personFile, error) {
	p, err := a.s.d.Accounts.Profile(ctx, a.by)
	if err != nil {
		return personFile{}, err
	}
	votes, err := a.s.d.KB.OwnVotes(ctx, a.by)
	if err != nil {
		return personFile{}, err
	}
	consents, err := a.s.d.Accounts.Consents(ctx, a.by)
	if err != nil {
		return personFile{}, err
	}
	devices, err := a.s.d.Accounts.Sessions(ctx, a.by)
	if err != nil {
		return personFile{}, err
	}
	filters, err := a.s.d.Tickets.OwnFilters(ctx, a.by)
	if err != nil {
		return personFile{}, err
	}
	var own Own
	if a.s.d.Own != nil {
		if own, err = a.s.d.Own(ctx, a.by); err != nil {
			return personFile{}, err
		}
	}
	f := personFile{
		Own: own, Format: personFormat, Version: version, MadeAt: a.now.UTC(), Companies: p.Companies, Votes: votes, Tickets: a.tickets, Consents: consents,
		Notifications: map[string]bool{}, SignIns: []signInData{}, Filters: []filterData{},
		Person: personData{
			FirstName: p.FirstName, MiddleName: p.MiddleName, LastName: p.LastName, Email: p.Email, JobTitle: p.JobTitle, Phone: p.Phone,
			Language: p.Lang, TimeZone: p.Zone, Theme: p.Theme, Shortcuts: p.Shortcuts, CreatedAt: p.CreatedAt.UTC(),
		},
	}
	for _, d := range devices {
		f.SignIns = append(f.SignIns, signInData{d.Agent, d.Place, d.StartedAt, d.SeenAt, d.Remembered})
	}
	for _, v := range filters {
		f.Filters = append(f.Filters, filterData{v.Name, v.Query, v.Preset})
	}
	for _, n := range account.NoticesFor(a.by) {
		f.Notifications[string(n.Notice)] = account.Wanted(p.Choices, n.Notice)
	}
	return f, nil
}

// ticketOf is a ticket's page as data. It has what the page shows and no more.
func ticketOf(ctx context.Context, th ticket.Thread, facts []Fact) ticketFile {
	t := ticketFile{
		Format: ticketFormat, Version: version, Number: th.Number, Subject: th.Subject, Topic: th.TopicName, Status: string(th.Status),
		Priority: int(th.Priority), Company: th.CompanyName, CreatedAt: th.CreatedAt, ClosedAt: th.ClosedAt,
		Fields: facts, Copies: []copyData{}, Rating: th.Rating, Timeline: make([]entryData, len(th.Entries)),
	}
	for _, p := range th.Participants {
		t.Copies = append(t.Copies, copyData{p.Address, p.Name})
	}
	if th.AssigneeName != nil {
		t.Agent = *th.AssigneeName
	}
	for i, e := range th.Entries {
		d := entryData{Kind: string(e.Kind), At: e.At, AuthorKind: string(e.AuthorKind), Author: ticket.ActorName(ctx, e), Copies: e.CC}
		if e.Kind == ticket.EventEntry {
			d.Event = ticket.EventText(ctx, e)
		} else {
			d.Source, d.SourceKind = e.Source, string(e.SourceKind)
		}
		for _, f := range e.Files {
			d.Files = append(d.Files, fileData{Name: f.Name, Type: f.Type, Size: f.Size})
		}
		t.Timeline[i] = d
	}
	return t
}

// html is the message for the page, cleaned as on the desk's own pages.
func (d entryData) html() string { return richtext.Render(d.Source, richtext.Kind(d.SourceKind)) }

// name is what the person is called.
func (d personData) name() string {
	return account.Name{First: d.FirstName, Middle: d.MiddleName, Last: d.LastName}.Full()
}

// choice says whether a letter is wanted.
func choice(ctx context.Context, wanted bool) string { //nolint:revive // wanted is the value
	if wanted {
		return i18n.T(ctx, "privacy.page.yes")
	}
	return i18n.T(ctx, "privacy.page.no")
}
