package app

import (
	"strconv"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
)

// forgotten are the columns that name a person who is forgotten, each with a row
// for person $1: none of them names them afterwards.
var forgotten = map[string]string{
	"absences.deputy_id": `INSERT INTO absences (person_id, from_at, until_at, deputy_id, created_at)
		SELECT min(id), now(), now() + interval '1 day', $1, now() FROM people WHERE id <> $1`,
	"absences.person_id":           `INSERT INTO absences (person_id, from_at, until_at, created_at) VALUES ($1, now(), now() + interval '1 day', now())`,
	"account_tokens.person_id":     `INSERT INTO account_tokens (person_id, created_at, expires_at, purpose, token) VALUES ($1, now(), now(), 'reset', 'tok')`,
	"auth_codes.person_id":         `INSERT INTO auth_codes (person_id, made_at) VALUES ($1, now())`,
	"canned_folders.owner_id":      `INSERT INTO canned_folders (name, owner_id) VALUES ('Own', $1)`,
	"companies.responsible_id":     `UPDATE companies SET responsible_id = $1`,
	"company_people.person_id":     ``, // newDoorWorld links them
	"credentials.person_id":        ``,
	"department_members.person_id": `INSERT INTO department_members (department_id, person_id) SELECT min(id), $1 FROM departments`,
	"devices.person_id":            ``,
	"draft_versions.person_id":     `INSERT INTO draft_versions (person_id, ticket_id, written_at, kept_at, kind, body, body_kind) SELECT $1, min(id), now(), now(), 'reply', 'Half', 'text' FROM tickets`,
	"drafts.person_id":             `INSERT INTO drafts (person_id, ticket_id, updated_at, kind, body, body_kind) SELECT $1, min(id), now(), 'reply', 'Half', 'text' FROM tickets`,
	"held_replies.author_id": `INSERT INTO held_replies (created_at, author_id, due_at, reply, ticket_id, body, why, body_kind, send_key)
		SELECT now(), $1, now() + interval '1 day', '{}', min(id), 'Half', 'later', 'text', 'forget' FROM tickets`,
	"identities.person_id":           ``,
	"list_choices.person_id":         `INSERT INTO list_choices (person_id) VALUES ($1)`,
	"notice_choices.person_id":       `INSERT INTO notice_choices (person_id, wanted, event, scope, channel) VALUES ($1, true, 'note', 'mine', 'app')`,
	"notice_hours.person_id":         `INSERT INTO notice_hours (person_id) VALUES ($1)`,
	"notices.person_id":              `INSERT INTO notices (person_id, causes, in_app, at, event, reason) VALUES ($1, '{}', true, now(), 'note', 'mine')`,
	"notification_choices.person_id": `INSERT INTO notification_choices (person_id, wanted, kind) VALUES ($1, true, 'robot')`,
	"participants.person_id": `INSERT INTO participants (ticket_id, added_at, address, why, person_id)
		SELECT min(id), now(), 'victim@door.test', 'cc', $1 FROM tickets`,
	"presence.person_id":           `INSERT INTO presence (ticket_id, person_id, seen_at, page, doing) SELECT min(id), $1, now(), 'p', 'viewing' FROM tickets`,
	"push_subscriptions.person_id": `INSERT INTO push_subscriptions (person_id, made_at, endpoint, p256dh, auth) VALUES ($1, now(), 'https://push.test/1', 'p', 'a')`,
	"saved_filters.person_id":      `INSERT INTO saved_filters (person_id, saved_at, name, query) VALUES ($1, now(), 'F', 'q=f')`,
	"sessions.person_id":           ``,
	"spare_drafts.person_id": `INSERT INTO spare_drafts (ticket_id, person_id, updated_at, body_kind, writer, kind, body)
		SELECT min(id), $1, now(), 'text', 'w', 'reply', 'Half' FROM tickets`,
	"ticket_reads.person_id": `INSERT INTO ticket_reads (person_id, ticket_id, seq) SELECT $1, min(id), 1 FROM tickets`,
	"timers.person_id":       `INSERT INTO timers (person_id, ticket_id) SELECT $1, min(id) FROM tickets`,
	"unsent_tickets.person_id": `INSERT INTO unsent_tickets (person_id, updated_at, subject, message, message_kind, form_key)
		VALUES ($1, now(), 'S', 'M', 'text', 'forget')`,
	"view_places.person_id": `WITH v AS (
			INSERT INTO views (owner_id, created_at, name, query, scope) SELECT min(id), now(), 'Ours', 'is:unread', 'everybody' FROM people WHERE id <> $1 RETURNING id)
		INSERT INTO view_places (person_id, view_id, position) SELECT $1, id, 1 FROM v`,
	"watchers.person_id": `INSERT INTO watchers (ticket_id, person_id, at, why) SELECT min(id), $1, now(), 'chose' FROM tickets`,
}

