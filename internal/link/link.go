// Package link builds every path of the desk, for pages, redirects and mails.
// A test walks them and holds each against the routes.
package link

import (
	"net/url"
	"strconv"
)

func num(n int64) string { return strconv.FormatInt(n, 10) }

// Query appends the alternating names and values to path, leaving out empty
// values.
func Query(path string, pairs ...string) string {
	v := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			v.Add(pairs[i], pairs[i+1])
		}
	}
	if len(v) == 0 {
		return path
	}
	return path + "?" + v.Encode()
}

// The pages without parameters.
const (
	Home         = "/"
	Login        = "/login"
	LoginCode    = "/login/code" // sign-in by authorisation code
	Logout       = "/logout"
	Register     = "/register"
	Consent      = "/register/consent" // the text that people agree to
	Activate     = "/activate"         // ?token=
	Reset        = "/reset"            // ?token= from the mailed link
	ResetCode    = "/reset/code"       // POST: the new password, by code or link
	ConfirmEmail = "/confirm-email"    // ?token=
	Preferences  = "/preferences"      // POST: theme, language, time zone
	Tickets      = "/tickets"
	NewTicket    = "/tickets/new"
	TicketsCSV   = "/tickets/export.csv" // GET: the list as a file
	TicketsNews  = "/tickets/changes"    // GET: how many tickets of the list changed since
	TicketsLive  = "/tickets/live"       // GET: a stream that says when to ask
	Filters      = "/tickets/filters"    // POST: a filter is saved
	OwnCompany   = "/company"
	PickCompany  = "/company/choose"     // POST: which company the lists are of
	TopicFields  = "/tickets/new/fields" // GET: the fields of a help topic
	KB           = "/kb"
	KBSearch     = "/kb/search"
	KBSuggest    = "/kb/suggest" // GET: suggestions under the subject field
	Agent        = "/agent"
	Inbox        = "/agent/inbox"
	InboxCounts  = "/agent/inbox/counts"
	InboxChoices = "/agent/inbox/choices" // POST: form, density and columns of the list
	Views        = "/agent/views"         // saved views of the inbox
	NewView      = "/agent/views/new"     // GET: ?view= &q= &sort= of the list it is made from
	QuickAnswers = "/agent/quick-answers"
	Canned       = "/agent/canned" // the list of canned replies; POST: a new one
	NewCanned    = "/agent/canned/new"
	CannedPick   = "/agent/canned/pick" // GET: the picker of the editor
	TagNames     = "/agent/tags"        // GET: tags that begin with ?q=
	TrashView    = "/agent/trash"
	Live         = "/agent/live"
	MentionPick  = "/agent/mentions" // GET: whom a note may mention
	AgentSearch  = "/agent/search"
	Scheduled    = "/agent/scheduled"
	Presence     = "/agent/presence" // GET: who is on the tickets ?ticket=
	Companies    = "/agent/companies"
	Notices      = "/agent/notifications"
	NoticesCount = "/agent/notifications/count" // GET: how many are unread
	NoticesRead  = "/agent/notifications/read"  // POST: some, a ticket's or all
	Legend       = "/agent/legend"              // what each icon means
	Palette      = "/agent/palette"             // GET: what the palette finds
	PushWorker   = "/agent/worker.js"           // GET: what shows pushed notices
	NewCompany   = "/agent/companies/new"
	Contacts     = "/agent/contacts"
	Admin        = "/admin"
	Users        = "/admin/users"
	NewUser      = "/admin/users/new"
	Roles        = "/admin/roles"
	NewRole      = "/admin/roles/new"
	Topics       = "/admin/topics"
	NewTopic     = "/admin/topics/new"
	Departments  = "/admin/departments"
	Absence      = "/agent/absence" // one's own
	Fields       = "/admin/fields"  // the matrix of what customers may do with each
	NewField     = "/admin/fields/new"
	FieldPreview = "/admin/fields/preview"   // GET: a topic's form as customers see it
	FieldRule    = "/admin/fields/condition" // GET: one condition while it is edited
	Lifecycle    = "/admin/lifecycle"
	Calendar     = "/admin/calendar"
	Registration = "/admin/registration"
	Audit        = "/admin/audit"
	Outbox       = "/admin/outbox"
	MailSender   = "/admin/mail"
	Branding     = "/admin/branding"
	Letters      = "/admin/letters"
	BrandStyle   = "/brand.css"   // GET: the desk's colours
	BrandLogo    = "/brand/logo/" // GET: its logo, see Logo
	BrandSample  = "/admin/branding/sample.css"
)

