package desk

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// tablesAsText sets the tables of safe HTML as text in columns: the rich-text
// editor knows no tables and would run their cells together.
func tablesAsText(safe string) string {
	if !strings.Contains(safe, "<table") {
		return safe
	}
	body := &html.Node{Type: html.ElementNode, Data: "body", DataAtom: atom.Body}
	nodes, err := html.ParseFragment(strings.NewReader(safe), body)
	if err != nil {
		return safe
	}
	var out strings.Builder
	for _, n := range nodes {
		body.AppendChild(n)
	}
	setTables(body)
	for n := range body.ChildNodes() {
		if err := html.Render(&out, n); err != nil {
			return safe
		}
	}
	return out.String()
}

func setTables(n *html.Node) {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		table := tableIn(c)
		if table == nil {
			setTables(c)
			continue
		}
		pre := &html.Node{Type: html.ElementNode, Data: "pre", DataAtom: atom.Pre}
		pre.AppendChild(&html.Node{Type: html.TextNode, Data: columns(rows(table))})
		n.InsertBefore(pre, c)
		n.RemoveChild(c)
		c = pre
	}
}

// tableIn is n itself when it is a table, or the only thing in the box that
// lets a wide one scroll.
func tableIn(n *html.Node) *html.Node {
	switch {
	case n.DataAtom == atom.Table:
		return n
	case n.DataAtom == atom.Div && n.FirstChild != nil && n.FirstChild == n.LastChild && n.FirstChild.DataAtom == atom.Table:
		return n.FirstChild
	default:
		return nil
	}
}

// rows are a table's cells as text, row by row.
func rows(table *html.Node) [][]string {
	var all [][]string
	for n := range table.Descendants() {
		switch n.DataAtom { //nolint:exhaustive // only rows and cells matter
		case atom.Tr:
			all = append(all, nil)
		case atom.Td, atom.Th:
			if len(all) > 0 {
				all[len(all)-1] = append(all[len(all)-1], cellText(n))
			}
		}
	}
	return all
}

func cellText(cell *html.Node) string {
	var b strings.Builder
	for n := range cell.Descendants() {
		if n.Type == html.TextNode {
			b.WriteString(n.Data)
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// columns sets rows with their cells below each other.
func columns(rows [][]string) string {
	var widths []int
	for _, r := range rows {
		for i, cell := range r {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	lines := make([]string, len(rows))
	for i, r := range rows {
		var b strings.Builder
		for j, cell := range r {
			b.WriteString(cell)
			b.WriteString(strings.Repeat(" ", widths[j]-utf8.RuneCountInString(cell)+2))
		}
		lines[i] = strings.TrimRight(b.String(), " ")
	}
	return strings.Join(lines, "\n")
}