// own are the tables of what people make for themselves or for others: the
// former goes, with the condition of it, the latter stays.
var own = map[string]struct{ ofTheirs, seed string }{
	"canned_replies.owner_id": {`scope = 'me'`, `WITH f AS (SELECT id FROM canned_folders WHERE owner_id = $1),
		r AS (INSERT INTO canned_replies (owner_id, folder_id, updated_at, name, scope) SELECT $1, f.id, now(), 'Mine', 'me' FROM f RETURNING id)
		INSERT INTO canned_texts (reply_id, lang, source, source_kind) SELECT id, 'en', 'Words', 'text' FROM r`},
	"macros.owner_id": {`scope = 'mine'`, `INSERT INTO macros (owner_id, changes, updated_at, name, scope) VALUES ($1, '{}', now(), 'Mine', 'mine')`},
	"views.owner_id": {`scope = 'mine'`, `WITH v AS (
			INSERT INTO views (owner_id, created_at, name, query) VALUES ($1, now(), 'Mine', 'is:unread') RETURNING id)
		INSERT INTO view_places (person_id, view_id, position) SELECT min(p.id), v.id, 1 FROM people p, v WHERE p.id <> $1 GROUP BY v.id`},
}

// kept are the columns that go on naming a person who was forgotten, whose row
// says "Former customer" by then, each with the reason.
var kept = map[string]string{
	"absences.created_by":             "whose absence it is stays known by another name; who wrote it down is part of that",
	"attachments.owner_id":            "a file that was sent is part of a conversation; one that was not is swept",
	"audit.actor_id":                  "the change log keeps who did what, for administrators",
	"blocked_senders.blocked_by":      "a decision of the desk",
	"bulk_runs.person_id":             "what a run did stands in tickets; runs are swept",
	"calls.agent_id":                  "part of a ticket's history",
	"calls.contact_id":                "part of a ticket's history; the number that was called goes",
	"company_people.linked_by":        "a decision of the desk",
	"consents.person_id":              "the proof that somebody agreed; where from goes",
	"deliveries.person_id":            "that a letter was sent; to whom and what it said go",
	"erasures.ended_by":               "the proof that it was done",
	"erasures.person_id":              "the proof that it was done",
	"events.actor_id":                 "part of a ticket's history",
	"exports.person_id":               "a copy ends at once and is swept",
	"kb_suggestions.person_id":        "part of the knowledge base",
	"messages.author_id":              "part of a conversation",
	"note_mentions.person_id":         "part of a conversation",
	"notes.author_id":                 "part of a conversation",
	"notes.pinned_by":                 "part of a conversation",
	"notices.actor_id":                "what others were told of a ticket's history; the words go, and notices are swept",
	"participants.added_by":           "part of a ticket's history",
	"person_roles.person_id":          "who has a role cannot be forgotten",
	"ratings.agent_id":                "part of a ticket's history",
	"ratings.person_id":               "part of a ticket's history",
	"redactions.by_id":                "the proof that a secret was taken out",
	"service_orders.from_assignee_id": "part of a ticket's history",
	"service_orders.opened_by":        "part of a ticket's history",
	"service_orders.returned_by":      "part of a ticket's history",
	"service_stages.author_id":        "part of a ticket's history",
	"tags.created_by":                 "a decision of the desk",
	"ticket_links.added_by":           "part of a ticket's history",
	"ticket_merges.merged_by":         "part of a ticket's history",
	"ticket_merges.undone_by":         "part of a ticket's history",
	"ticket_updates.sent_by":          "part of a ticket's history",
	"tickets.assignee_id":             "who worked a ticket",
	"tickets.last_replier_id":         "part of a conversation",
	"tickets.requester_id":            "a ticket keeps its requester",
	"tickets.trashed_by":              "part of a ticket's history",
	"time_entries.person_id":          "the hours that the desk worked, with what was noted of them",
}

const namesPeopleSQL = `
SELECT c.conrelid::regclass || '.' || a.attname
FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey)
WHERE c.contype = 'f' AND c.confrelid = 'people'::regclass AND c.connamespace = 'public'::regnamespace
ORDER BY 1`

