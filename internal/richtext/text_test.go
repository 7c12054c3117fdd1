package richtext

import (
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func TestClean(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"plain\ttext\n":      "plain\ttext\n",
		"a\x00b\x07c\x7f":    "abc",
		"a\r\nb\rc":          "a\nb\nc",
		"bad \xff\xfe bytes": "bad \uFFFD bytes",
		"и\u0306":            "й",
		"\uFEFFtitle":        "title",
	} {
		got := Clean(in)
		if got != want || !utf8.ValidString(got) {
			t.Errorf("Clean(%q) = %q, want %q", in, got, want)
		}
	}
	if got := Line(" a \n\t b\u00a0c "); got != "a b c" {
		t.Errorf("Line = %q", got)
	}
}

func TestText(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, source string
		kind         Kind
		want         string
	}{
		{"blocks stand on lines of their own", "<p>one <b>two</b></p><p>three<br>four</p>", KindHTML, "one two\n\nthree\nfour"},
		{"scripts and styles are no text", "<style>p{}</style>a<script>b</script>", KindHTML, "a"},
		{"links and pictures keep their words", `<a href="https://a.test">the manual</a> <img alt="a photo" src=x>`, KindHTML, "the manual a photo"},
		{"a picture's words stick to no others", `<p>Head<img alt="shot.png" src=x>reload</p><figure><img alt="b.png" src=x></figure>mark`, KindHTML, "Head shot.png reload\n\nb.png\nmark"},
		{"other blocks stand alone too", "<center>one</center>two<details><summary>three</summary>four</details>", KindHTML, "one\ntwo\n\nthree\nfour"},
		{"a paragraph in a list stands behind its bullet", "<ul><li><p>one</p></li></ul>two", KindHTML, "• one\n\ntwo"},
		{"marks go", "# Title\n\n- **one**\n- two\n\n`code`", KindMarkdown, "Title\n\n• one\n• two\n\ncode"},
		{"plain text keeps angle brackets", "if a < b then c > d", KindText, "if a < b then c > d"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := Text(tt.source, tt.kind); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestExcerpt(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, text string
		n          int
		want       string
	}{
		{"a short text is whole, on one line", "one\n two", 20, "one two"},
		{"a long one ends at a word", "the switch does not answer", 14, "the switch…"},
		{"one long word is cut", "Donaudampfschifffahrtsgesellschaft", 5, "Donau…"},
		{"letters count, not bytes", "коммутатор молчит", 12, "коммутатор…"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := Excerpt(tt.text, tt.n); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestRenderArticle(t *testing.T) {
	t.Parallel()
	html, headings := RenderArticle("# Настройка\n\nsee [below](#Шаг-1) and [ours](/kb)\n\n#### Шаг 1\n\n## Шаг 1\n\nline\nbreak\n")
	wantHTML := `<h2 id="s-настройка">Настройка</h2>
<p>see <a href="#s-шаг-1">below</a> and <a href="/kb">ours</a></p>
<h3 id="s-шаг-1">Шаг 1</h3>
<h2 id="s-шаг-1-2">Шаг 1</h2>
<p>line
break</p>
`
	if diff := cmp.Diff(wantHTML, html); diff != "" {
		t.Error(diff)
	}
	want := []Heading{{2, "s-настройка", "Настройка"}, {3, "s-шаг-1", "Шаг 1"}, {2, "s-шаг-1-2", "Шаг 1"}}
	if diff := cmp.Diff(want, headings); diff != "" {
		t.Error(diff)
	}
}

func BenchmarkRender(b *testing.B) {
	source := "Hello,\n\nplease set **block-timeout** to `12` and see https://a.test/manual:\n\n1. one\n2. two\n\nBest regards\nAnna\n"
	b.ReportAllocs()
	for b.Loop() {
		_ = Render(source, KindMarkdown)
	}
}

func TestOutline(t *testing.T) {
	t.Parallel()
	got := Outline("Intro *text*\nA \\> B &amp; `a\\>b`\n\n## First `step`\n\n- a\n- b\n\n```\ncode\n```\n\n## First step\n\n| x | y |\n|---|---|\n| 1 | 2 |\n")
	want := []Section{
		{Text: "Intro text\nA > B & a\\>b"},
		{Level: 2, Heading: "First step", ID: "s-first-step", Text: "• a\n• b\n\ncode"},
		{Level: 2, Heading: "First step", ID: "s-first-step-2", Text: "x  y\n1  2"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestLine(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"Anna \t\r\n Keller": "Anna Keller", "Анна": "Анна", "a\u202ebmin": "abmin", "\u2066a\u2069dmin": "admin", "ad\u200bmin": "admin", "a\u2060b": "ab",
		"زن\u200cها": "زن\u200cها", "👩\u200d💻": "👩\u200d💻", // these joiners are spelling
	} {
		if got := Line(in); got != want {
			t.Errorf("Line(%q) = %q, want %q", in, got, want)
		}
	}
}
