package desk

import (
	"net/http"
	"testing"

	"github.com/deskbell/deskbell/internal/kb"
	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/testkit"
	"github.com/deskbell/deskbell/internal/ticket"
)

func TestShowQuickAnswers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	n := w.submit(w.ann, "Firmware update fails")
	t.Run("a page of its own without scripts", func(t *testing.T) {
		w.get(w.eve, link.Query(link.QuickAnswers, "q", "tftp timeout")).wants(t, http.StatusOK, "<html", "Quick answers", "Longer TFTP block timeout", link.Article("tftp-timeout"))
	})
	t.Run("the list alone for a script", func(t *testing.T) {
		p := w.part(w.eve, link.Query(link.QuickAnswers, "q", "tftp timeout", "ticket", num(n)))
		p.wants(t, http.StatusOK, `id="answer-list"`, link.AgentTicket(n))
		p.lacks(t, "<html")
	})
	t.Run("one preview alone for a script, filled in", func(t *testing.T) {
		p := w.part(w.eve, link.Query(link.QuickAnswers, "q", "tftp", "ticket", num(n), "answer", "1"))
		p.wants(t, http.StatusOK, `id="answer-preview"`, `<span class="badge tone-accent">Firmware update fails</span>`, "answer=1&amp;tab=write")
		p.lacks(t, `id="answer-list"`)
	})
	t.Run("unknown answers and tickets are not found", func(t *testing.T) {
		w.get(w.eve, link.Query(link.QuickAnswers, "answer", "99")).wants(t, http.StatusNotFound)
		w.get(w.eve, link.Query(link.QuickAnswers, "ticket", "99")).wants(t, http.StatusNotFound)
	})
}

func TestQuickResults(t *testing.T) {
	t.Parallel()
	article := ticket.AnswerRef{Kind: ticket.ArticleAnswer, ID: 1}
	l := quickList{
		Ticket: 152875, From: ticket.ViewMine, Query: "tftp timeout",
		Items: []quickAnswer{
			{Ref: article, Title: "Longer TFTP block timeout", From: "Article · Switches", Used: 41, Rated: true, Percent: 93, Excerpt: kb.Excerpt{Text: "need a longer TFTP block", Marks: [][2]int{{14, 18}}}},
			{Ref: ticket.AnswerRef{Kind: ticket.CannedAnswer, ID: 2}, Title: "Recover <after> a failed update", From: "Canned reply", Used: 1, Excerpt: kb.Excerpt{Text: "Hold the button."}},
		},
		Chosen:  quickAnswer{Ref: article, Title: "Longer TFTP block timeout", Href: link.Article("tftp-timeout")},
		Preview: "<p>Hello</p>",
	}
	testkit.Golden(t, "quick_results", quickResults(l))
	testkit.Golden(t, "quick_results_ru", russian(quickResults(l)))
	testkit.Golden(t, "quick_preview", quickPreview(l))
	testkit.Golden(t, "quick_nothing", quickResults(quickList{Query: "zzz"}))
}
