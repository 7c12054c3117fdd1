package richtext

import (
	"net/url"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// Removed stands where something was taken out of a text. It is as long for
// every secret, so that it does not tell how long that was.
const Removed = "█████"

// Redact takes secrets out of a source, in text and in attributes such as a
// link's address, and returns how many places it found. White space in a secret
// stands for any white space, since people copy what they see. A text in which
// marks of Markdown or tags hide a secret becomes HTML with the secret gone, so
// the kind may change. An empty secret is nothing.
func Redact(source string, kind Kind, secrets []string) (redacted string, as Kind, places int) {
	find := pattern(secrets)
	if find == nil {
		return source, kind, 0
	}
	if kind == KindHTML {
		redacted, places = redactHTML(source, find)
		return redacted, kind, places
	}
	redacted = find.ReplaceAllStringFunc(source, func(string) string {
		places++
		return Removed
	})
	if rest, more := redactHTML(Render(redacted, kind), find); more > 0 {
		return rest, KindHTML, places + more
	}
	return redacted, kind, places
}

// pattern matches any of the secrets, the longest first; nil when there is none.
func pattern(secrets []string) *regexp.Regexp {
	var all []string
	for _, s := range secrets {
		words := strings.Fields(s)
		if len(words) == 0 {
			continue
		}
		for i, w := range words {
			words[i] = regexp.QuoteMeta(w)
		}
		all = append(all, strings.Join(words, `\s+`))
	}
	if len(all) == 0 {
		return nil
	}
	slices.SortFunc(all, func(a, b string) int { return len(b) - len(a) })
	return regexp.MustCompile(strings.Join(all, "|"))
}

// piece is a text node's part of the whole text.
type piece struct {
	node *html.Node
	from int // where its text begins in the whole
}

// redactHTML takes what find matches out of a document's text, across tags, and
// out of its attributes and comments.
func redactHTML(source string, find *regexp.Regexp) (string, int) {
	roots, ok := parse(source)
	if !ok {
		return "", 1 // nothing that is shown
	}
	var whole strings.Builder
	var pieces []piece
	places := 0
	for _, root := range roots {
		walk(root, func(n *html.Node) {
			switch n.Type {
			case html.TextNode:
				pieces = append(pieces, piece{n, whole.Len()})
				whole.WriteString(n.Data)
			case html.CommentNode:
				n.Data = ""
			case html.ElementNode:
				if breaks(n.DataAtom) != "" {
					whole.WriteByte('\n')
				}
				places += redactAttributes(n, find)
			case html.DocumentNode, html.DoctypeNode, html.ErrorNode, html.RawNode:
			}
		})
	}
	hits := find.FindAllStringIndex(whole.String(), -1)
	for _, hit := range slices.Backward(hits) {
		cut(pieces, hit[0], hit[1])
	}
	var out strings.Builder
	for _, root := range roots {
		_ = html.Render(&out, root) // a strings.Builder takes everything
	}
	return out.String(), places + len(hits)
}

// walk visits n and what is in it, in the order of the text.
func walk(n *html.Node, visit func(*html.Node)) {
	visit(n)
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		walk(c, visit)
	}
}

func redactAttributes(n *html.Node, find *regexp.Regexp) int {
	places := 0
	for i, a := range n.Attr {
		plain, err := url.PathUnescape(a.Val)
		if err != nil {
			plain = a.Val
		}
		if find.MatchString(a.Val) || find.MatchString(plain) {
			n.Attr[i].Val = ""
			places++
		}
	}
	return places
}

// cut removes the bytes from to to of the whole text from the nodes that hold
// them; the first of them gets the mark. Later cuts must have been made before.
func cut(pieces []piece, from, to int) {
	marked := false
	for _, p := range pieces {
		begin, end := max(from-p.from, 0), min(to-p.from, len(p.node.Data))
		if begin >= end {
			continue
		}
		mark := Removed
		if marked {
			mark = ""
		}
		marked = true
		p.node.Data = p.node.Data[:begin] + mark + p.node.Data[end:]
	}
}
