package ticket_test

import (
	"strings"
	"testing"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/richtext"
	"github.com/deskbell/deskbell/internal/ticket"
)

func TestValues(t *testing.T) {
	t.Parallel()
	v := ticket.Work{Requester: ticket.Contact{Name: "<b>Eve</b>"}}.Values(auth.Actor{Name: "Marco"})
	if got := v.Fill("{{customer.name}} {{ agent.name }} {{nonsense}}", richtext.KindHTML); got != "&lt;b&gt;Eve&lt;/b&gt; Marco {{nonsense}}" {
		t.Errorf("HTML: %s", got)
	}
	if got := v.Fill("{{customer.name}}", richtext.KindMarkdown); got != "<b>Eve</b>" {
		t.Errorf("Markdown: %s", got)
	}
	for source, want := range map[string]string{
		"all is {well}":                                       "",
		"of {{company.name}}":                                 "company.name",
		"`of {{company.name}}`":                               "company.name",
		"to {{custmer.name}}":                                 "custmer.name",
		"write `{{ item }}` in the template":                  "",
		"\n    image: {{ Values.image }}\n":                   "",
		"<p>Hello {{customer.</p>":                            "",
		"{{#if x}} {{ 1 }} {{customer name}}":                 "",
		"{{a}} of {{company.name}}, {{b}}, {{a}} and `{{c}}`": "company.name a b",
	} {
		empty, unknown := v.Missing(source, richtext.KindMarkdown)
		if got := strings.Join(append(empty, unknown...), " "); got != want {
			t.Errorf("%q lacks %q, want %q", source, got, want)
		}
	}
}

func TestAnswerRef(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]ticket.AnswerRef{
		"7": {ticket.ArticleAnswer, 7}, "canned-3": {ticket.CannedAnswer, 3}, "earlier-12": {ticket.EarlierAnswer, 12},
		"": {}, "canned": {}, "canned--1": {}, "rule-7": {}, "article-x": {}, "0": {},
	} {
		got := ticket.ParseAnswerRef(text)
		if got != want {
			t.Errorf("%q is %+v, want %+v", text, got, want)
		}
		if got.ID > 0 && got.String() != text {
			t.Errorf("%q becomes %q", text, got)
		}
	}
}

func TestAnswersAreFilledIn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	n := w.ask(t, w.bob, "Lamps stay dark") // bob has no company
	refused := func(t *testing.T, message, key, name string) {
		t.Helper()
		_, err := w.svc.Answer(t.Context(), w.eve, n, ticket.AgentReply{Message: message})
		m := fault.Of(err).Fields["message"]
		if m.Key != key || len(m.Args) < 2 || m.Args[1] != name {
			t.Fatalf("%q: %v %+v", message, err, m)
		}
	}
	t.Run("an empty value is refused with what it is", func(t *testing.T) {
		refused(t, "Hello, all of {{company.name}}", "ticket.placeholder_empty", "{{company.name}}")
	})
	t.Run("an unknown one is refused with what it is", func(t *testing.T) {
		refused(t, "Hello {{customer.nick}}", "ticket.placeholder_unknown", "{{customer.nick}}")
	})
	t.Run("several are named at once", func(t *testing.T) {
		refused(t, "Hello {{customer.nick}}, all of {{company.name}}", "ticket.placeholders_left", "{{company.name}}, {{customer.nick}}")
	})
	t.Run("nothing of that was sent", func(t *testing.T) {
		if got := w.answers(t, n); len(got) != 0 {
			t.Errorf("sent %q", got)
		}
	})
	t.Run("values are filled in", func(t *testing.T) {
		if _, err := w.svc.Answer(t.Context(), w.eve, n, ticket.AgentReply{Message: "Hello {{customer.name}}, about {{ticket.subject}}"}); err != nil {
			t.Fatal(err)
		}
		if got := w.answers(t, n); len(got) != 1 || strings.Contains(got[0], "{{") || !strings.Contains(got[0], "about Lamps stay dark") {
			t.Errorf("sent %q", got)
		}
	})
}
