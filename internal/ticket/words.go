package ticket

import (
	"context"
	"strconv"

	"github.com/jackc/pgx/v5"
)

// Bounds of a ticket's words: of one text, in characters, and of all together,
// in different words. What is beyond them is not found by search.
const (
	wordsOfText = 50000
	wordsInAll  = "20000"
)

// The index's view of a text: its words without case and places, cut at
// whatever is neither letter nor digit, as wordsOf cuts what was typed.
const (
	wordsFrom = `strip(to_tsvector('simple', regexp_replace(lower(`
	wordsTo   = `), '[^[:alnum:]]+', ' ', 'g')))`
)

// owners are whose lists ticket t is on; see migration 11.
const owners = `array_remove(ARRAY['p' || t.requester_id, 'c' || t.company_id, 's' || t.site_id], NULL)`

const addWordsSQL = `
INSERT INTO ticket_words AS w (ticket_id, owners, words)
SELECT t.id, ` + owners + `, ` + wordsFrom + `t.subject || ' ' || @text` + wordsTo + ` FROM tickets t WHERE t.id = @ticket_id
ON CONFLICT (ticket_id) DO UPDATE SET words = w.words || ` + wordsFrom + `@text` + wordsTo + ` WHERE length(w.words) < ` + wordsInAll

// addWords lets a ticket be found by a public message's words too, in the
// transaction that writes the message.
func addWords(ctx context.Context, tx pgx.Tx, ticketID int64, text string) error {
	if r := []rune(text); len(r) > wordsOfText {
		text = string(r[:wordsOfText])
	}
	_, err := tx.Exec(ctx, addWordsSQL, pgx.NamedArgs{"ticket_id": ticketID, "text": text})
	return err
}

const ownWordsSQL = `
UPDATE ticket_words w SET owners = ` + owners + ` FROM tickets t WHERE t.id = w.ticket_id AND w.ticket_id = ANY (@tickets)`

const leaveSiteSQL = `
UPDATE ticket_words w SET owners = ` + owners + ` FROM tickets t WHERE t.id = w.ticket_id AND w.owners @> ARRAY['s' || @site::bigint]`

// foundAmong is the condition that ticket t has what searchFor put into args.
// The index is asked for the reader's own tickets with those words; whether they
// may see one is asked of visibleTo again.
const foundAmong = `t.id IN (
        SELECT w.ticket_id FROM ticket_words w WHERE w.owners && @sight_owners::text[] AND w.words @@ to_tsquery('simple', @words)
        UNION SELECT s.ticket_id FROM participants s JOIN ticket_words w ON w.ticket_id = s.ticket_id
            WHERE s.person_id = @sight_me AND w.words @@ to_tsquery('simple', @words)
        UNION SELECT b.id FROM tickets b WHERE b.number = @number
        UNION SELECT b.id FROM tickets b WHERE b.fields ? 'serial_numbers'
            AND b.fields -> 'serial_numbers' ?| @serials::text[] AND b.topic_id = ANY (@serial_topics::bigint[]))`

// found is the first n tickets, in the given order, of those foundAmong that the
// actor sees and that meet where: a subquery with their ids.
func found(whose Whose, where, orderBy string, n int) string {
	return `(SELECT t.id FROM tickets t WHERE ` + foundAmong + ` AND ` + sightOf(whose) + ` AND ` + where + orderBy + ` LIMIT ` + strconv.Itoa(n) + `)`
}

func sightOf(whose Whose) string {
	if whose == WhoseOwn {
		return ownTo
	}
	return visibleTo
}

// foundCounts are three counts of what was found, from one look into the index:
// of the open and the resolved among whose tickets, and of others' under tab.
func foundCounts(whose, other Whose, tab, where string) string {
	count := func(tab string, of Whose) string {
		if of == WhoseOwn {
			tab += " AND t.own"
		}
		return "least(count(*) FILTER (WHERE " + tab + "), " + strconv.Itoa(countCap) + ")"
	}
	return `SELECT ` + count(tabConditions[TabOpen], whose) + `, ` + count(tabConditions[TabResolved], whose) + `, ` + count(tab, other) + `
FROM (SELECT t.status, ` + ownTo + ` AS own FROM tickets t WHERE ` + foundAmong + ` AND ` + visibleTo + ` AND ` + where + `) t`
}

const wordsAgainSQL = `
INSERT INTO ticket_words AS w (ticket_id, owners, words)
SELECT t.id, ` + owners + `, ` + wordsFrom + `left(t.subject || ' ' || coalesce(m.text, ''), 200000)` + wordsTo + `
FROM tickets t LEFT JOIN LATERAL (
    SELECT string_agg(left(m.text, 50000), ' ' ORDER BY m.seq) AS text FROM messages m WHERE m.ticket_id = t.id) m ON true
WHERE t.id = ANY (@tickets::bigint[])
ON CONFLICT (ticket_id) DO UPDATE SET owners = excluded.owners, words = excluded.words`

// wordsAgain lets tickets be found by the words of the messages that they have
// now.
func wordsAgain(ctx context.Context, tx pgx.Tx, tickets ...int64) error {
	_, err := tx.Exec(ctx, wordsAgainSQL, pgx.NamedArgs{"tickets": tickets})
	return err
}
