package ticket

// TagTerm is the filter of a tag's tickets.
func TagTerm(name string) string { return Term{Key: "tag", Values: []string{name}}.String() }

// tagOf reads a tag however it is written.
func tagOf(value string) (any, bool) {
	key := tagKey(value)
	return key, key != ""
}

const tagged = "t.id IN (SELECT ft.ticket_id FROM ticket_tags ft JOIN tags fg ON fg.id = ft.tag_id WHERE fg.key = ANY ("

// isTagged is the condition that a ticket has one of the tags, or no tag at all.
func isTagged(b *binding, values []any) string {
	condition := "EXISTS (SELECT FROM ticket_tags ft JOIN tags fg ON fg.id = ft.tag_id WHERE ft.ticket_id = t.id AND fg.key = ANY (" + b.texts(values) + "))"
	for _, v := range values {
		if v == none {
			condition = "(" + condition + " OR NOT EXISTS (SELECT FROM ticket_tags ft WHERE ft.ticket_id = t.id))"
		}
	}
	return condition
}

// isTaggedFew finds the tickets of tags by the tags: even one that is on many is
// sorted faster than a rare one is found among all tickets.
func isTaggedFew(b *binding, values []any) string {
	for _, v := range values {
		if v == none {
			return ""
		}
	}
	return tagged + b.texts(values) + "))"
}
