package richtext

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode"

	"github.com/microcosm-cc/bluemonday"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/deskbell/deskbell/internal/link"
)

// policy is what may stand in any rich text. Classes, ids and styles are ours
// alone and are added after it.
var policy = sync.OnceValue(func() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowElements("p", "br", "hr", "div", "span", "blockquote", "pre", "code", "kbd", "samp", "var",
		"b", "strong", "i", "em", "u", "s", "del", "ins", "mark", "small", "sub", "sup", "q", "cite", "abbr",
		"h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "dl", "dt", "dd",
		"table", "caption", "thead", "tbody", "tfoot", "tr", "td", "th", "a", "img")
	p.AllowURLSchemes("http", "https", "mailto", "tel")
	p.AllowRelativeURLs(true)
	p.RequireParseableURLs(true)
	p.AllowAttrs("href").OnElements("a")
	p.AllowAttrs("src", "alt").OnElements("img")
	p.AllowAttrs("width", "height").Matching(bluemonday.Integer).OnElements("img")
	p.AllowAttrs("start").Matching(bluemonday.Integer).OnElements("ol")
	p.AllowAttrs("colspan", "rowspan").Matching(bluemonday.Integer).OnElements("td", "th")
	p.AllowAttrs("title").OnElements("abbr")
	p.AllowAttrs("data-mention").Matching(bluemonday.Integer).OnElements("span")
	return p
})

// written lists the elements that are written as they come, with their
// attributes. Headings, links, pictures, tables and code have functions below.
var written = map[string][]string{
	"p": nil, "div": nil, "blockquote": nil, "code": nil, "kbd": nil, "samp": nil, "var": nil,
	"b": nil, "strong": nil, "i": nil, "em": nil, "u": nil, "s": nil, "del": nil, "ins": nil, "mark": nil, "small": nil,
	"sub": nil, "sup": nil, "q": nil, "cite": nil, "abbr": {"title"},
	"ul": nil, "ol": {"start"}, "li": nil, "dl": nil, "dt": nil, "dd": nil,
	"caption": nil, "thead": nil, "tbody": nil, "tfoot": nil, "tr": nil, "td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan"},
}

// output writes one sanitised tree.
type output struct {
	article  bool
	mentions bool // a note: who is named may be pointed at
	headings []Heading
	level    int             // of the last heading written
	taken    map[string]bool // ids in use
	b        strings.Builder
}

// sanitise puts foreign HTML through the policy and then through write,
// because bluemonday lets unbalanced end tags out, which would close our own box.
func (o *output) sanitise(htm string) string { return o.write(policy().Sanitize(unstyle(htm))) }

// write prints the parsed tree of htm with the tags and attributes of written
// alone, so that nothing rests on whoever made htm.
func (o *output) write(htm string) string {
	nodes, ok := parse(htm)
	if !ok {
		return paragraphs(textOf(htm))
	}
	o.b.Grow(len(htm) + len(htm)/8)
	for _, n := range nodes {
		o.node(n, 0)
	}
	return o.b.String()
}

// parse reads htm as the content of a div. It reports false when htm is nested
// deeper than the parser's limit of 512.
func parse(htm string) ([]*html.Node, bool) {
	nodes, err := html.ParseFragment(strings.NewReader(htm), &html.Node{Type: html.ElementNode, Data: "div", DataAtom: atom.Div})
	return nodes, err == nil
}

// maxDepth is how deep elements may stand in one another; what is deeper keeps
// its words and loses its tags.
const maxDepth = 60

func (o *output) node(n *html.Node, depth int) {
	if n.Type == html.TextNode {
		o.b.WriteString(html.EscapeString(n.Data))
		return
	}
	if n.Type != html.ElementNode {
		return
	}
	if depth > maxDepth {
		o.children(n, depth)
		return
	}
	switch n.DataAtom {
	case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		o.heading(n, depth)
	case atom.A:
		o.link(n, depth)
	case atom.Img:
		o.image(n)
	case atom.Table:
		o.wrap(`<div class="table-scroll" tabindex="0"><table>`, n, depth, "</table></div>")
	case atom.Th:
		o.tableHead(n, depth)
	case atom.Pre:
		// A newline after the tag is eaten by the reader: ours, not the author's.
		o.wrap("<pre tabindex=\"0\">\n", n, depth, "</pre>")
	case atom.Br, atom.Hr:
		o.b.WriteString("<" + n.Data + ">")
	case atom.Script, atom.Style, atom.Template, atom.Noscript, atom.Iframe, atom.Svg, atom.Math, atom.Title, atom.Textarea:
		// Their content is no text for people.
	case atom.Span: // it says nothing without a style
		if id := attribute(n, "data-mention"); o.mentions && isID(id) {
			o.mention(id, strings.TrimPrefix(inner(n), "@"))
			return
		}
		o.children(n, depth)
	default:
		if _, ok := written[n.Data]; !ok || n.Namespace != "" {
			o.children(n, depth)
			return
		}
		o.open(n)
		o.wrap("", n, depth, "</"+n.Data+">")
	}
}

func (o *output) children(n *html.Node, depth int) {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		o.node(c, depth+1)
	}
}

func (o *output) wrap(before string, n *html.Node, depth int, after string) {
	o.b.WriteString(before)
	o.children(n, depth)
	o.b.WriteString(after)
}

