package e2e

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/testkit"
)

// TestAgentSearch: an agent finds what customers and colleagues wrote, while
// typing and by the keyboard alone, down to the very message; then the same
// without scripts.
func TestAgentSearch(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.as(t, customer).submit(w.topic(t, "billing"), "Core switch is unreachable", "Since the storm the bootloader of OE4423DS23 waits for a key.")
	first := w.newest(t)
	w.as(t, customer).submit(w.topic(t, "billing"), "Счёт за октябрь", "Коммутаторы из счёта не приехали, звоните 8 912 345-67-89.")
	second := w.newest(t)

	b := w.browser(t, agent, testkit.Look{Width: 1440, Height: 900, NoScript: true})
	paper := filepath.Join(t.TempDir(), "warranty.pdf")
	write(t, paper, "%PDF-1.7\n1 0 obj\n<< /Type /Page /Contents 2 0 R /Resources << /Font << /F 3 0 R >> >> >>\nendobj\n2 0 obj\n<< >>\nstream\n"+
		"BT /F 12 Tf 72 700 Td (Certificate of the snorkelwidget) Tj ET\nendstream\nendobj\n3 0 obj\n<< /Type /Font /Subtype /Type1 >>\nendobj\n")
	b.Open(link.Query(link.AgentTicket(first), "tab", "write"))
	b.Fill("[name=message]", "The paper is attached.")
	b.Attach("#main input[type=file]", paper)
	b.Follow("main .composer button|Send")
	w.indexed(t, 1)

	b.Open(link.Query(link.AgentSearch, "q", "snorkelwidget"))
	b.See("Ivan Petrov, file warranty.pdf", "Certificate of the snorkelwidget")
	b.Axe()
	b.Follow("a[data-found]")
	if seq := one[int64](t, w.db, "SELECT max(seq) FROM messages"); !strings.HasSuffix(b.Path(), fmt.Sprintf("/agent/tickets/%d#m%d", first, seq)) && !strings.HasSuffix(b.Path(), fmt.Sprintf("/agent/tickets/%d", first)) {
		t.Errorf("the hit leads to %s", b.Path())
	}
	b.Open(link.AgentSearch)
	b.See("What you can type", "status:open")
	b.Fill("#find-q", fmt.Sprint("#", second))
	b.Follow("main button|Find")
	if b.Path() != link.AgentTicket(second) {
		t.Errorf("a number leads to %s", b.Path())
	}

	b = w.browser(t, agent, testkit.Look{Width: 390, Height: 844})
	b.Open(link.Inbox)
	b.Open(link.AgentSearch)
	b.TabTo("#find-q")
	b.Type("bootlaoder") //nolint:misspell // with a slip
	b.Await("a[data-found] mark|bootloader")
	b.See("Core switch is unreachable")
	b.Axe()
	b.Fits()
	b.Key("ArrowDown")
	if f := b.Focused(); !strings.HasPrefix(f, "a ") {
		t.Fatalf("the arrow leads to %s", f)
	}
	b.KeyFollow("Enter")
	b.Await(".msg|bootloader")

	b.Open(link.AgentSearch)
	b.TabTo("#find-q")
	b.Type("коммутатор sta")
	b.Await("a.chip|status:")
	b.Type("tus:n")
	b.Await("a.chip|status:new")
	b.TabTo("a.chip[data-typed='коммутатор status:new ']")
	b.Key("Enter")
	b.Await("a.chip--set|status:new")
	b.Await("a[data-found] mark|Коммутаторы")
	b.TabTo("a.chip--set")
	b.Key("Enter")
	b.AwaitGone("a.chip--set")
	b.AwaitValue("#find-q", "коммутатор")
	b.Quiet()
}

// indexed waits until search knows all tickets and so many files.
func (w world) indexed(t *testing.T, files int) {
	t.Helper()
	const sql = `SELECT count(*) = 0 AND (SELECT count(*) >= $1 FROM attachment_texts) FROM ticket_changes`
	for deadline := time.After(time.Minute); !one[bool](t, w.db, sql, files); {
		select {
		case <-deadline:
			t.Fatal("search does not know everything")
		case <-time.After(20 * time.Millisecond):
		}
	}
}
