// Package auth says who is acting and what they may do. It knows no HTTP and no
// SQL.
package auth

import "slices"

// Permission is one thing a role allows. Customers have none.
type Permission string

// The permissions (product.md, "Built-in roles").
const (
	AnswerTickets  Permission = "tickets.answer"  // see the tickets of open departments and of one's own, reply, write notes, set status, take
	AssignTickets  Permission = "tickets.assign"  // assign tickets to others
	ShareCanned    Permission = "canned.share"    // make and change canned replies that others use
	SuggestAnswers Permission = "kb.suggest"      // add an answer to the suggestions
	WriteArticles  Permission = "kb.write"        // write, publish and retire articles
	WorkQueues     Permission = "kb.queues"       // work Suggestions and Unanswered questions
	SeeAnalytics   Permission = "analytics.see"   // reports
	SeeUpdates     Permission = "updates.see"     // the change feed
	ManageSettings Permission = "settings.manage" // everything below /admin that has no permission of its own
	ManageUsers    Permission = "users.manage"    // people, roles
	EditCompanies  Permission = "companies.edit"  // company cards
	LinkContacts   Permission = "contacts.link"   // link a contact to a company
	RedactMessages Permission = "tickets.redact"  // take secrets out of what others wrote
	AllDepartments Permission = "departments.all" // see the tickets of closed departments without being a member
)

// Permissions lists all of them, in the order a settings page shows them.
var Permissions = []Permission{
	AnswerTickets, AssignTickets, ShareCanned, SuggestAnswers, WriteArticles, WorkQueues,
	SeeAnalytics, SeeUpdates, EditCompanies, LinkContacts, RedactMessages, AllDepartments, ManageUsers, ManageSettings,
}

// Kind is what sort of actor performs a use case.
type Kind string

// The kinds of actor.
const (
	Nobody Kind = ""       // not signed in
	Person Kind = "person" // a contact or a member of staff
	Robot  Kind = "robot"  // the scheduler, under its own name, never as a person
	System Kind = "system" // imports, migrations, command line
)

// Scope is how much of a company's tickets a contact sees (P8).
type Scope string

// The scopes.
const (
	SeesOwn     Scope = "own"
	SeesSite    Scope = "site" // their site and those under it
	SeesCompany Scope = "company"
)

// Membership is an actor's link to one company.
type Membership struct {
	CompanyID int64
	Company   string  // its name
	Sees      Scope   // in effect: the company's privacy is in it
	SiteID    int64   // where their tickets are from; 0: no site
	Sites     []int64 // with SeesSite: their site and those under it
}

// Actor is whoever performs a use case. Use cases take it as a parameter: a
// function that needs authority says so in its signature.
type Actor struct {
	Kind        Kind
	PersonID    int64  // 0 unless Kind is Person
	Name        string // as shown to others
	Email       string
	Lang        string // chosen language, "" when never chosen
	Zone        string // IANA time zone, "" when never chosen
	Theme       string // "", "light" or "dark"
	NoKeys      bool   // single-key shortcuts are turned off
	SendAtOnce  bool   // replies are not held back for taking back
	Unread      int    // of staff: notices that they have not read, counted up to 100
	Permissions []Permission
	Companies   []Membership
	Departments []int64 // of staff: those that they are a member of
	Hidden      []int64 // of staff: the closed departments whose tickets are not theirs to see
}

// May reports whether the actor's roles allow p. The robot and the system may
// do whatever their use case asks of them.
func (a Actor) May(p Permission) bool {
	return a.Kind == Robot || a.Kind == System || slices.Contains(a.Permissions, p)
}

// Staff reports whether the actor works tickets rather than submits them.
func (a Actor) Staff() bool { return a.Kind == Person && slices.Contains(a.Permissions, AnswerTickets) }

// InDepartment reports whether what a department keeps for itself is the actor's
// too: they are a member, or see all departments.
func (a Actor) InDepartment(departmentID int64) bool {
	return slices.Contains(a.Departments, departmentID) || a.May(AllDepartments)
}

// HiddenFrom reports whether a department's tickets are closed to the actor, but
// for those that they were given or take part in.
func (a Actor) HiddenFrom(departmentID *int64) bool {
	return departmentID != nil && slices.Contains(a.Hidden, *departmentID)
}

// SignedIn reports whether the actor is a person we know.
func (a Actor) SignedIn() bool { return a.Kind == Person }

// SharedCompanies returns the companies all of whose tickets the actor sees.
func (a Actor) SharedCompanies() []int64 {
	ids := make([]int64, 0, len(a.Companies))
	for _, m := range a.Companies {
		if m.Sees == SeesCompany {
			ids = append(ids, m.CompanyID)
		}
	}
	return ids
}

// SharedSites returns the sites all of whose tickets the actor sees, without
// those of companies that they see whole.
func (a Actor) SharedSites() []int64 {
	ids := []int64{}
	for _, m := range a.Companies {
		if m.Sees == SeesSite {
			ids = append(ids, m.Sites...)
		}
	}
	return ids
}

// SharesTickets reports whether the actor sees tickets of colleagues.
func (a Actor) SharesTickets() bool { return len(a.SharedCompanies()) > 0 || len(a.SharedSites()) > 0 }

// In returns the actor's link to a company; ok is false when there is none.
func (a Actor) In(companyID int64) (m Membership, ok bool) {
	i := slices.IndexFunc(a.Companies, func(m Membership) bool { return m.CompanyID == companyID })
	if i < 0 {
		return Membership{}, false
	}
	return a.Companies[i], true
}

// TheRobot acts for the scheduler.
func TheRobot() Actor { return Actor{Kind: Robot} }

// TheSystem acts for commands an administrator runs on the machine itself.
func TheSystem() Actor { return Actor{Kind: System} }