// tableHead writes the head of a row or column. The empty corner of a table is
// none: screen readers would announce a head without words.
func (o *output) tableHead(n *html.Node, depth int) {
	if strings.TrimSpace(inner(n)) == "" {
		n.Data, n.DataAtom = "td", atom.Td
	}
	o.open(n)
	o.wrap("", n, depth, "</"+n.Data+">")
}

// open writes n's start tag with the attributes it may have.
func (o *output) open(n *html.Node) {
	o.b.WriteString("<" + n.Data)
	for _, a := range n.Attr {
		if slices.Contains(written[n.Data], a.Key) {
			o.attr(a.Key, a.Val)
		}
	}
	o.b.WriteByte('>')
}

func (o *output) attr(key, value string) {
	o.b.WriteString(" " + key + `="` + html.EscapeString(value) + `"`)
}

// heading writes an article's heading with an id, or a message's as a bold
// paragraph.
func (o *output) heading(n *html.Node, depth int) {
	if !o.article {
		o.wrap("<p><strong>", n, depth, "</strong></p>")
		return
	}
	text := strings.Join(strings.Fields(inner(n)), " ")
	level := min(max(2, int(n.Data[1]-'0')), max(2, o.level+1))
	o.level = level
	h := Heading{Level: level, ID: o.id(text), Text: text}
	if strings.IndexFunc(text, isWord) >= 0 {
		o.headings = append(o.headings, h)
	}
	tag := "h" + strconv.Itoa(level)
	o.wrap("<"+tag+` id="`+html.EscapeString(h.ID)+`">`, n, depth, "</"+tag+">")
}

func isWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// id makes an element's id out of a heading. Letters of any script stay, so
// that an address with a Cyrillic heading reads as one; the prefix keeps it
// from being an id of the page round the article.
func (o *output) id(text string) string {
	base := anchor(text)
	if o.taken == nil {
		o.taken = map[string]bool{}
	}
	id := base
	for i := 2; o.taken[id]; i++ {
		id = base + "-" + strconv.Itoa(i)
	}
	o.taken[id] = true
	return id
}

func (o *output) link(n *html.Node, depth int) {
	href := attribute(n, "href")
	if id, ok := strings.CutPrefix(href, personScheme); ok && o.mentions && isID(id) {
		o.mention(id, strings.TrimPrefix(inner(n), "@"))
		return
	}
	switch {
	case !safeURL(href) || isRelative(href) && !o.article || strings.HasPrefix(href, "#") && !o.article:
		o.children(n, depth)
		return
	case strings.HasPrefix(href, "#"):
		words, _ := url.PathUnescape(href[1:])
		href = "#" + anchor(words)
	}
	o.b.WriteString("<a")
	o.attr("href", href)
	if !ownPath(href) && href[0] != '#' {
		o.attr("rel", "nofollow noopener noreferrer")
	}
	o.wrap(">", n, depth, "</a>")
}

// image keeps a picture of our own origin. A foreign one would tell its host
// who reads and when: a link stands in its place.
func (o *output) image(n *html.Node) {
	src, alt := attribute(n, "src"), attribute(n, "alt")
	switch {
	case o.ownImage(src):
		o.b.WriteString("<img")
		o.attr("src", src)
		o.attr("alt", alt)
		for _, key := range []string{"width", "height"} {
			if v := attribute(n, key); v != "" {
				o.attr(key, v)
			}
		}
		o.b.WriteString(` loading="lazy">`)
	case safeURL(src) && (strings.HasPrefix(src, "http://") || strings.HasPrefix(src, "https://")):
		label := alt
		if strings.TrimSpace(label) == "" {
			label = src
		}
		if inside(n, atom.A) {
			o.b.WriteString(html.EscapeString(label))
			return
		}
		o.b.WriteString("<a")
		o.attr("href", src)
		o.attr("rel", "nofollow noopener noreferrer")
		o.b.WriteString(">" + html.EscapeString(label) + "</a>")
	default:
		o.b.WriteString(html.EscapeString(alt))
	}
}

// ownImage reports whether src is a picture of ours. A message may show files
// alone: any other path could be asked for by a reader who did not mean to.
func (o *output) ownImage(src string) bool {
	return ownPath(src) && !strings.Contains(src, "..") && (o.article || strings.HasPrefix(src, link.AttachmentPrefix))
}

// safeURL reports whether u is a path, or an address of a scheme that opens
// a page, a letter or a call.
func safeURL(u string) bool {
	parsed, err := url.Parse(strings.TrimSpace(u))
	if err != nil || u == "" {
		return false
	}
	switch parsed.Scheme {
	case "", "http", "https", "mailto", "tel":
		return true
	default:
		return false
	}
}

// isRelative reports whether u is neither an address nor a path from the root:
// in a message it would lead to some page beside the reader's.
func isRelative(u string) bool {
	return !strings.HasPrefix(u, "/") && !strings.HasPrefix(u, "#") && !strings.Contains(u, ":")
}

// ownPath reports whether a URL is a path of this site. "//host" and "/\host"
// are not: browsers read both as another host.
func ownPath(u string) bool {
	return strings.HasPrefix(u, "/") && !strings.HasPrefix(u, "//") && !strings.HasPrefix(u, `/\`)
}

func inside(n *html.Node, a atom.Atom) bool {
	for p := n.Parent; p != nil; p = p.Parent {
		if p.DataAtom == a {
			return true
		}
	}
	return false
}

func attribute(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}
