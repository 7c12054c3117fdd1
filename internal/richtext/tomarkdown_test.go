package richtext_test

import (
	"strings"
	"testing"

	"github.com/deskbell/deskbell/internal/richtext"
)

func TestMarkdown(t *testing.T) {
	t.Parallel()
	for html, want := range map[string]string{
		"<p>Hello <b>Ann</b>,<br>see <a href=\"https://a.test/x\">this</a>.</p><p>Bye</p>": "Hello **Ann**,\nsee [this](https://a.test/x).\n\nBye",
		"<ul><li>one</li><li>two<ol><li>a</li><li>b</li></ol></li></ul>":                   "- one\n- two\n  1. a\n  2. b",
		"<blockquote><p>They said</p><p>so</p></blockquote><p>x</p>":                       "> They said\n>\n> so\n\nx",
		"<pre>a &lt; b\n  c</pre>": "```\na < b\n  c\n```",
		"<table><tr><th>Port</th><th>State</th></tr><tr><td>1</td><td>up|down</td></tr></table>": "| Port | State |\n| --- | --- |\n| 1 | up\\|down |",
		"<p>2 * 3 and snake_case, {{customer.first_name}}</p>":                                   "2 \\* 3 and snake\\_case, {{customer.first_name}}",
		"<p><code>x</code> <i> y </i>z</p>":                                                      "`x`  *y* z",
	} {
		if got := richtext.Markdown(html, richtext.KindHTML); got != want {
			t.Errorf("%s\n got %q\nwant %q", html, got, want)
		}
	}
	for _, source := range []string{"", strings.Repeat("<blockquote>", 3000), "<li>x", "<table><td>", strings.Repeat("<ul><li>", 200)} {
		richtext.Markdown(source, richtext.KindHTML)
	}
}