// TestForgettingReachesEveryTable erases somebody of whom each table knows: a
// column that names people is either empty of them then or stays with a reason.
func TestForgettingReachesEveryTable(t *testing.T) {
	t.Parallel()
	w := newDoorWorld(t)
	person := w.reader("stranger").id
	rows, err := w.Pool.Query(t.Context(), namesPeopleSQL)
	if err != nil {
		t.Fatal(err)
	}
	columns, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	where := map[string]string{}
	for _, column := range columns {
		table, name, _ := strings.Cut(column, ".")
		where[column] = `FROM ` + table + ` WHERE ` + name + ` = $1`
		seed, gone := forgotten[column]
		theirs, made := own[column]
		if reason := kept[column]; (reason != "") == (gone || made) {
			t.Errorf("%s names people: say either how they are forgotten there or why they stay", column)
		}
		if made {
			seed = theirs.seed
			where[column] += ` AND ` + theirs.ofTheirs
		}
		if seed != "" {
			w.exec(t, seed, person)
		}
		if (gone || made) && w.row(t, `SELECT count(*)::text `+where[column], person) == "0" {
			t.Errorf("nothing of %s is there to be forgotten", column)
		}
	}
	w.exec(t, `INSERT INTO canned_replies (owner_id, updated_at, name, scope) VALUES ($1, now(), 'Ours', 'all')`, person)
	w.exec(t, `INSERT INTO erasures (person_id, requested_at, due_at) VALUES ($1, now(), now())`, person)
	erasure, err := strconv.ParseInt(w.row(t, `SELECT id::text FROM erasures WHERE person_id = $1`, person), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Privacy.Erase(t.Context(), w.actor(t, "admin"), erasure); err != nil {
		t.Fatal(err)
	}
	for _, column := range columns {
		if n := w.row(t, `SELECT count(*)::text `+where[column], person); kept[column] == "" && n != "0" {
			t.Errorf("%s rows of %s still know them", n, column)
		}
	}
	if n := w.row(t, `SELECT count(*)::text FROM canned_replies WHERE owner_id = $1`, person); n != "1" {
		t.Errorf("%s canned replies for everybody stay, want the one", n)
	}
	if said := len(kept) + len(forgotten) + len(own); said != len(columns) {
		t.Errorf("%d columns are spoken of, %d name people", said, len(columns))
	}
}

// TestACopyHoldsWhatStandsBesideTickets has a row of everything that is kept of
// people beside their tickets in the copy of their data, and nobody else's.
func TestACopyHoldsWhatStandsBesideTickets(t *testing.T) {
	t.Parallel()
	w := newDoorWorld(t)
	agent, admin := w.reader("agent").id, w.reader("admin").id
	w.exec(t, `INSERT INTO calls (ticket_id, contact_id, agent_id, direction, number, started_at, seconds)
		SELECT min(id), $1, $2, 'in', '+49 30 1', now(), 60 FROM tickets`, w.reader("requester").id, agent)
	for _, id := range []int64{agent, admin} {
		name := "Of " + str(id)
		w.exec(t, `INSERT INTO time_entries (ticket_id, person_id, minutes, spent_on, kind, comment, created_at) SELECT min(id), $1, 5, '2026-10-15', 'work', $2, now() FROM tickets`, id, name)
		w.exec(t, `INSERT INTO views (owner_id, created_at, name, query, scope) VALUES ($1, now(), $2, 'is:unread', 'everybody')`, id, name)
		w.exec(t, `INSERT INTO macros (owner_id, changes, updated_at, name, scope, note) VALUES ($1, '{}', now(), $2, 'everybody', 'Looked')`, id, name)
		w.exec(t, `WITH r AS (INSERT INTO canned_replies (owner_id, updated_at, name, scope) VALUES ($1, now(), $2, 'all') RETURNING id)
			INSERT INTO canned_texts (reply_id, lang, source, source_kind) SELECT id, 'en', 'Words', 'text' FROM r`, id, name)
		for range 40 { // more than a page of the centre
			w.exec(t, `INSERT INTO notices (person_id, causes, in_app, at, event, reason, ticket_id) SELECT $1, '{1}', true, now(), 'note', 'mine', min(id) FROM tickets`, id)
		}
	}
	if err := w.Canned.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	o, err := w.own(t.Context(), w.actor(t, "agent"))
	if err != nil {
		t.Fatal(err)
	}
	if len(o.TimeEntries) != 1 || o.TimeEntries[0].Day != "2026-10-15" || len(o.Views) != 1 || len(o.Canned) != 1 || o.Canned[0].Texts[0] != "Words" ||
		len(o.Macros) != 1 || o.Macros[0].Texts[0] != "Looked" || len(o.Notices) < 40 || len(o.Calls) != 0 {
		t.Errorf("the copy of an agent has %+v", o)
	}
	if o, err = w.own(t.Context(), w.actor(t, "requester")); err != nil || len(o.Calls) != 1 || o.Calls[0].Ticket != w.number || o.Notices == nil {
		t.Errorf("the copy of a customer has %+v, %v", o, err)
	}
}
