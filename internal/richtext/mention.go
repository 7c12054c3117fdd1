package richtext

import (
	"regexp"
	"slices"
	"strconv"

	"golang.org/x/net/html"
)

// personScheme is how Markdown points at somebody: @[Anna Keller](person:7).
const personScheme = "person:"

var (
	mentioned  = regexp.MustCompile(`@\[([^\]\n]{1,200})\]\(` + personScheme + `(\d{1,18})\)`)
	mentionTag = regexp.MustCompile(`<span class="mention" data-mention="(\d+)">`)
)

// RenderNote is Render for internal notes, in which colleagues may be mentioned:
// <span data-mention="7">@Anna Keller</span> stays, and Markdown's
// @[Anna Keller](person:7) becomes it. Customers never read it.
func RenderNote(source string, kind Kind) string {
	return rendered.get(memoKey{kind, source, true}, renderNote)
}

func renderNote(source string, kind Kind) string {
	if kind == KindMarkdown {
		source = mentioned.ReplaceAllString(source, "[@$1]("+personScheme+"$2)")
	}
	return (&output{mentions: true}).render(source, kind)
}

// Mentions returns the ids of the people that a note mentions, each once, in the
// order of the text. Whether there are such people is not known here.
func Mentions(source string, kind Kind) []int64 {
	var ids []int64
	for _, found := range mentionTag.FindAllStringSubmatch(RenderNote(source, kind), -1) {
		if id, err := strconv.ParseInt(found[1], 10, 64); err == nil && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids
}

// mention writes a mention of a person.
func (o *output) mention(id, name string) {
	o.b.WriteString(`<span class="mention" data-mention="` + id + `">@` + html.EscapeString(name) + `</span>`)
}

func isID(s string) bool {
	id, err := strconv.ParseInt(s, 10, 64)
	return err == nil && id > 0 && strconv.FormatInt(id, 10) == s
}
