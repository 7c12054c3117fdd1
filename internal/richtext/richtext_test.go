package richtext

import (
	"strings"
	"testing"

	"golang.org/x/net/html"
)

func TestRender(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, source string
		kind         Kind
		want         string
	}{
		{"text keeps its lines and paragraphs", "one\ntwo\n\nthree", KindText, "<p>one<br>two</p><p>three</p>"},
		{
			"text is escaped and addresses become links", "see <https://a.test/x?a=1&b=2>.", KindText,
			`<p>see &lt;<a href="https://a.test/x?a=1&amp;b=2" rel="nofollow noopener noreferrer">https://a.test/x?a=1&amp;b=2</a>&gt;.</p>`,
		},
		{
			"a sentence's full stop is no part of an address", "go to https://a.test/x.", KindText,
			`<p>go to <a href="https://a.test/x" rel="nofollow noopener noreferrer">https://a.test/x</a>.</p>`,
		},
		{"markdown keeps line breaks", "one\ntwo **bold**", KindMarkdown, "<p>one<br>\ntwo <strong>bold</strong></p>\n"},
		{"a heading is a bold paragraph", "# Loud", KindMarkdown, "<p><strong>Loud</strong></p>\n"},
		{"raw HTML in markdown does not pass", "a <b onclick=x>b</b> <script>alert(1)</script>", KindMarkdown, "<p>a b alert(1)</p>\n"},
		{
			"markdown tables scroll in a box", "| a |\n|---|\n| b |", KindMarkdown,
			"<div class=\"table-scroll\" tabindex=\"0\"><table>\n<thead>\n<tr>\n<th>a</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td>b</td>\n</tr>\n</tbody>\n</table></div>\n",
		},
		{"code keeps its spaces", "```\n a\n  b\n```", KindMarkdown, "<pre tabindex=\"0\">\n<code> a\n  b\n</code></pre>\n"},
		{
			"a foreign picture is a link", `![logo](https://evil.test/p.gif)`, KindMarkdown,
			`<p><a href="https://evil.test/p.gif" rel="nofollow noopener noreferrer">logo</a></p>` + "\n",
		},
		{"our own picture stays", `<img src="/attachments/7" alt="a" onerror="x" style="y">`, KindHTML, `<img src="/attachments/7" alt="a" loading="lazy">`},
		{"a picture of another page of ours goes", `<img src="/logout" alt="a">`, KindHTML, "a"},
		{"an unbalanced end tag stays inside", "a</div></main><p>b", KindHTML, "a<p>b</p>"},
		{"styles, classes and ids go", `<p style="position:fixed" class="skip" id="main">x</p>`, KindHTML, "<p>x</p>"},
		{"links inside the site keep the referrer", `<a href="/kb/articles/x" target=_blank>x</a>`, KindHTML, `<a href="/kb/articles/x">x</a>`},
		{"two slashes are another host", `<a href="//evil.test">x</a>`, KindHTML, `<a href="//evil.test" rel="nofollow noopener noreferrer">x</a>`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := Render(tt.source, tt.kind); got != tt.want {
				t.Errorf("\n got %q\nwant %q", got, tt.want)
			}
		})
	}
}

