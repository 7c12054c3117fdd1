package link

// AgentMerge is where a ticket is made part of another.
func AgentMerge(number int64) string { return AgentTicket(number) + "/merge" }

// AgentUnmerge is where the merge of a ticket is undone.
func AgentUnmerge(number int64) string { return AgentTicket(number) + "/unmerge" }

// AgentLinks is where a ticket is linked to others.
func AgentLinks(number int64) string { return AgentTicket(number) + "/links" }

// AgentLinksRemove is where a link is taken away.
func AgentLinksRemove(number int64) string { return AgentLinks(number) + "/remove" }

// AgentSplit is where messages of a ticket become a new one.
func AgentSplit(number int64) string { return AgentTicket(number) + "/split" }

// AgentChildren are the children of a ticket, and where an update for them is
// posted.
func AgentChildren(number int64) string { return AgentTicket(number) + "/children" }

// AgentDraftTake is where an agent takes over a draft that came with a merge.
func AgentDraftTake(number int64) string { return AgentDraft(number) + "/take" }

// TicketDraftTake is where a customer does.
func TicketDraftTake(number int64) string { return TicketDraft(number) + "/take" }