// The profile: everybody's own page and what its forms are posted to.
const (
	Profile         = "/profile"
	ProfileDetails  = "/profile/details"
	ProfileEmail    = "/profile/email"
	ProfilePassword = "/profile/password"
	ProfileCode     = "/profile/code"           // POST: another authorisation code
	ProfileOthers   = "/profile/devices/others" // POST: ends all other sign-ins
	ProfileLook     = "/profile/look"
	ProfileNotices  = "/profile/notices"
	ProfileMatrix   = "/profile/notifications" // what staff are told
	ProfilePush     = "/profile/push"          // POST: this browser gets pushed notices
	ProfileExport   = "/profile/export"
	ProfileErasure  = "/profile/erasure"
	ProfileKeep     = "/profile/erasure/withdraw"
	ProfileFields   = "/admin/profile-fields"
	Privacy         = "/admin/privacy"
)

// ProfileDevice is where one sign-in is ended.
func ProfileDevice(id int64) string { return "/profile/devices/" + num(id) }

// ProfilePushEnd is where a browser's pushed notices end.
func ProfilePushEnd(id int64) string { return ProfilePush + "/" + num(id) + "/end" }

// ProfileArchive is a copy of a person's data, for that person.
func ProfileArchive(id int64) string { return ProfileExport + "/" + num(id) }

// Erasure is a request to delete an account, in the settings.
func Erasure(id int64) string { return Privacy + "/" + num(id) }

// Ticket is a ticket's page in the portal.
func Ticket(number int64) string { return "/tickets/" + num(number) }

// TicketMessage is one entry of a ticket's timeline in the portal.
func TicketMessage(number, seq int64) string { return Ticket(number) + "#m" + num(seq) }

// TicketAt is the page of a ticket that holds an entry of its timeline, however
// old.
func TicketAt(number, seq int64) string {
	return Query(Ticket(number), "at", num(seq)) + "#m" + num(seq)
}

// TicketLive is the stream that tells an open page of a ticket's news.
func TicketLive(number int64) string { return Ticket(number) + "/live" }

// TicketPrint is a ticket on paper.
func TicketPrint(number int64) string { return Ticket(number) + "/print" }

// TicketFields is where a customer's change of a ticket's properties is posted.
func TicketFields(number int64) string { return Ticket(number) + "/fields" }

// TicketDraft is where a customer's unsent reply is saved.
func TicketDraft(number int64) string { return Ticket(number) + "/draft" }

// Rating is where the requester says how satisfied they were.
func Rating(number int64) string { return Ticket(number) + "/rating" }

// SignedRating is Rating for whoever holds the link of a mail.
func SignedRating(number int64, choice string, cycle int, signature string) string {
	return Query(Rating(number), "rating", choice, "c", strconv.Itoa(cycle), "s", signature)
}

// Copies is the form that puts somebody on copy of a ticket, and where it is
// posted.
func Copies(number int64) string { return Ticket(number) + "/copies" }

// CopiesRemove is where somebody is taken off a ticket's copies.
func CopiesRemove(number int64) string { return Copies(number) + "/remove" }

// Replies is where a customer's reply is posted.
func Replies(number int64) string { return Ticket(number) + "/replies" }

// Resolve is where "My issue is solved" is posted.
func Resolve(number int64) string { return Ticket(number) + "/resolve" }

// Reopen is where "Reopen" is posted.
func Reopen(number int64) string { return Ticket(number) + "/reopen" }

// FilterDrop is where a saved filter is given up.
func FilterDrop(id int64) string { return Filters + "/" + num(id) + "/drop" }

// FollowUp is the form for a ticket that follows a closed one.
func FollowUp(number int64) string { return Query(NewTicket, "follows", num(number)) }

// AttachmentPrefix begins every Attachment.
const AttachmentPrefix = "/attachments/"

// Attachments is where a script sends a file while its message is still being
// written.
const Attachments = "/attachments"

// AttachmentDrop is where a file that was sent ahead is taken back.
func AttachmentDrop(id int64) string { return Attachment(id) + "/drop" }

// Attachment is a file of a message, for whoever may see its ticket.
func Attachment(id int64) string { return AttachmentPrefix + num(id) }

// Thumbnail is the small version of an attached picture.
func Thumbnail(id int64) string { return Attachment(id) + "/thumbnail" }

// Article is a published article.
func Article(slug string) string { return "/kb/articles/" + url.PathEscape(slug) }

// Section is a section of the knowledge base.
func Section(slug string) string { return "/kb/sections/" + url.PathEscape(slug) }

// ArticleVote is where "Was this helpful?" is posted.
func ArticleVote(slug string) string { return Article(slug) + "/vote" }

// Static is an embedded asset; name carries its hash.
func Static(name string) string { return "/static/" + name }