// attacks are ways round a sanitiser, our own collection.
var attacks = []string{
	`<script>alert(1)</script>`, `<SCRIPT SRC=//evil.test/x.js></SCRIPT>`, `<scr<script>ipt>alert(1)</scr</script>ipt>`,
	`<img src=x onerror=alert(1)>`, `<img src="javascript:alert(1)">`, `<IMG """><SCRIPT>alert(1)</SCRIPT>">`,
	`<svg onload=alert(1)>`, `<svg><script>alert(1)</script></svg>`, `<svg><a xlink:href="javascript:alert(1)">x</a></svg>`,
	`<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">`,
	`<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>`,
	`<noscript><p title="</noscript><img src=x onerror=alert(1)>">`, `<template><script>alert(1)</script></template>`,
	`<a href="javascript:alert(1)">x</a>`, `<a href="jAvAsCrIpT&#58;alert(1)">x</a>`, `<a href=" &#14; javascript:alert(1)">x</a>`,
	"<a href=\"java\tscript:alert(1)\">x</a>", `<a href="data:text/html,<script>alert(1)</script>">x</a>`, `<a href="vbscript:x">x</a>`,
	`<iframe src="//evil.test"></iframe>`, `<object data="x"></object>`, `<embed src="x">`, `<base href="//evil.test/">`,
	`<meta http-equiv="refresh" content="0;url=//evil.test">`, `<link rel=stylesheet href="//evil.test/x.css">`,
	`<style>@import "//evil.test/x.css";</style>`, `<div style="background:url(javascript:alert(1))">x</div>`,
	`<input autofocus onfocus=alert(1)>`, `<details open ontoggle=alert(1)>`, `<video src=x onerror=alert(1)>`, `<form action="//evil.test"><button>x</button></form>`,
	`<p onmouseover=alert(1)//`, `<<script>alert(1)//<</script>`, `<plaintext>`, `<xmp><script>alert(1)</script></xmp>`, `<textarea><script>alert(1)</script>`,
	`[x](javascript:alert(1))`, `[x](JaVaScRiPt:alert(1))`, "[x](java\nscript:alert(1))", `[x](<javascript:alert(1)>)`, `![x](javascript:alert(1))`,
	`![x](data:image/svg+xml;base64,PHN2Zz4=)`, `<javascript:alert(1)>`, `[x]: javascript:alert(1)` + "\n\n[x]", `[x](data:text/html;base64,PHNjcmlwdD4=)`,
	"`<script>alert(1)</script>`", "```<script>\nalert(1)\n```", `[a](https://a.test "onclick=alert(1)")`, `[a](https://a.test/"onmouseover="alert(1))`,
	"</div></section></main><script>alert(1)</script>", "<!--><img src=x onerror=alert(1)>-->", "<![CDATA[<script>alert(1)</script>]]>",
	"\x00<script\x00>alert(1)</script>", "<a href='https://a.test' style='x' ping='//evil.test'>x</a>", "<p id=__proto__ name=location>x</p>",
	"https://a.test/'onmouseover=alert(1)", "<table background='javascript:alert(1)'><td background=x>y</table>",
}

func TestAttacks(t *testing.T) {
	t.Parallel()
	for _, a := range attacks {
		for _, kind := range Kinds {
			harmless(t, a, Render(a, kind))
		}
		article, _ := RenderArticle(a)
		harmless(t, a, article)
	}
}

// harmless parses what came out as a browser would and looks for anything
// beyond the tags and attributes that the package says it writes.
func harmless(t *testing.T, in, out string) {
	t.Helper()
	nodes, ok := parse(out)
	if !ok {
		t.Errorf("%.200q gives too deep a tree", in)
	}
	for _, top := range nodes {
		check(t, in, top)
		for n := range top.Descendants() {
			check(t, in, n)
		}
	}
	doc, err := html.Parse(strings.NewReader("<body><div id=box>" + out + "</div><i id=after></i>"))
	if err != nil {
		t.Fatalf("%.200q: %v", in, err)
	}
	for n := range doc.Descendants() {
		if attribute(n, "id") == "after" && n.Parent.Data != "body" || attribute(n, "id") == "box" && n.Parent.Data != "body" {
			t.Errorf("%.200q leaves its box: %.300q", in, out)
		}
	}
}

var allowed = map[string]string{
	"a": "href rel", "img": "src alt width height loading", "ol": "start", "td": "colspan rowspan", "th": "colspan rowspan",
	"abbr": "title", "div": "class tabindex", "pre": "tabindex", "h2": "id", "h3": "id", "h4": "id", "h5": "id", "h6": "id",
}

var forbidden = map[string]bool{
	"script": true, "style": true, "iframe": true, "object": true, "embed": true, "base": true, "meta": true, "link": true, "form": true,
	"input": true, "button": true, "svg": true, "math": true, "template": true, "noscript": true, "textarea": true, "plaintext": true,
	"xmp": true, "video": true, "audio": true, "details": true,
}

