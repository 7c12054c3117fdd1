package link

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

// OpenTicket is the form for a ticket that an agent opens for somebody, and
// where it is posted.
const OpenTicket = "/agent/tickets/new"

// FindPeople is the list of people whom a ticket can be for, as one types.
const FindPeople = "/agent/tickets/people"

// OpenAnswers is the list of answers for a new ticket's first message, as one types.
const OpenAnswers = "/agent/tickets/answers"

// FindCopies is the list of people whom a reply can be copied to, as one types.
const FindCopies = "/agent/tickets/copies"

// AgentService is what happens to a ticket's equipment in the service centre.
func AgentService(number int64) string { return AgentTicket(number) + "/service" }

// AgentCalls is where a call about a ticket is logged.
func AgentCalls(number int64) string { return AgentTicket(number) + "/calls" }

// AgentRequester is where a ticket is given to another requester.
func AgentRequester(number int64) string { return AgentTicket(number) + "/requester" }

// AbsenceOf is when somebody else is away.
func AbsenceOf(personID int64) string { return Absence + "/" + num(personID) }

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

// DraftVersions lists what a reader's unsent reply or note said before.
func DraftVersions(number int64, kind string) string {
	return Query(AgentTicket(number)+"/versions", "kind", kind)
}

// VersionUse is where an earlier version of an unsent text becomes the draft.
func VersionUse(id int64) string { return "/agent/versions/" + num(id) + "/use" }

// AgentPresence is where a ticket's page says that it is open.
func AgentPresence(number int64) string { return AgentTicket(number) + "/presence" }

// KeepPromise is where a ticket is postponed again to the promised date.
func KeepPromise(number int64) string { return AgentTicket(number) + "/keep-promise" }

// ColleaguesDraft is what a colleague is writing to a ticket's customer.
func ColleaguesDraft(number, person int64) string {
	return AgentTicket(number) + "/drafts/" + num(person)
}
