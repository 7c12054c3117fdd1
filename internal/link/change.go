package link

// Bulk actions, macros and time spent.
const (
	Bulk       = "/agent/bulk" // GET: the reader's last ones; POST: one begins
	Macros     = "/agent/macros"
	NewMacro   = "/agent/macros/new"
	TimeReport = "/agent/time" // GET: time spent in a period; ?csv=1 as a file
	Tags       = "/admin/tags"
	TrashRules = "/admin/trash" // when the trash is emptied, and whom nothing is taken from
	Block      = "/admin/trash/block"
	Unblock    = "/admin/trash/unblock"
)

// BulkRun is a bulk action: how far it is and what became of each ticket.
func BulkRun(id int64) string { return Bulk + "/" + num(id) }

// BulkCancel is where a bulk action is ended.
func BulkCancel(id int64) string { return BulkRun(id) + "/cancel" }

// BulkUndo is where a bulk action is taken back.
func BulkUndo(id int64) string { return BulkRun(id) + "/undo" }

// Macro is a macro's page.
func Macro(id int64) string { return Macros + "/" + num(id) }

// MacroDelete is where a macro is given up.
func MacroDelete(id int64) string { return Macro(id) + "/delete" }

// AgentMacros are the macros that can be run on a ticket; ?macro= shows what one
// does, and it is posted there.
func AgentMacros(number int64) string { return AgentTicket(number) + "/macros" }

// AgentTime is where time spent on a ticket is written down.
func AgentTime(number int64) string { return AgentTicket(number) + "/time" }

// AgentTimer is where the reader's timer of a ticket is set.
func AgentTimer(number int64) string { return AgentTime(number) + "/timer" }

// AgentTimeEntry is where an entry of the reader's own is changed.
func AgentTimeEntry(number, id int64) string { return AgentTime(number) + "/" + num(id) }

// Tag is where a tag is renamed, merged or deleted.
func Tag(id int64) string { return Tags + "/" + num(id) }
