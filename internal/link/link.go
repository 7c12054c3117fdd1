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

// View is a saved view, to be changed.
func View(id int64) string { return Views + "/" + num(id) }

// ViewMove is where a saved view is moved in one's own sidebar.
func ViewMove(id int64) string { return View(id) + "/move" }

// ViewDelete is where a saved view is deleted, ViewRestore where that is undone.
func ViewDelete(id int64) string { return View(id) + "/delete" }

// ViewRestore brings a deleted view back.
func ViewRestore(id int64) string { return View(id) + "/restore" }

// InboxView is the inbox under one of its views.
func InboxView(view string) string { return Query(Inbox, "view", view) }

// AgentTicket is a ticket's answering page.
func AgentTicket(number int64) string { return "/agent/tickets/" + num(number) }

// AgentMessage is one entry of the timeline on the answering page.
func AgentMessage(number, seq int64) string { return AgentTicket(number) + "#m" + num(seq) }

// AgentOldMessage is AgentMessage for an entry before those that the page opens
// with: it opens with all.
func AgentOldMessage(number, seq int64) string {
	return Query(AgentTicket(number), "all", "1") + "#m" + num(seq)
}

// CannedReply is a canned reply's form.
func CannedReply(id int64) string { return Canned + "/" + num(id) }

// CannedDelete is where a canned reply is deleted.
func CannedDelete(id int64) string { return CannedReply(id) + "/delete" }

// CannedText is where one language of a canned reply is taken away.
func CannedText(id int64) string { return CannedReply(id) + "/text" }

// CannedArticle is where a canned reply becomes the draft of an article.
func CannedArticle(id int64) string { return CannedReply(id) + "/article" }

// CannedFolder is where a folder of canned replies gets another name.
func CannedFolder(id int64) string { return Canned + "/folders/" + num(id) }

// AgentPreview is what hovering a row of the inbox shows.
func AgentPreview(number int64) string { return AgentTicket(number) + "/preview" }

// AgentPane is a ticket as it stands beside the list, in parts; the list's address
// goes behind it.
func AgentPane(number int64) string { return AgentTicket(number) + "/pane" }

// AgentUnread is where a ticket is marked as unread.
func AgentUnread(number int64) string { return AgentTicket(number) + "/unread" }

// AgentNext is the ticket beside this one in a view of the inbox; step is
// "next" or "prev".
func AgentNext(number int64, view, step string) string {
	return Query(AgentTicket(number)+"/next", "view", view, "step", step)
}

// AgentReplies is where an agent's reply is posted.
func AgentReplies(number int64) string { return AgentTicket(number) + "/replies" }

// AgentCopiesRemove is where an agent takes somebody off a ticket's copies.
func AgentCopiesRemove(number int64) string { return AgentTicket(number) + "/copies/remove" }

// AgentNotes is where an internal note is posted.
func AgentNotes(number int64) string { return AgentTicket(number) + "/notes" }

// AgentNote is an internal note with its history, where it is edited too.
func AgentNote(number, note int64) string { return AgentNotes(number) + "/" + num(note) }

// AgentNotePin is where a note is pinned above the conversation, or taken down.
func AgentNotePin(number, note int64) string { return AgentNote(number, note) + "/pin" }

// AgentRedact is where something secret is taken out of what was sent; one of
// message and note says out of what.
func AgentRedact(number int64) string { return AgentTicket(number) + "/redact" }

// AgentAssign is where an assignment is posted.
func AgentAssign(number int64) string { return AgentTicket(number) + "/assign" }

// AgentStatus is where a change of status without a reply is posted.
func AgentStatus(number int64) string { return AgentTicket(number) + "/status" }

// AgentPriority is where a change of priority is posted.
func AgentPriority(number int64) string { return AgentTicket(number) + "/priority" }

// AgentFields is where the fields of a ticket are set.
func AgentFields(number int64) string { return AgentTicket(number) + "/fields" }

// AgentPlan is where postponing or cancelling the robot's next step is posted.
func AgentPlan(number int64) string { return AgentTicket(number) + "/plan" }

// AgentLetters is where a letter of a ticket is sent again.
func AgentLetters(number int64) string { return AgentTicket(number) + "/letters" }

// AgentWatch is where an agent watches or mutes a ticket.
func AgentWatch(number int64) string { return AgentTicket(number) + "/watch" }

// Notice leads to what a notice is about and marks it as read.
func Notice(id int64) string { return Notices + "/" + num(id) }

// NoticeWhy says why somebody got a notice, and lets them mute it.
func NoticeWhy(id int64) string { return Notice(id) + "/why" }

// NoticeMute is where a notice like this one is muted.
func NoticeMute(id int64) string { return Notice(id) + "/mute" }

// NoticeUnread is where a notice is marked as unread again.
func NoticeUnread(id int64) string { return Notice(id) + "/unread" }

// AgentDraft is where an unsent reply or note is saved.
func AgentDraft(number int64) string { return AgentTicket(number) + "/draft" }

// Company is a company's card.
func Company(id int64) string { return Companies + "/" + num(id) }

// CompanyEdit is the form of a company's card.
func CompanyEdit(id int64) string { return Company(id) + "/edit" }

// CompanyContacts is where a contact is linked to a company.
func CompanyContacts(id int64) string { return Company(id) + "/contacts" }

// CompanyContact is one contact's link to a company.
func CompanyContact(id, personID int64) string { return CompanyContacts(id) + "/" + num(personID) }

// CompanyUnlink is where a contact's link to a company is ended.
func CompanyUnlink(id, personID int64) string { return CompanyContact(id, personID) + "/unlink" }

// CompanyPrivacy is where it is set who sees a company's tickets.
func CompanyPrivacy(id int64) string { return Company(id) + "/privacy" }

