package richtext

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Text returns what a source says without its marks: blocks on lines of their
// own, links by their words, pictures by their descriptions.
func Text(source string, kind Kind) string {
	source = Clean(source)
	switch kind {
	case KindHTML:
		return tidy(textOf(source))
	case KindMarkdown:
		if hostile(source) {
			return tidy(source)
		}
		return tidy(textOf(markdownHTML(messageMarkdown(), source)))
	case KindText:
		return tidy(source)
	}
	return tidy(source)
}

// Excerpt returns the first n runes of text on one line, cut at a word, with
// an ellipsis when something was left out.
func Excerpt(text string, n int) string {
	if limit := n * 8 * utf8.UTFMax; len(text) > limit {
		text = strings.ToValidUTF8(text[:limit], "") // Fields of a whole mail would be a waste
	}
	text = strings.Join(strings.Fields(text), " ")
	if utf8.RuneCountInString(text) <= n {
		return text
	}
	runes := []rune(text)[:n]
	cut := n
	for cut > n*2/3 && !unicode.IsSpace(runes[cut-1]) {
		cut--
	}
	if !unicode.IsSpace(runes[cut-1]) {
		cut = n // one long word
	}
	return strings.TrimRight(string(runes[:cut]), " ,;:—–-") + "…"
}

// textOf reads HTML token by token, which no nesting can slow down.
func textOf(htm string) string {
	var b strings.Builder
	b.Grow(len(htm) / 2)
	z := html.NewTokenizer(strings.NewReader(htm))
	var skip atom.Atom // the element whose content is no text
	pre := 0
	for {
		switch z.Next() {
		case html.ErrorToken:
			return b.String()
		case html.TextToken:
			if skip != 0 {
				continue
			}
			t := string(z.Text())
			if pre == 0 {
				t = collapse(t)
				if strings.HasSuffix(b.String(), " ") {
					t = strings.TrimPrefix(t, " ")
				}
			}
			b.WriteString(t)
		case html.StartTagToken, html.SelfClosingTagToken:
			name, hasAttr := z.TagName()
			a := atom.Lookup(name)
			switch {
			case skip != 0:
			case a == atom.Script || a == atom.Style || a == atom.Head || a == atom.Title || a == atom.Template:
				skip = a
			case a == atom.Img:
				apart(&b, altOf(z, hasAttr))
			case a == atom.Li:
				b.WriteString("\n• ")
			case a == atom.Td || a == atom.Th:
				b.WriteString("\t")
			case a == atom.P && strings.HasSuffix(b.String(), "\n• "): // the bullet's own
			default:
				b.WriteString(breaks(a))
			}
			if a == atom.Pre {
				pre++
			}
		case html.EndTagToken:
			name, _ := z.TagName()
			a := atom.Lookup(name)
			if a == skip {
				skip = 0
			}
			if a == atom.Pre && pre > 0 {
				pre--
			}
			b.WriteString(breaks(a))
		case html.CommentToken, html.DoctypeToken:
		}
	}
}

// breaks is the white space that an element's tag stands for.
func breaks(a atom.Atom) string {
	switch a {
	case atom.P, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Blockquote, atom.Pre,
		atom.Ul, atom.Ol, atom.Dl, atom.Table, atom.Hr:
		return "\n\n"
	case atom.Br, atom.Div, atom.Tr, atom.Dt, atom.Dd, atom.Section, atom.Article, atom.Header, atom.Footer, atom.Main, atom.Aside,
		atom.Figure, atom.Figcaption, atom.Details, atom.Summary, atom.Address, atom.Center, atom.Caption:
		return "\n"
	default:
		return ""
	}
}

// apart writes words with a space before and behind, so that they stick to no
// other.
func apart(b *strings.Builder, words string) {
	if words == "" {
		return
	}
	if s := b.String(); s != "" && !strings.ContainsAny(s[len(s)-1:], " \n\t") {
		b.WriteByte(' ')
	}
	b.WriteString(words)
	b.WriteByte(' ')
}

func altOf(z *html.Tokenizer, more bool) string {
	for more {
		var k, v []byte
		if k, v, more = z.TagAttr(); string(k) == "alt" {
			return string(v)
		}
	}
	return ""
}

// collapse turns runs of white space into one space, as a browser does.
func collapse(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	space := false
	for _, r := range s {
		if r == ' ' || r == '\n' || r == '\t' || r == '\r' || r == '\f' {
			space = true
			continue
		}
		if space {
			b.WriteByte(' ')
			space = false
		}
		b.WriteRune(r)
	}
	if space {
		b.WriteByte(' ')
	}
	return b.String()
}

// tidy trims every line's end and the whole, and keeps at most one empty line.
func tidy(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	empty := 0
	for line := range strings.SplitSeq(s, "\n") {
		line = strings.TrimRight(line, " \t")
		if strings.TrimSpace(line) == "" {
			empty++
			continue
		}
		if b.Len() > 0 {
			b.WriteString("\n")
			if empty > 0 {
				b.WriteString("\n")
			}
		}
		empty = 0
		b.WriteString(strings.TrimLeft(line, " "))
	}
	return strings.TrimSpace(b.String())
}

// inner is the text below n.
func inner(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return b.String()
}

// anchor is the id of a heading's words.
func anchor(text string) string {
	var b strings.Builder
	b.WriteString("s-")
	dash := false
	for _, r := range strings.ToLower(text) {
		switch {
		case unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r):
			if dash && b.Len() > 2 {
				b.WriteByte('-')
			}
			dash = false
			b.WriteRune(r)
		default:
			dash = true
		}
		if b.Len() > 100 {
			break
		}
	}
	return b.String()
}

var address = regexp.MustCompile(`https?://[^\s<>"'\x60]+`)

// paragraphs shows plain text: empty lines part paragraphs, addresses are links.
func paragraphs(text string) string {
	var b strings.Builder
	b.Grow(len(text) + len(text)/8)
	for block := range strings.SplitSeq(text, "\n\n") {
		block = strings.Trim(block, "\n")
		if strings.TrimSpace(block) == "" {
			continue
		}
		b.WriteString("<p>")
		rest := block
		for rest != "" {
			at := address.FindStringIndex(rest)
			if at == nil {
				break
			}
			url := strings.TrimRight(rest[at[0]:at[1]], ".,;:!?)]}»”’")
			writeLines(&b, rest[:at[0]])
			if label := html.EscapeString(url); safeURL(url) {
				b.WriteString(`<a href="` + label + `" rel="nofollow noopener noreferrer">` + label + "</a>")
			} else {
				b.WriteString(label)
			}
			rest = rest[at[0]+len(url):]
		}
		writeLines(&b, rest)
		b.WriteString("</p>")
	}
	return b.String()
}

func writeLines(b *strings.Builder, s string) {
	b.WriteString(strings.ReplaceAll(html.EscapeString(s), "\n", "<br>"))
}
