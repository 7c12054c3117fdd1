package richtext

import (
	"bytes"
	"sync"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer/html"
)

// messageMarkdown reads what people type into a box: a line break is one.
var messageMarkdown = sync.OnceValue(func() goldmark.Markdown {
	return newMarkdown(goldmark.WithRendererOptions(html.WithHardWraps()))
})

// articleMarkdown reads files, where a line break is a space.
var articleMarkdown = sync.OnceValue(func() goldmark.Markdown { return newMarkdown() })

// newMarkdown leaves raw HTML out of the output, which goldmark does unless
// told otherwise; safe stands behind it all the same.
func newMarkdown(more ...goldmark.Option) goldmark.Markdown {
	return goldmark.New(append(more, goldmark.WithExtensions(
		extension.NewTable(extension.WithTableCellAlignMethod(extension.TableCellAlignNone)),
		extension.Linkify,
		extension.Strikethrough,
	), goldmark.WithParserOptions(parser.WithEscapedSpace()))...)
}

func markdownHTML(md goldmark.Markdown, source string) string {
	var b bytes.Buffer
	b.Grow(len(source) + len(source)/4)
	if err := md.Convert([]byte(source), &b); err != nil {
		return paragraphs(source) // only a failing writer could; a buffer does not
	}
	return b.String()
}
