package desk

import (
	"context"
	"math"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/canned"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/kb"
	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/richtext"
	"github.com/deskbell/deskbell/internal/ticket"
)

// quickAnswer is one answer that may be sent: an article, a canned reply or what
// an agent answered before.
type quickAnswer struct {
	Ref     ticket.AnswerRef
	Title   string
	Lang    string
	From    string // where it is from, in words
	Excerpt kb.Excerpt
	Used    int
	Rated   bool
	Percent int    // of those who rated it: it helped
	Href    string // its own page
	Source  string // with placeholders
	Kind    richtext.Kind
	Files   []canned.File

	strength float64 // for setting lists beside each other
}

// How the three sources stand to each other: what was written to be sent first,
// what was written once for somebody else last. Below the floors a match is
// chance.
const (
	trustCanned  = 1.15
	trustEarlier = 0.85
	floorCanned  = 0.06
	floorEarlier = 0.15
	mostEarlier  = 5
)

// strength is what an answer is worth: how much of what was asked it has, and
// how often it was sent.
func strength(share, trust float64, used int) float64 {
	return share * trust * (1 + 0.05*math.Log1p(float64(used)))
}

func fromArticle(ctx context.Context, h kb.Hit) quickAnswer {
	return quickAnswer{
		Ref: ticket.AnswerRef{Kind: ticket.ArticleAnswer, ID: h.ID}, Title: h.Title, Lang: h.Lang, From: i18n.T(ctx, "desk.quick.from_article", "section", h.Section),
		Excerpt: h.Excerpt, Used: h.Used, Rated: h.Votes > 0, Percent: h.HelpfulPercent, Href: link.Article(h.Slug), Kind: richtext.KindMarkdown,
		strength: strength(h.Share, 1, h.Used),
	}
}

func fromCanned(ctx context.Context, r canned.Reply, text canned.Text) quickAnswer {
	from := i18n.T(ctx, "desk.quick.from_canned")
	if r.Folder != "" {
		from = i18n.T(ctx, "desk.quick.from_folder", "folder", r.Folder)
	}
	return quickAnswer{
		Ref: ticket.AnswerRef{Kind: ticket.CannedAnswer, ID: r.ID}, Title: r.Name, Lang: text.Lang, From: from,
		Used: r.Used, Href: link.CannedReply(r.ID), Source: text.Source, Kind: text.Kind, Files: r.Files,
	}
}

func fromEarlier(ctx context.Context, e ticket.Earlier) quickAnswer {
	a := quickAnswer{
		Ref: ticket.AnswerRef{Kind: ticket.EarlierAnswer, ID: e.ID}, Title: e.Subject, Lang: e.RequesterLang,
		From:    i18n.T(ctx, "desk.quick.from_earlier", "number", e.Number, "name", e.AgentName),
		Excerpt: kb.Excerpt{Text: richtext.Excerpt(e.Text, 200)},
		Used:    e.Used, Href: link.AgentTicket(e.Number), Kind: richtext.KindMarkdown, Source: forOthers(e),
		strength: strength(e.Share, trustEarlier, e.Used),
	}
	if e.Good != nil {
		a.Rated = true
		if *e.Good {
			a.Percent = 100
			a.strength *= 1.1
		} else {
			a.strength *= 0.7
		}
	}
	return a
}

// findAnswers searches the three sources, best first. asked is what is searched
// for: what the agent typed, or else the ticket's own words. One statement.
func (h *Handler) findAnswers(ctx context.Context, by auth.Actor, asked, lang string, number int64, typing bool) ([]quickAnswer, error) {
	articles, err := h.kb.QuickAnswers(ctx, by, kb.Query{Text: asked, Lang: lang, Limit: quickMost, Prefix: typing})
	if err != nil {
		return nil, err
	}
	replies, err := h.canned.Search(ctx, by, canned.Query{Text: asked, Lang: lang, Limit: quickMost, Prefix: typing})
	if err != nil {
		return nil, err
	}
	earlier, err := h.tickets.EarlierAnswers(ctx, by, number, asked)
	if err != nil {
		return nil, err
	}
	lists := make([][]quickAnswer, 3)
	for _, r := range replies {
		if r.Share >= floorCanned {
			a := fromCanned(ctx, r.Reply, r.Text)
			a.Excerpt, a.strength = r.Excerpt, strength(r.Share, trustCanned, r.Used)
			lists[0] = append(lists[0], a)
		}
	}
	for _, hit := range articles {
		lists[1] = append(lists[1], fromArticle(ctx, hit))
	}
	for _, e := range earlier {
		if e.Share >= floorEarlier && len(lists[2]) < mostEarlier {
			lists[2] = append(lists[2], fromEarlier(ctx, e))
		}
	}
	return setBeside(lists, quickMost), nil
}

// setBeside makes one list of several, each of which keeps its own order: the
// strongest of the heads comes next.
func setBeside(lists [][]quickAnswer, most int) []quickAnswer {
	var all []quickAnswer
	for len(all) < most {
		best, top := -1, 0.0
		for i, l := range lists {
			if len(l) > 0 && (best < 0 || l[0].strength > top) {
				best, top = i, l[0].strength
			}
		}
		if best < 0 {
			break
		}
		all = append(all, lists[best][0])
		lists[best] = lists[best][1:]
	}
	return all
}

// quickAnswer reads one answer whole, for its preview and for insertion.
func (h *Handler) quickAnswer(ctx context.Context, by auth.Actor, ref ticket.AnswerRef, lang string) (quickAnswer, error) {
	switch ref.Kind {
	case ticket.ArticleAnswer:
		a, err := h.kb.Answer(ctx, by, ref.ID)
		q := fromArticle(ctx, kb.Hit{Card: a.Card})
		q.Source = a.Source
		return q, err
	case ticket.CannedAnswer:
		r, err := h.canned.Reply(ctx, by, ref.ID)
		text, _ := r.In(lang, i18n.ReaderOf(ctx).Lang)
		return fromCanned(ctx, r, text), err
	case ticket.EarlierAnswer:
		e, err := h.tickets.Earlier(ctx, by, ref.ID)
		return fromEarlier(ctx, e), err
	}
	return quickAnswer{}, nil
}
