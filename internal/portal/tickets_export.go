package portal

import (
	"context"
	"encoding/csv"
	"net/http"
	"strings"
	"time"
	"unicode"

	"github.com/deskbell/deskbell/internal/httpx"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/ticket"
	"github.com/deskbell/deskbell/web/ui"
)

// A person may have so many files in so long.
const (
	mostExports   = 10
	exportsWindow = 10 * time.Minute
)

// showTicketsCSV is GET /tickets/export.csv: the tickets of the current filter,
// all pages of them up to ticket.MostExported, as a file for a spreadsheet
// (P6). It is written as it is read. The mark at its beginning (U+FEFF) tells
// spreadsheets that it is UTF-8.
func (h *Handler) showTicketsCSV(w http.ResponseWriter, r *http.Request) error {
	ctx, by := r.Context(), httpx.Actor(r)
	if err := h.throttle(ctx, "export:"+num(by.PersonID), mostExports, exportsWindow); err != nil {
		return err
	}
	s, err := h.listSettings(ctx, by)
	if err != nil {
		return err
	}
	q := readTickets(ctx, httpx.ReadQuery(r), by, s, h.company(r))
	var out *csv.Writer
	begin := func() error {
		w.Header().Set("Content-Type", "text/csv; charset=utf-8")
		w.Header().Set("Content-Disposition", `attachment; filename="tickets-`+h.now().In(zoneOf(ctx)).Format(time.DateOnly)+`.csv"`)
		w.Header().Set("Cache-Control", "no-store")
		if _, err := w.Write([]byte("\ufeff")); err != nil {
			return err
		}
		out = csv.NewWriter(w)
		out.UseCRLF = true
		return out.Write(csvHead(ctx))
	}
	err = h.tickets.ExportMine(ctx, by, q.MineFilter, func(rows []ticket.MineRow) error {
		if out == nil {
			if err := begin(); err != nil {
				return err
			}
		}
		for _, row := range rows {
			if err := out.Write(csvRow(ctx, row)); err != nil {
				return err
			}
		}
		out.Flush()
		return out.Error()
	})
	if err != nil && out != nil {
		panic(http.ErrAbortHandler) //nolint:forbidigo // net/http's own way to drop a connection: half a file must not look like a whole one
	}
	return err
}

func zoneOf(ctx context.Context) *time.Location {
	if z := i18n.ReaderOf(ctx).Zone; z != nil {
		return z
	}
	return time.UTC
}

func csvHead(ctx context.Context) []string {
	head := []string{
		i18n.T(ctx, "portal.tickets.column.number"), i18n.T(ctx, "portal.tickets.column.subject"), i18n.T(ctx, "portal.tickets.column.status"),
		i18n.T(ctx, "portal.tickets.column.priority"), i18n.T(ctx, "portal.tickets.column.topic"), i18n.T(ctx, "portal.tickets.column.from"),
		i18n.T(ctx, "portal.tickets.column.company"), i18n.T(ctx, "portal.tickets.column.site"), i18n.T(ctx, "portal.tickets.column.replier"),
		i18n.T(ctx, "portal.tickets.column.activity"), i18n.T(ctx, "portal.tickets.column.created"),
	}
	for i, s := range head {
		head[i] = cell(s)
	}
	return head
}

func csvRow(ctx context.Context, row ticket.MineRow) []string {
	replier := row.LastReplierName
	if row.LastReplier == ticket.ByRobot || replier == "" {
		replier = i18n.T(ctx, "ticket.robot.name")
	}
	at := func(t time.Time) string { return t.In(zoneOf(ctx)).Format("2006-01-02 15:04") }
	cells := []string{
		num(row.Number), row.Subject, rowStatus(row).Text(ctx), ui.PriorityText(ctx, int(row.Priority)), row.TopicName, row.RequesterName,
		row.CompanyName, row.SiteName, replier, at(row.LastActivityAt), at(row.CreatedAt),
	}
	for i, s := range cells {
		cells[i] = cell(s)
	}
	return cells
}

// cell is a value that no spreadsheet takes for a formula (OWASP, "CSV
// injection"): one that begins like a formula gets an apostrophe before it.
// Spreadsheets drop white space and what cannot be seen before they look, so we
// look behind it. Those of many countries split lines at semicolons, whatever
// the file says: what follows one is looked at too.
func cell(s string) string {
	if formula(s) {
		s = "'" + s
	}
	parts := strings.Split(s, ";")
	for i, p := range parts[1:] {
		if formula(p) {
			parts[i+1] = "'" + p
		}
	}
	return strings.Join(parts, ";")
}

func formula(s string) bool {
	t := strings.TrimLeftFunc(s, func(r rune) bool {
		return r != '\t' && r != '\r' && (unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) || r == '"')
	})
	return t != "" && strings.ContainsRune("=+-@\t\r＝＋－＠", []rune(t)[0])
}