// CompanySites is where a company gets a new site.
func CompanySites(id int64) string { return Company(id) + "/sites" }

// CompanySite is where a site is renamed or moved.
func CompanySite(id, siteID int64) string { return CompanySites(id) + "/" + num(siteID) }

// CompanySiteRemove is where a site is removed.
func CompanySiteRemove(id, siteID int64) string { return CompanySite(id, siteID) + "/remove" }

// Contact is a contact's card.
func Contact(id int64) string { return Contacts + "/" + num(id) }

// User is a person's page in the settings.
func User(id int64) string { return Users + "/" + num(id) }

// UserPassword is where a new password for a person is asked for.
func UserPassword(id int64) string { return User(id) + "/password" }

// UserDisable is where a person is shut out.
func UserDisable(id int64) string { return User(id) + "/disable" }

// UserEnable is where a person is let in again.
func UserEnable(id int64) string { return User(id) + "/enable" }

// Role is a role's page in the settings.
func Role(id int64) string { return Roles + "/" + num(id) }

// Topic is a help topic's page in the settings.
func Topic(id int64) string { return Topics + "/" + num(id) }

// NewDepartment is the form for another department.
const NewDepartment = Departments + "/new"

// Department is a department's page in the settings.
func Department(id int64) string { return Departments + "/" + num(id) }

// DepartmentMove is where a department is moved up or down.
func DepartmentMove(id int64) string { return Department(id) + "/move" }

// OpenTicket is the form for a ticket that an agent opens for somebody, and
// where it is posted.
const OpenTicket = "/agent/tickets/new"

// FindPeople is the list of people whom a ticket can be for, as one types.
const FindPeople = "/agent/tickets/people"

// AgentService is what happens to a ticket's equipment in the service centre.
func AgentService(number int64) string { return AgentTicket(number) + "/service" }

// AgentRequester is where a ticket is given to another requester.
func AgentRequester(number int64) string { return AgentTicket(number) + "/requester" }

// AbsenceOf is when somebody else is away.
func AbsenceOf(personID int64) string { return Absence + "/" + num(personID) }

// TopicMove is where a help topic is moved up or down.
func TopicMove(id int64) string { return Topic(id) + "/move" }

// Field is a field's page in the settings.
func Field(key string) string { return Fields + "/" + url.PathEscape(key) }

// LifecyclePolicy is the robot's policy of one help topic; 0 is the default.
func LifecyclePolicy(topicID int64) string { return Lifecycle + "/" + num(topicID) }

// LifecycleDrop is where a help topic's own policy is given up for the default.
func LifecycleDrop(topicID int64) string { return LifecyclePolicy(topicID) + "/drop" }

// Logo is the desk's logo by its hash.
func Logo(hash string) string { return BrandLogo + hash + ".png" }

// Style is the style sheet with the desk's colours; version changes with them.
func Style(version int) string { return Query(BrandStyle, "v", num(int64(version))) }

// Sample is a style sheet that shows colours before they are saved.
func Sample(accent, dark string) string { return Query(BrandSample, "accent", accent, "dark", dark) }

// OutboxLetter is one letter of the outbox.
func OutboxLetter(id int64) string { return Outbox + "/" + num(id) }

// OutboxLetterPage is a letter's HTML alone, for a frame.
func OutboxLetterPage(id int64) string { return OutboxLetter(id) + "/page" }

// OutboxRetry is where a letter is sent again.
func OutboxRetry(id int64) string { return OutboxLetter(id) + "/retry" }

// LetterWords is what a kind of letter says in a language; "" is the reader's.
func LetterWords(kind, lang string) string { return Query(Letters+"/"+kind, "lang", lang) }

// LetterSample is the preview of a kind of letter.
func LetterSample(kind, lang string) string { return Query(Letters+"/"+kind+"/sample", "lang", lang) }

// Static is an embedded asset; name carries its hash.
func Static(name string) string { return "/static/" + name }

// AgentTags is where tags are put on a ticket and taken off.
func AgentTags(number int64) string { return AgentTicket(number) + "/tags" }

// AgentTrash is where a ticket is moved into the trash.
func AgentTrash(number int64) string { return AgentTicket(number) + "/trash" }

// AgentSpam is where a ticket is marked as spam.
func AgentSpam(number int64) string { return AgentTicket(number) + "/spam" }

// AgentRestore is where a ticket is taken out of the trash.
func AgentRestore(number int64) string { return AgentTicket(number) + "/restore" }

// AgentPurge is where a ticket of the trash is deleted for ever.
func AgentPurge(number int64) string { return AgentTicket(number) + "/purge" }

// HeldUndo is where a reply that waits is taken back into the editor.
func HeldUndo(id int64) string { return "/agent/held/" + num(id) + "/undo" }

// HeldSend is where a reply that waits is sent at once.
func HeldSend(id int64) string { return "/agent/held/" + num(id) + "/send" }

// SpareUse is where a text beside a draft takes the draft's place.
func SpareUse(id int64) string { return "/agent/spare/" + num(id) + "/use" }

// SpareDrop is where a text beside a draft is thrown away.
func SpareDrop(id int64) string { return "/agent/spare/" + num(id) + "/drop" }

// AgentPresence is where a ticket's page says that it is open.
func AgentPresence(number int64) string { return AgentTicket(number) + "/presence" }

// KeepPromise is where a ticket is postponed again to the promised date.
func KeepPromise(number int64) string { return AgentTicket(number) + "/keep-promise" }

// ColleaguesDraft is what a colleague is writing to a ticket's customer.
func ColleaguesDraft(number, person int64) string {
	return AgentTicket(number) + "/drafts/" + num(person)
}
