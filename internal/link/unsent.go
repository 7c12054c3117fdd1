package link

import "net/url"

// The pages round the form for a new ticket.
const (
	TicketHelp      = "/tickets/new/help"    // GET: articles and tickets like the one that is being written
	NewTicketDraft  = "/tickets/new/draft"   // POST: keep what is typed and not sent
	DropDraft       = "/tickets/new/discard" // POST: forget it
	TicketSolved    = "/tickets/new/solved"  // POST: an article was the answer
	AttachmentRules = "/admin/attachments"
	Signatures      = "/admin/signatures"
	GuestSent       = "/tickets/sent" // where a visitor's ticket ends until it is confirmed
)

// CreatedTicket is the page that says what happens next with a new ticket.
func CreatedTicket(number int64) string { return Query(Ticket(number), "new", "1") }

// ConfirmTicket is where the link in a visitor's letter leads, and where
// confirming is posted.
func ConfirmTicket(token string) string { return "/tickets/confirm/" + url.PathEscape(token) }

// SuggestedArticle is an article beside the form for a new ticket.
func SuggestedArticle(slug, key string) string {
	return Query(KBSuggest+"/"+url.PathEscape(slug), "key", key)
}
