package richtext_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/deskbell/deskbell/internal/richtext"
)

func TestMentions(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		source string
		kind   richtext.Kind
		want   []int64
	}{
		{`<p>Ask <span data-mention="7">@Anna</span> or <span data-mention="9">@Max</span>, <span data-mention="7">@Anna</span>.</p>`, richtext.KindHTML, []int64{7, 9}},
		{"Ask @[Anna Keller](person:7), not `@[Max](person:9)`.", richtext.KindMarkdown, []int64{7}},
		{`<span data-mention="7x">@A</span><span data-mention="-1">@B</span><span data-mention="07">@C</span>`, richtext.KindHTML, nil},
		{"[Anna](person:x) [x](person:javascript:1) @Anna", richtext.KindMarkdown, nil},
		{`@[Anna](person:7)`, richtext.KindText, nil},
	} {
		if got := richtext.Mentions(c.source, c.kind); !slices.Equal(got, c.want) {
			t.Errorf("%q mentions %v, want %v", c.source, got, c.want)
		}
	}
	note := richtext.RenderNote("Ask @[Anna <b>Keller</b>](person:7).", richtext.KindMarkdown)
	if want := `<span class="mention" data-mention="7">@Anna Keller</span>`; !strings.Contains(note, want) {
		t.Errorf("the note is %s", note)
	}
	for _, kind := range richtext.Kinds {
		public := richtext.Render(`<span data-mention="7">@Anna</span> [@Anna](person:7)`, kind)
		if strings.Contains(public, `data-mention="7">`) || strings.Contains(public, `href="person`) {
			t.Errorf("a message says %s", public)
		}
	}
}
