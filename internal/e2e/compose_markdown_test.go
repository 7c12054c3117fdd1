package e2e

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/deskbell/deskbell/internal/testkit"
)

// sameInMarkdown lists texts of the editor with the Markdown that says them. All
// but those that say so come back as they were.
var sameInMarkdown = []struct{ html, markdown string }{
	{`<p>Plain <strong>bold</strong> <em>it</em> <u>under</u> <del>gone</del> <code>a` + "`" + `b</code></p>`, "Plain **bold** *it* <u>under</u> ~~gone~~ ``a`b``"},
	{`<p><strong>bold </strong>in<em>ter</em>word</p>`, `<strong>bold </strong>in<em>ter</em>word`},
	{`<p><u><strong>deep <em>mix</em></strong></u><code>x</code><strong><code>y</code></strong></p>`, "**<u>deep *mix*</u>**`x`**`y`**"},
	{
		`<p><a href="https://x.test/a(b)?c=d&amp;e=f">a <em>link</em></a> <a href="https://x.test/">https://x.test/</a> <a href="mailto:a@b.test">mail</a></p>`,
		`[a *link*](<https://x.test/a(b)?c=d&e=f>) <https://x.test/> [mail](mailto:a@b.test)`,
	},
	{
		`<p>* a</p><p># b</p><p>1. c</p><p>- d</p><p>&gt; e</p><p>a*b*c _d_ e_f [x](y) &lt;b&gt; &amp;amp; \* ~~z~~ C:\Users</p>`,
		"\\* a\n\n\\# b\n\n1\\. c\n\n\\- d\n\n\\> e\n\na\\*b\\*c \\_d\\_ e_f [x\\](y) \\<b> \\&amp; \\\\\\* \\~\\~z\\~\\~ C:\\Users",
	},
	{"<p>one<br>two<br><br>four<br></p><p><br></p><p><br></p><p>after</p>", "one\ntwo<br><br>four<br>\n\n<br>\n\n<br>\n\nafter"},
	{"<p>a<br>---<br># b<br>| c | d |<br>|---|---|</p>", "a\n\\---\n\\# b\n| c | d |\n\\|---|---|"},
	{`<ul><li>a<ul><li>b<ol start="3"><li>c</li><li>d</li></ol></li></ul></li><li>e</li></ul>`, "- a\n  - b\n\n    3. c\n    4. d\n- e"},
	{
		`<ol start="7"><li><p>a</p><p>second</p></li><li>b</li></ol><ol><li>other</li></ol><ul><li>x</li></ul><ul><li>y</li></ul>`,
		"7. a\n\n   second\n\n8. b\n\n1) other\n\n- x\n\n* y",
	},
	{`<blockquote><p>q</p><ul><li>l</li></ul><blockquote><p>deep</p></blockquote></blockquote><blockquote><p>next</p></blockquote>`, "> q\n>\n> - l\n>\n> > deep\n\n> next"},
	{"<pre><code>line 1\n\n  ```\n</code></pre><p>x</p>", "````\nline 1\n\n  ```\n\n````\n\nx"},
	{
		"<table><tbody><tr><th>Port</th><th>State</th></tr><tr><td>gi1|2</td><td><strong>down</strong><br>now</td></tr></tbody></table>",
		"| Port | State |\n| --- | --- |\n| gi1\\|2 | **down**<br>now |",
	},
	{
		`<table><tbody><tr><td colspan="2">wide</td></tr><tr><td>a</td><td>b</td></tr></tbody></table>`,
		"<table>\n<tr><td colspan=\"2\"><p>wide</p></td></tr>\n<tr><td><p>a</p></td><td><p>b</p></td></tr>\n</table>",
	},
	{`<p>a</p><hr><p>b</p>`, "a\n\n---\n\nb"},
	{`<p>Hi <span data-mention="7">@Ann *x*</span>, {{customer.first_name}}.</p>`, `Hi <span data-mention="7">@Ann \*x\*</span>, {{customer.first_name}}.`},
	{`<p>a &lt;script&gt;x&lt;/script&gt;</p><p>&nbsp;b&nbsp;</p>`, "a \\<script>x\\</script>\n\n&nbsp;b&nbsp;"},
}

