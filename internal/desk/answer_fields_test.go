package desk

import (
	"net/http"
	"testing"

	"github.com/deskbell/deskbell/internal/link"
)

func TestFields(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	n := w.submit(w.ann, "The update stops at 83 %")
	w.get(w.eve, link.AgentTicket(n)).wants(t, http.StatusOK, "Edit the fields", "More fields", `name="field.brand"`, `name="was.brand"`)
	t.Run("an agent sets fields, the history says so in words", func(t *testing.T) {
		w.post(w.eve, link.AgentFields(n), "was.brand", "", "field.brand", "snr", "field.order_year", "2023", "was.order_year", "").wants(t, http.StatusSeeOther)
		w.get(w.eve, link.AgentTicket(n)).wants(t, http.StatusOK, "Marco Bellini set Brand to SNR", "<dd>2023</dd>")
	})
	t.Run("what somebody else changed meanwhile stays", func(t *testing.T) {
		w.post(w.eve, link.AgentFields(n), "was.brand", "", "field.brand", "", "was.order_year", "2023", "field.order_year", "2024").wants(t, http.StatusSeeOther)
		w.get(w.eve, link.AgentTicket(n)).wants(t, http.StatusOK, "<dd>SNR</dd>", "Marco Bellini changed Order year from 2023 to 2024")
	})
	t.Run("what is wrong is said at the field", func(t *testing.T) {
		w.post(w.eve, link.AgentFields(n), "field.order_year", "12").wants(t, http.StatusUnprocessableEntity, "Enter a number of 1990 or more.", `value="12"`)
	})
	t.Run("customers have no such door", func(t *testing.T) {
		w.post(w.ann, link.AgentFields(n), "field.brand", "halden").wants(t, http.StatusNotFound)
	})
}
