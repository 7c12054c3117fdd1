package desk

import (
	"slices"
	"strings"

	"github.com/deskbell/deskbell/internal/richtext"
)

// beyondMarkdown is what a message's HTML may have and Markdown has not:
// pictures of ours, mentions, underlined words.
var beyondMarkdown = []string{"<img", "data-mention", "<u>"}

// plainText is the text for the plain field, which is all there is without
// scripts: Markdown where that loses nothing, else the HTML without what only a
// page needs. The rich-text editor begins with html.
func (f writing) plainText() (text string, kind richtext.Kind) {
	if f.Kind != richtext.KindHTML {
		return f.Message, f.Kind
	}
	written := richtext.Markdown(f.Message, f.Kind)
	for _, tag := range beyondMarkdown {
		if strings.Contains(f.Message, tag) {
			written = ""
		}
	}
	if written == "" || !slices.Equal(words(written, richtext.KindMarkdown), words(f.Message, f.Kind)) {
		return strings.ReplaceAll(f.Message, ` tabindex="0"`, ""), f.Kind
	}
	return written, richtext.KindMarkdown
}

func words(source string, kind richtext.Kind) []string {
	return strings.Fields(richtext.Text(source, kind))
}