func check(t *testing.T, in string, n *html.Node) {
	t.Helper()
	switch n.Type {
	case html.CommentNode, html.DoctypeNode:
		t.Errorf("%.200q leaves a comment", in)
	case html.ElementNode:
		if n.Namespace != "" || forbidden[n.Data] {
			t.Errorf("%.200q leaves <%s>", in, n.Data)
		}
		for _, a := range n.Attr {
			if !strings.Contains(" "+allowed[n.Data]+" ", " "+a.Key+" ") {
				t.Errorf("%.200q leaves %s=%q on <%s>", in, a.Key, a.Val, n.Data)
			}
			if (a.Key == "href" || a.Key == "src") && !safeURL(a.Val) {
				t.Errorf("%.200q leaves %s=%q", in, a.Key, a.Val)
			}
		}
	default:
	}
}

func TestHostile(t *testing.T) {
	t.Parallel()
	for _, source := range []string{
		strings.Repeat("[a](", 10_000), strings.Repeat("*a_ ", 10_000), strings.Repeat("> ", 60), strings.Repeat("- ", 60), strings.Repeat("1. ", 60), strings.Repeat("a\n", maxMarkdown),
	} {
		if !hostile(source) {
			t.Errorf("%.20q, %d bytes, would be parsed", source, len(source))
		}
	}
	table := strings.Repeat("| `a_b` | **c** | [d](https://a.test/e_f) |\n", 150)
	for _, source := range []string{strings.Repeat("A *paragraph* with [links](/kb) and `some_code`.\n\n", 4000), "|a|b|c|\n|-|-|-|\n" + table, "> > > - 1. text"} {
		if hostile(source) {
			t.Errorf("%.20q, %d bytes, would be shown as it is", source, len(source))
		}
	}
}

// TestSize feeds what makes parsers quadratic or deep, in sizes that are read
// and in sizes that are not.
func TestSize(t *testing.T) {
	t.Parallel()
	const n = 12_000
	for _, unit := range []string{
		"<", ">", "*", "**a ", "_", "`", "[", "![", "](", "[a](", "<a ", "<div>", "<b>", "</div>", "- ", "> ", "1. ", "  - a\n", "| a ", "|\n",
		"&", "&#", "\\", "a\n", "# ", "~", "<!--", "<table>", "<!", "<?", "\x00", "\xff", "e\u0301\u0301", "[a]: b\n", "https://", "a@", "```\n", "~~~\n", "\t", "*a_ ", "**x* ",
	} {
		source := strings.Repeat(unit, n/len(unit))
		for _, kind := range Kinds {
			_ = Render(source, kind)
			_ = Text(source, kind)
		}
		_, _ = RenderArticle(source[:len(source)/3])
		_ = Render(source[:len(source)/3], KindMarkdown)
	}
}

func TestSafeURL(t *testing.T) {
	t.Parallel()
	for _, u := range []string{"", "javascript:alert(1)", " JavaScript:alert(1)", "java\tscript:alert(1)", "\x01javascript:x", "data:text/html,x", "vbscript:x", "file:///etc/passwd", "//a b:c", "blob:x", "%6a:x"} {
		if safeURL(u) {
			t.Errorf("safeURL(%q)", u)
		}
	}
	for _, u := range []string{"https://a.test/x?y=z#w", "mailto:a@b.test", "tel:+7", "/kb", "#s-x", "HTTP://A.TEST"} {
		if !safeURL(u) {
			t.Errorf("!safeURL(%q)", u)
		}
	}
}

func FuzzRender(f *testing.F) {
	for _, a := range attacks {
		f.Add(a)
	}
	f.Fuzz(func(t *testing.T, in string) {
		for _, kind := range Kinds {
			harmless(t, in, Render(in, kind))
			_ = Text(in, kind)
		}
		out, _ := RenderArticle(in)
		harmless(t, in, out)
	})
}

func TestTableCorner(t *testing.T) {
	t.Parallel()
	got, _ := RenderArticle("| | A |\n|-|-|\n| one | 1 |\n")
	if want := "<th>A</th>"; !strings.Contains(got, want) || strings.Contains(got, "<th></th>") || !strings.Contains(got, "<td></td>") {
		t.Errorf("got %s, want one head, %s", got, want)
	}
}
