// Package richtext turns what people write into HTML that is safe to print,
// and into plain text for search, excerpts and mails.
//
// The source is stored as it came; everything here happens when it is read.
// Every function is total: no input makes it fail, and its time is bounded by
// the input's length.
package richtext

import "strings"

// Kind is the form a source is written in.
type Kind string

// The kinds of source.
const (
	KindHTML     Kind = "html"
	KindMarkdown Kind = "markdown"
	KindText     Kind = "text"
)

// Kinds lists all of them.
var Kinds = []Kind{KindHTML, KindMarkdown, KindText}

// Render returns source as HTML for the inside of a message box: balanced
// tags of a fixed set without style, class or id; links that give no referrer;
// no picture from a foreign origin (a link stands in its place); headings as
// bold paragraphs, so that a message does not break the page's outline.
func Render(source string, kind Kind) string {
	return rendered.get(memoKey{kind: kind, source: source}, render)
}

func render(source string, kind Kind) string { return (&output{}).render(source, kind) }

func (o *output) render(source string, kind Kind) string {
	source = Clean(source)
	switch kind {
	case KindHTML:
		return o.sanitise(source)
	case KindMarkdown:
		if hostile(source) {
			return paragraphs(source)
		}
		return o.write(markdownHTML(messageMarkdown(), source))
	case KindText:
		return paragraphs(source)
	}
	return paragraphs(source)
}

// Heading is one heading of an article.
type Heading struct {
	Level int    // 2 to 6
	ID    string // the id of its element, unique in the article
	Text  string
}

// RenderArticle returns Markdown as the HTML of an article and its headings
// in order, for a table of contents. Headings start at level 2, because the
// page's title is level 1, and never skip a level.
func RenderArticle(markdown string) (string, []Heading) {
	source := Clean(markdown)
	if hostile(source) {
		return paragraphs(source), nil
	}
	o := output{article: true}
	return o.write(markdownHTML(articleMarkdown(), source)), o.headings
}

// Limits of what is read as Markdown. A source beyond one of them is shown as
// it is: no person writes it, and a parser's time for it grows with the square.
const (
	maxMarkdown = 512 << 10 // bytes
	maxNesting  = 40        // quotes and lists in one another
	maxMarks    = 4_000_000 // sum over the paragraphs of the square of their emphasis and link marks
)

// hostile reports whether source is beyond the limits.
func hostile(source string) bool {
	if len(source) > maxMarkdown {
		return true
	}
	marks, sum := 0, 0
	for line := range strings.Lines(source) {
		if openers(line) > maxNesting {
			return true
		}
		if strings.TrimSpace(line) == "" {
			sum, marks = sum+marks*marks, 0
			continue
		}
		for i := range len(line) {
			switch line[i] {
			case '*', '_', '[', '~':
				marks++
			}
		}
	}
	return sum+marks*marks > maxMarks
}

// openers counts the quote and list markers that a line begins with.
func openers(line string) int {
	n := 0
	for i := range len(line) {
		switch c := line[i]; {
		case c == '>' || c == '+' || c == '*' && followedBySpace(line, i) || c == '-' && followedBySpace(line, i):
			n++
		case c == ' ' || c == '\t' || c >= '0' && c <= '9' || c == '.' || c == ')' || c == '*' || c == '-':
			if c == '.' || c == ')' {
				n++
			}
		default:
			return n
		}
	}
	return n
}

func followedBySpace(s string, i int) bool {
	return i+1 < len(s) && (s[i+1] == ' ' || s[i+1] == '\t')
}
