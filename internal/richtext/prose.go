package richtext

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Prose returns what a source says outside of code, on one line.
func Prose(source string, kind Kind) string {
	var b strings.Builder
	z := html.NewTokenizer(strings.NewReader(Render(source, kind)))
	code := 0
	for {
		switch z.Next() {
		case html.ErrorToken:
			return strings.Join(strings.Fields(b.String()), " ")
		case html.TextToken:
			if code == 0 {
				b.Write(z.Text())
			}
		case html.StartTagToken:
			if name, _ := z.TagName(); isCode(name) {
				code++
			}
		case html.EndTagToken:
			if name, _ := z.TagName(); isCode(name) && code > 0 {
				code--
			}
		case html.SelfClosingTagToken, html.CommentToken, html.DoctypeToken:
		}
	}
}

func isCode(tag []byte) bool {
	switch atom.Lookup(tag) {
	case atom.Pre, atom.Code, atom.Kbd, atom.Samp:
		return true
	default:
		return false
	}
}
