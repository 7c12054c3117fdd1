package richtext

import (
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Markdown returns a source as Markdown that says and looks the same, as far as
// Markdown can: pictures of ours are left out, cells of tables are one line.
func Markdown(source string, kind Kind) string {
	switch kind {
	case KindMarkdown:
		return strings.TrimSpace(Clean(source))
	case KindText, KindHTML:
	}
	nodes, ok := parse(Render(source, kind))
	if !ok {
		return Text(source, kind)
	}
	m := markdown{}
	m.blocks(nodes, 0)
	return strings.TrimSpace(m.b.String())
}

// markdown writes a tree as Markdown. Every line begins with indent.
type markdown struct {
	b      strings.Builder
	indent string
	tight  bool // within a list: no empty lines between blocks
}

func (m *markdown) blocks(nodes []*html.Node, depth int) {
	var inline []*html.Node
	flush := func() {
		if text := strings.TrimSpace(spans(inline)); text != "" {
			m.block(text)
		}
		inline = nil
	}
	for _, n := range nodes {
		if n.Type == html.ElementNode && isBlock(n.DataAtom) && depth < maxDepth {
			flush()
			m.element(n, depth)
			continue
		}
		inline = append(inline, n)
	}
	flush()
}

// block writes one paragraph.
func (m *markdown) block(text string) {
	for line := range strings.SplitSeq(text, "\n") {
		m.b.WriteString(m.indent + line + "\n")
	}
	if !m.tight {
		m.b.WriteString(strings.TrimRight(m.indent, " ") + "\n")
	}
}

func (m *markdown) element(n *html.Node, depth int) {
	children := kids(n)
	switch n.DataAtom {
	case atom.Ul, atom.Ol:
		m.list(n, depth)
	case atom.Blockquote:
		m.within("> ", func(in *markdown) { in.blocks(children, depth+1) })
		m.b.WriteString(strings.TrimRight(m.indent, " ") + "\n")
	case atom.Pre:
		m.block("```\n" + strings.Trim(inner(n), "\n") + "\n```")
	case atom.Table:
		m.block(tableText(n))
	case atom.Hr:
		m.block("---")
	case atom.P:
		if text := strings.TrimSpace(spans(children)); text != "" {
			m.block(text)
		}
	default:
		m.blocks(children, depth+1)
	}
}

// within writes blocks further in.
func (m *markdown) within(mark string, do func(in *markdown)) {
	in := &markdown{indent: m.indent + mark, tight: m.tight}
	do(in)
	end := "\n" + strings.TrimRight(in.indent, " ")
	m.b.WriteString(strings.TrimSuffix(strings.TrimRight(in.b.String(), "\n"), end) + "\n")
}

func (m *markdown) list(n *html.Node, depth int) {
	at := 1
	if start, err := strconv.Atoi(attribute(n, "start")); err == nil {
		at = start
	}
	for _, li := range kids(n) {
		if li.DataAtom != atom.Li {
			continue
		}
		mark := "- "
		if n.DataAtom == atom.Ol {
			mark = strconv.Itoa(at) + ". "
			at++
		}
		item := markdown{indent: m.indent + strings.Repeat(" ", len(mark)), tight: true}
		item.blocks(kids(li), depth+1)
		text := strings.TrimPrefix(item.b.String(), item.indent)
		m.b.WriteString(m.indent + mark + strings.TrimRight(text, "\n ") + "\n")
	}
	if !m.tight {
		m.b.WriteString(strings.TrimRight(m.indent, " ") + "\n")
	}
}

// tableText is a table with its first row as the head.
func tableText(table *html.Node) string {
	var lines []string
	for tr := range table.Descendants() {
		if tr.DataAtom != atom.Tr {
			continue
		}
		var line, rule strings.Builder
		for _, cell := range kids(tr) {
			if cell.DataAtom == atom.Td || cell.DataAtom == atom.Th {
				line.WriteString(" " + strings.ReplaceAll(strings.Join(strings.Fields(spans(kids(cell))), " "), "|", `\|`) + " |")
				rule.WriteString(" --- |")
			}
		}
		lines = append(lines, "|"+line.String())
		if len(lines) == 1 {
			lines = append(lines, "|"+rule.String())
		}
	}
	return strings.Join(lines, "\n")
}

var inlineMarks = map[atom.Atom]string{atom.B: "**", atom.Strong: "**", atom.I: "*", atom.Em: "*", atom.Del: "~~", atom.S: "~~"}

// spans is what stands in one line, or several with breaks.
func spans(nodes []*html.Node) string {
	var b strings.Builder
	for _, n := range nodes {
		switch {
		case n.Type == html.TextNode:
			b.WriteString(escapeMarks(collapse(n.Data)))
		case n.Type != html.ElementNode:
		case n.DataAtom == atom.Br:
			b.WriteString("\n")
		case n.DataAtom == atom.Code || n.DataAtom == atom.Kbd || n.DataAtom == atom.Samp:
			b.WriteString("`" + strings.ReplaceAll(inner(n), "`", "'") + "`")
		case n.DataAtom == atom.A:
			words, href := spans(kids(n)), attribute(n, "href")
			if inner(n) == href {
				b.WriteString(href)
			} else {
				b.WriteString("[" + words + "](" + strings.ReplaceAll(href, ")", "%29") + ")")
			}
		case inlineMarks[n.DataAtom] != "":
			b.WriteString(marked(spans(kids(n)), inlineMarks[n.DataAtom]))
		default:
			b.WriteString(spans(kids(n)))
		}
	}
	return b.String()
}

// marked puts mark round the words, not round the spaces beside them.
func marked(text, mark string) string {
	words := strings.TrimSpace(text)
	if words == "" {
		return text
	}
	at := strings.Index(text, words)
	return text[:at] + mark + words + mark + text[at+len(words):]
}

var marksEscaped = strings.NewReplacer(`\`, `\\`, "*", `\*`, "_", `\_`, "`", "\\`", "[", `\[`, "<", `\<`, "~", `\~`)

// escapeMarks keeps signs of a text from being read as marks. Placeholders and
// addresses stay as they are.
func escapeMarks(text string) string {
	if !strings.ContainsAny(text, "\\*_`[<~") {
		return text
	}
	words := strings.SplitAfter(text, " ")
	for i, w := range words {
		if !strings.Contains(w, "{{") && !strings.Contains(w, "://") {
			words[i] = marksEscaped.Replace(w)
		}
	}
	return strings.Join(words, "")
}

func isBlock(a atom.Atom) bool {
	switch a {
	case atom.P, atom.Div, atom.Ul, atom.Ol, atom.Blockquote, atom.Pre, atom.Table, atom.Hr, atom.Dl, atom.Dt, atom.Dd,
		atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		return true
	default:
		return false
	}
}

func kids(n *html.Node) []*html.Node {
	var all []*html.Node
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		all = append(all, c)
	}
	return all
}
