package ticket

import "time"

// EventKind is what sort of change an event records.
type EventKind string

// The event kinds. Old and New of an Event hold what the comment says.
const (
	Submitted       EventKind = "submitted"        // New: the number of the ticket it follows, if any
	StatusChanged   EventKind = "status_changed"   // statuses; New of a postponed one is "postponed <RFC 3339>"
	Assigned        EventKind = "assigned"         // names
	DepartmentSet   EventKind = "department_set"   // fieldWords of departments, "" for none
	ServiceRecorded EventKind = "service_stage"    // New: the ServiceStage
	ServiceReturned EventKind = "service_back"     // back from the service centre
	RequesterSet    EventKind = "requester_set"    // names
	PriorityChanged EventKind = "priority_changed" // 1 to 4
	PlanMoved       EventKind = "plan_moved"       // the step and its times: "<step> <RFC 3339>"
	PlanHeld        EventKind = "plan_held"        // Old: the step that was cancelled
	PlanResumed     EventKind = "plan_resumed"
	PromiseDue      EventKind = "promise_due"      // a postponed ticket's date came; ask the customer for the result
	CompanySet      EventKind = "company_set"      // names
	CopiesSet       EventKind = "copies_set"       // New: the address that now gets copies
	CopiesTaken     EventKind = "copies_taken"     // Old: the address that gets copies no more
	Rated           EventKind = "rated"            // Good or Bad, the former rating as Old
	FollowedUp      EventKind = "followed_up"      // New: the number of the ticket that follows
	FieldSet        EventKind = "field_set"        // Old and New: fieldWords
	FieldSetInside  EventKind = "field_set_inside" // the same of a field that customers do not see
	TagsSet         EventKind = "tags_set"         // Old: tags taken off; New: tags put on, separated by commas
	TopicChanged    EventKind = "topic_changed"    // names by language, as JSON
	NotePinned      EventKind = "note_pinned"      // New: the note's place
	NoteUnpinned    EventKind = "note_unpinned"    // New: the note's place
	WordsRedacted   EventKind = "words_redacted"   // New: why
	Trashed         EventKind = "trashed"          // New: "spam" when it was that
	Restored        EventKind = "restored"
	MacroRun        EventKind = "macro_run"      // New: its name
	ReplyReturned   EventKind = "reply_returned" // Old: whose held reply; New: why it was not sent, a Return
	MergedInto      EventKind = "merged_into"    // New: the number of the ticket that this one is part of now
	Merged          EventKind = "merged"         // New: the number of the ticket that came into this one
	Unmerged        EventKind = "unmerged"       // New: the number of the ticket that went its own way again
	UnmergedFrom    EventKind = "unmerged_from"  // Old: the number of the ticket that this one was part of
	SplitOff        EventKind = "split_off"      // New: the number of the ticket that entries went to
	SplitFrom       EventKind = "split_from"     // Old: the number of the ticket that this one's entries come from
	LinkSet         EventKind = "link_set"       // New: "<relation> <number>"
	LinkTaken       EventKind = "link_taken"     // Old: "<relation> <number>"
	CallLogged      EventKind = "call_logged"    // New: "<direction> <seconds> <RFC 3339>"
	Undelivered     EventKind = "undelivered"    // New: the address that a letter did not reach; Old: why
)

// customersSee are the events that the requester's page shows.
var customersSee = []EventKind{Submitted, StatusChanged, Assigned, PriorityChanged, CopiesSet, CopiesTaken, FollowedUp, ServiceRecorded, ServiceReturned, RequesterSet, Rated, FieldSet, Merged}

// Event is one line of a ticket's history. It is written in the transaction
// that made it true and never changed.
type Event struct {
	Seq       int64
	Kind      EventKind
	ActorKind AuthorKind
	ActorID   *int64
	Old, New  string
	Why       Trigger
	At        time.Time
}