// roundTrip writes each text into the editor, takes its Markdown, empties the
// editor and types the Markdown again.
const roundTrip = `((docs) => {
	const area = e.form.elements.namedItem("message");
	const posted = () => new FormData(e.form).get("message");
	const type = (text) => { e.value = text; e.dispatchEvent(new Event("input", { bubbles: true })); };
	return JSON.stringify(docs.map((value) => {
		area.dispatchEvent(new CustomEvent("refill", { detail: { value, rich: true } }));
		const [before, markdown] = [posted(), e.value];
		type("");
		const empty = posted();
		type(markdown);
		return { before, markdown, empty, after: posted() };
	}));
})`

// composeMarkdown writes in the Markdown beside the editor of b's page, and
// leaves the editor empty and as it was.
func composeMarkdown(t *testing.T, b *testkit.Browser) {
	t.Helper()
	b.Click(".rich")
	b.Key("Control+a")
	b.Key("Delete")
	b.Type("Begun here.")
	b.Key("Control+m")
	b.Await(".editor__source:focus")
	b.AwaitValue(".editor__source", "Begun here.")

	var docs []string
	for _, s := range sameInMarkdown {
		docs = append(docs, s.html)
	}
	list, err := json.Marshal(docs)
	if err != nil {
		t.Fatal(err)
	}
	var trips []struct{ Before, Markdown, Empty, After string }
	if err := json.Unmarshal([]byte(b.Each(".editor__source", roundTrip+"("+string(list)+")")[0]), &trips); err != nil {
		t.Fatal(err)
	}
	for i, got := range trips {
		if want := sameInMarkdown[i]; got.Markdown != want.markdown {
			t.Errorf("%s is as Markdown\n%s\nwant\n%s", want.html, got.Markdown, want.markdown)
		}
		if got.Before == "" || got.Empty != "" || got.After != got.Before {
			t.Errorf("%s\nwas sent as %s,\nemptied as %q,\nand from Markdown as %s", docs[i], got.Before, got.Empty, got.After)
		}
	}

	// What is typed shows at once, can be undone, and takes pictures and canned replies.
	b.Fill(".editor__source", "")
	b.Click(".editor__source")
	b.Type("Do **this**:\n\n* first\n* <script>second")
	b.Await(".rich strong|this")
	b.Await(".rich li|<script>second")
	b.Each(".editor__source", pastePicture)
	b.Await(".rich li img[src^='/attachments/']")
	if got := b.Value(".editor__source"); !strings.HasPrefix(got, "Do **this**:\n\n* first\n* <script>second![image") || strings.Contains(got, "…") {
		t.Errorf("with a picture the Markdown is %q", got)
	}
	b.Key("Control+z")
	b.AwaitGone(".rich img")
	b.Key("Control+y")
	b.Await(".rich img")
	b.Axe()
	b.Click("[data-tool=canned]")
	b.Await(".pick [role=option][aria-selected=true]|Where the console port is")
	b.Key("Enter")
	b.Await(".editor__source:focus")
	b.AwaitValue(".editor__source", "| S2962 | left |")
	if got := b.Value(".editor__source"); !strings.Contains(got, `- \<script>`) || !strings.Contains(got, "](/attachments/") {
		t.Errorf("with a canned reply the Markdown is %q", got)
	}
	b.Key("Control+z")
	b.AwaitGone(".rich td")
	if got := b.Value(".editor__source"); !strings.Contains(got, "* first") {
		t.Errorf("undoing makes other Markdown of what was typed: %q", got)
	}
	b.Key("Control+m")
	b.AwaitGone(".editor__source")
	b.Await(".rich:focus strong|this")
	b.Key("Control+a")
	b.Key("Delete")
	b.Await(".rich.is-empty")
}
