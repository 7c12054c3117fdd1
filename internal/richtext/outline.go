package richtext

import (
	"strings"

	"github.com/yuin/goldmark/ast"
	extast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// Section is a part of an article under one heading.
type Section struct {
	Level   int // of the heading; 0 for what stands before the first one
	Heading string
	ID      string // the heading's id in RenderArticle's HTML
	Text    string // without marks
}

// Outline cuts an article's Markdown at its headings and takes the marks off.
// The first section is what stands before the first heading, and may be empty.
func Outline(markdown string) []Section {
	source := Clean(markdown)
	if hostile(source) {
		return []Section{{Text: tidy(source)}}
	}
	src := []byte(source)
	doc := articleMarkdown().Parser().Parse(text.NewReader(src))
	sections := []Section{{}}
	var b strings.Builder
	ids := output{article: true}
	done := func() {
		last := &sections[len(sections)-1]
		last.Text = tidy(b.String())
		b.Reset()
	}
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if h, ok := n.(*ast.Heading); ok {
			if entering {
				done()
				words := strings.Join(strings.Fields(words(h, src)), " ")
				sections = append(sections, Section{Level: h.Level, Heading: words, ID: ids.id(words)})
			}
			return ast.WalkSkipChildren, nil
		}
		if !entering {
			leave(&b, n)
			return ast.WalkContinue, nil
		}
		return enter(&b, n, src), nil
	})
	done()
	return sections
}

// enter adds what n says to b.
func enter(b *strings.Builder, n ast.Node, src []byte) ast.WalkStatus {
	switch n := n.(type) {
	case *ast.Text:
		b.Write(spoken(n, src))
		if n.SoftLineBreak() || n.HardLineBreak() {
			b.WriteByte('\n')
		}
	case *ast.String:
		b.Write(n.Value)
	case *ast.AutoLink:
		b.Write(n.Label(src))
	case *ast.FencedCodeBlock, *ast.CodeBlock:
		for i := range n.Lines().Len() {
			line := n.Lines().At(i)
			b.Write(line.Value(src))
		}
		return ast.WalkSkipChildren
	case *ast.RawHTML, *ast.HTMLBlock:
		return ast.WalkSkipChildren
	case *ast.ListItem:
		b.WriteString("• ")
	}
	return ast.WalkContinue
}

// spoken is a text as it is read: without the escapes that Markdown needs,
// which code has not.
func spoken(n *ast.Text, src []byte) []byte {
	v := n.Value(src)
	if _, code := n.Parent().(*ast.CodeSpan); code || n.IsRaw() {
		return v
	}
	return util.UnescapePunctuations(util.ResolveEntityNames(util.ResolveNumericReferences(v)))
}

// leave ends the line of a block.
func leave(b *strings.Builder, n ast.Node) {
	switch n.(type) {
	case *extast.TableCell:
		b.WriteString("  ")
	case *ast.ListItem: // its text has ended the line
	default:
		if n.Type() == ast.TypeBlock {
			b.WriteByte('\n')
		}
	}
}

// words is the text below an inline parent.
func words(parent ast.Node, src []byte) string {
	var b strings.Builder
	_ = ast.Walk(parent, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if n == parent || !entering {
			return ast.WalkContinue, nil
		}
		return enter(&b, n, src), nil
	})
	return b.String()
}
