package app

import (
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/testkit"
)

// BenchmarkSearch measures the agents' search page through the whole router, on
// as many tickets as LOAD_TICKETS says (20,000), all of them indexed.
func BenchmarkSearch(b *testing.B) {
	tickets, _ := strconv.Atoi(os.Getenv("LOAD_TICKETS"))
	desk := newBusy(b, testkit.LoadSpec{Tickets: tickets, Seed: 1})
	for _, sql := range []string{
		`UPDATE messages SET text = text || ' The unit OE4423DS23 of SNR-S2962-24T, call +7 (912) 345-67-89 or noc@ops.example.org about the snorkelwidget.'
		 WHERE id IN (SELECT id FROM messages WHERE author_kind = 'customer' ORDER BY id LIMIT 12 OFFSET 500)`,
		`INSERT INTO ticket_changes (ticket_id) SELECT id FROM tickets`,
		`DROP INDEX ticket_search_words`, // made at the end: many times faster
	} {
		desk.exec(b, sql)
	}
	began := time.Now()
	if err := desk.find.CatchUp(b.Context()); err != nil {
		b.Fatal(err)
	}
	b.Logf("indexed in %s", time.Since(began).Round(time.Second))
	desk.exec(b, `CREATE INDEX ticket_search_words ON ticket_search USING gin (words)`)
	desk.exec(b, `VACUUM ANALYZE`)
	common := desk.Query
	desk.signIn(b, desk.Agent)
	for _, k := range []struct{ name, typed string }{
		{"rare word", "snorkelwidget"},
		{"common word", strings.Fields(common)[0]},
		{"two common words", common},
		{"common and rare word", strings.Fields(common)[0] + " snorkelwidget"},
		{"part of a word", "norkelwidg"},
		{"typo", "snorklewidget"},
		{"serial", "OE4423DS23"},
		{"model", "SNR-S2962-24T"},
		{"phone", "8 912 345 67 89"},
		{"e-mail", "noc@ops.example.org"},
		{"requester", desk.Customer},
		{"filtered", strings.Fields(common)[0] + " status:closed has:attachment"},
		{"nothing", "zzyzzxq"},
	} {
		path := link.Query(link.AgentSearch, "q", k.typed)
		b.Run(strings.ReplaceAll(k.name, " ", "_"), func(b *testing.B) {
			rec := desk.request(b, http.MethodGet, path, desk.Agent, url.Values(nil))
			if rec.Code != http.StatusOK {
				b.Fatalf("%s gives %d", path, rec.Code)
			}
			found := strings.Count(string(plain(b, rec)), "data-found")
			timed(b, func() { desk.request(b, http.MethodGet, path, desk.Agent, url.Values(nil)) })
			b.ReportMetric(float64(found), "results")
		})
	}
}

func (b *busy) exec(tb testing.TB, sql string) {
	tb.Helper()
	if _, err := b.db.Exec(tb.Context(), sql); err != nil {
		tb.Fatal(err)
	}
}
