package ticket_test

import (
	"slices"
	"testing"

	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/ticket"
)

// withOwnFields has fields of every kind beside the standard ones, one of them
// under a name that filters mean something else by.
func withOwnFields(t *testing.T) *world {
	t.Helper()
	w := withFields(t)
	_, err := w.db.Exec(t.Context(), `INSERT INTO field_definitions (key, kind, label, hint, options) VALUES
		('mounting', 'multi_select', '{"en": "Mounting"}', '{}', '[{"value": "rack", "label": {"en": "In a rack"}}, {"value": "wall", "label": {"en": "On a wall"}}]'),
		('bought', 'date', '{"en": "Bought on"}', '{}', '[]'), ('outdoor', 'checkbox', '{"en": "Outdoors"}', '{}', '[]'),
		('story', 'long_text', '{"en": "What happened"}', '{}', '[]'), ('status', 'text', '{"en": "State of the lamp"}', '{}', '[]'),
		('port2', 'text', '{"en": "Second port"}', '{}', '[]')`)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func TestFilterFields(t *testing.T) {
	t.Parallel()
	w := withOwnFields(t)
	n := make([]int64, 4)
	for i, fields := range []map[string]string{
		{"impact": "site", "order_number": "PO-4711", "serial_numbers": "OE4423DS23; oe9", "order_year": "2025", "mounting": "rack;wall", "bought": "2025-11-02", "status": "Blinks Red"},
		{"impact": "one", "order_number": "po-4799", "order_year": "2024", "mounting": "wall", "outdoor": "1", "story": "Lightning struck the mast.", "port2": "up"},
		{"impact": "one", "order_year": "1999.5", "bought": "2024-05-01", "brand": "snr"},
		{},
	} {
		n[i] = w.submit(t, w.ann)
		if err := w.svc.SetFields(t.Context(), w.eve, n[i], fields); err != nil {
			t.Fatal(err)
		}
	}
	for text, want := range map[string][]int64{
		"impact:one":                     {n[1], n[2]},
		"impact:one,site":                {n[0], n[1], n[2]},
		`impact:"a whole site"`:          {n[0]}, // as the choice is called
		"impact:none":                    {n[3]},
		"-impact:one":                    {n[0], n[3]},
		"order_number:po-4711":           {n[0]},
		"order_number:PO-4711,PO-4799":   {n[0], n[1]},
		"order_number:po-47*":            {n[0], n[1]},
		"order_number:47":                {},
		"-order_number:po-4711":          {n[1], n[2], n[3]},
		"serial_numbers:OE9":             {n[0]},
		"serial_numbers:oe44*":           {n[0]},
		"order_year:2024..2025":          {n[0], n[1]},
		"order_year:<2024":               {n[2]},
		"order_year:>=2025":              {n[0]},
		"order_year:1999.5":              {n[2]},
		"mounting:wall":                  {n[0], n[1]},
		"mounting:rack":                  {n[0]},
		"mounting:none":                  {n[2], n[3]},
		"outdoor:yes":                    {n[1]},
		"outdoor:no":                     {n[0], n[2], n[3]},
		"bought:2025":                    {n[0]},
		"bought:<2025-01-01":             {n[2]},
		"bought:none":                    {n[1], n[3]},
		"story:struck":                   {n[1]},
		`field_status:"blinks red"`:      {n[0]},
		"port2:UP":                       {n[1]},
		"status:new order_number:po-47*": {n[0], n[1]},
		"order_number:po-4711 order_number:po-4799 impact:one is:unsolved": {n[1]},
		"order_number:po-4711 requester:ann":                               {n[0]},
		"assignee:none impact:one":                                         {n[1], n[2]},
	} {
		slices.Sort(want)
		if got := w.found(t, w.eve, text); !slices.Equal(got, want) {
			t.Errorf("%s finds %v, want %v", text, got, want)
		}
		f, err := w.svc.ReadFilter(t.Context(), text)
		if err != nil {
			t.Fatal(err)
		}
		if count, err := w.svc.CountFilter(t.Context(), w.eve, f); err != nil || int(count) != len(want) {
			t.Errorf("%s counts %s, want %d (%v)", text, count, len(want), err)
		}
	}
	for typed, want := range map[string]string{
		"impact:all": "ticket.filter.value_unknown", "order_year:soon": "ticket.filter.value_odd", "outdoor:perhaps": "ticket.filter.value_unknown",
		"bought:32": "ticket.filter.value_unknown", "order_number:*": "ticket.filter.value_odd", "colour:red": "ticket.filter.key_unknown",
	} {
		if _, err := w.svc.ReadFilter(t.Context(), typed); fault.Of(err).Fields["q"].Key != want {
			t.Errorf("%s: %v, want %s", typed, err, want)
		}
	}
	if f, err := w.svc.ReadFilter(t.Context(), "ge0:down"); err != nil || f.Words != "ge0:down" {
		t.Errorf("a port is read as %+v (%v)", f, err)
	}
	for _, nasty := range []string{`order_number:it's\`, `order_number:\*`, `order_number:%`, `order_number:"{}"`, "order_year:nan", "order_year:1e999", `serial_numbers:<b>&amp;`} {
		f, err := w.svc.ReadFilter(t.Context(), nasty)
		if err != nil && !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", nasty, err)
		}
		if err == nil && len(w.found(t, w.eve, nasty)) > 0 {
			t.Errorf("%s finds something: %v", nasty, f)
		}
	}
}

// TestSavedViewOfFields is that a view of a field counts and lists its tickets, and
// shows nothing once nobody knows the field any more.
func TestSavedViewOfFields(t *testing.T) {
	t.Parallel()
	w := withOwnFields(t)
	number := w.submit(t, w.ann)
	if err := w.svc.SetFields(t.Context(), w.eve, number, map[string]string{"impact": "site"}); err != nil {
		t.Fatal(err)
	}
	w.submit(t, w.ann)
	f := w.svc.ViewFilter(t.Context(), ticket.SideView{Query: "impact:site"})
	if page, err := w.svc.Inbox(t.Context(), w.eve, ticket.InboxFilter{Filter: f}); err != nil || len(page.Rows) != 1 || page.Rows[0].Number != number {
		t.Errorf("the view has %d rows (%v)", len(page.Rows), err)
	}
	plain := ticket.NewService(w.db, nil, ticket.Hooks{}, w.now)
	if page, err := plain.Inbox(t.Context(), w.eve, ticket.InboxFilter{Filter: plain.ViewFilter(t.Context(), ticket.SideView{Query: "impact:site"})}); err != nil || len(page.Rows) != 0 {
		t.Errorf("a view that nobody understands has %d rows (%v)", len(page.Rows), err)
	}
}
