package richtext

import (
	"regexp"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// What word processors say by styles. They are read before the policy takes
// styles away: the meaning stays, the look goes.
var (
	styleBold   = regexp.MustCompile(`(?i)font-weight\s*:\s*(?:bold|[6-9]00)`)
	styleLight  = regexp.MustCompile(`(?i)font-weight\s*:\s*(?:normal|[1-4]00)`)
	styleItalic = regexp.MustCompile(`(?i)font-style\s*:\s*(?:italic|oblique)`)
	styleStruck = regexp.MustCompile(`(?i)text-decoration[^;]*line-through`)
	styleHidden = regexp.MustCompile(`(?i)mso-hide\s*:\s*all|display\s*:\s*none`)
	styleListed = regexp.MustCompile(`(?i)mso-list\s*:\s*l\d+\s+level\d+`)
	styleMarker = regexp.MustCompile(`(?i)mso-list\s*:\s*ignore`)
	numbered    = regexp.MustCompile(`^\s*(?:\d+|\p{L})[.)]`)
	conditional = regexp.MustCompile(`(?s)<!\[(?:if|endif)[^>]*\]>`)
)

// styled are the tags that styles stand for, outermost last.
var styled = []struct {
	tag  atom.Atom
	says *regexp.Regexp
}{{atom.Del, styleStruck}, {atom.Em, styleItalic}, {atom.Strong, styleBold}}

// unstyle turns what Word, Outlook, Google Docs and Excel put on the clipboard
// into plain tags: bold and italic by style become tags, paragraphs that are a
// number and a style become lists, wrappers and what is hidden go. HTML without
// styles is returned as it is.
func unstyle(htm string) string {
	if !hasStyles(htm) {
		return htm
	}
	nodes, ok := parse(conditional.ReplaceAllString(htm, ""))
	if !ok {
		return htm
	}
	root := &html.Node{Type: html.ElementNode, Data: "div", DataAtom: atom.Div}
	for _, n := range nodes {
		root.AppendChild(n)
	}
	lists(root, 0)
	meaning(root, 0)
	var b strings.Builder
	for c := root.FirstChild; c != nil; c = c.NextSibling {
		if html.Render(&b, c) != nil {
			return htm
		}
	}
	return b.String()
}

func hasStyles(htm string) bool {
	low := strings.ToLower(htm)
	return strings.Contains(low, "style=") || strings.Contains(low, "<o:p")
}

// meaning wraps and unwraps elements by their style, from the leaves up.
func meaning(n *html.Node, depth int) {
	if depth > maxDepth {
		return
	}
	for c := n.FirstChild; c != nil; {
		next := c.NextSibling
		if c.Type == html.ElementNode {
			meaning(c, depth+1)
			settle(c)
		}
		c = next
	}
}

// settle gives one element the tags that its style stands for.
func settle(n *html.Node) {
	style := attribute(n, "style")
	switch {
	case styleHidden.MatchString(style):
		n.Parent.RemoveChild(n)
	case (n.DataAtom == atom.B || n.DataAtom == atom.Strong) && styleLight.MatchString(style):
		unwrap(n)
	case strings.Contains(n.Data, ":"):
		unwrap(n)
	case n.DataAtom == atom.Span, n.DataAtom == atom.Font, n.DataAtom == atom.Td:
		for _, m := range styled {
			if m.says.MatchString(style) && n.FirstChild != nil {
				enclose(n, m.tag)
			}
		}
	}
}

func unwrap(n *html.Node) {
	for c := n.FirstChild; c != nil; c = n.FirstChild {
		n.RemoveChild(c)
		n.Parent.InsertBefore(c, n)
	}
	n.Parent.RemoveChild(n)
}

// enclose puts all that n holds into one element.
func enclose(n *html.Node, tag atom.Atom) {
	in := &html.Node{Type: html.ElementNode, Data: tag.String(), DataAtom: tag}
	for c := n.FirstChild; c != nil; c = n.FirstChild {
		n.RemoveChild(c)
		in.AppendChild(c)
	}
	n.AppendChild(in)
}

// lists gathers Word's list paragraphs, which follow each other, into lists.
func lists(n *html.Node, depth int) {
	if depth > maxDepth {
		return
	}
	var list *html.Node
	for c := n.FirstChild; c != nil; {
		next := c.NextSibling
		switch {
		case c.Type == html.TextNode && strings.TrimSpace(c.Data) == "" && list != nil:
			n.RemoveChild(c)
		case c.DataAtom == atom.P && styleListed.MatchString(attribute(c, "style")):
			list = addItem(n, list, c)
		default:
			list = nil
			lists(c, depth+1)
		}
		c = next
	}
}

// addItem moves the paragraph p into list, or into a new one in p's place when
// list is none or of the other kind, and returns that.
func addItem(n, list, p *html.Node) *html.Node {
	kind := atom.Ul
	if marker := find(p, styleMarker); marker != nil {
		if numbered.MatchString(inner(marker)) {
			kind = atom.Ol
		}
		marker.Parent.RemoveChild(marker)
	} else if numbered.MatchString(inner(p)) {
		kind = atom.Ol
	}
	if list == nil || list.DataAtom != kind {
		list = &html.Node{Type: html.ElementNode, Data: kind.String(), DataAtom: kind}
		n.InsertBefore(list, p)
	}
	item := &html.Node{Type: html.ElementNode, Data: "li", DataAtom: atom.Li}
	for c := p.FirstChild; c != nil; c = p.FirstChild {
		p.RemoveChild(c)
		item.AppendChild(c)
	}
	list.AppendChild(item)
	n.RemoveChild(p)
	return list
}

// find is the first element below n whose style says.
func find(n *html.Node, says *regexp.Regexp) *html.Node {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Type == html.ElementNode && says.MatchString(attribute(c, "style")) {
			return c
		}
		if f := find(c, says); f != nil {
			return f
		}
	}
	return nil
}
