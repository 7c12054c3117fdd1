package notify

import (
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/deskbell/deskbell/internal/richtext"
)

// styles are what a message's elements wear: mail programs read style
// attributes and little else. Colours that need another one in the dark are a
// class of letter.templ.
var styles = map[string]string{
	"p":          "margin:0 0 12px",
	"ul":         "margin:0 0 12px;padding-left:24px",
	"ol":         "margin:0 0 12px;padding-left:24px",
	"li":         "margin:0 0 4px",
	"blockquote": "margin:0 0 12px;padding:0 0 0 12px;border-left:3px solid #c9c5c0",
	"pre":        "margin:0 0 12px;padding:10px 12px;border-radius:6px;background-color:#f3f2ef;font:13px/19px Consolas,Menlo,monospace;white-space:pre-wrap;word-break:break-word",
	"code":       "font:13px/19px Consolas,Menlo,monospace;word-break:break-word",
	"table":      "margin:0 0 12px;border-collapse:collapse",
	"td":         "padding:5px 8px;border:1px solid #d6d3cf;text-align:left;vertical-align:top",
	"th":         "padding:5px 8px;border:1px solid #d6d3cf;text-align:left;vertical-align:top",
	"hr":         "height:1px;margin:16px 0;border:0;background-color:#e4e2e0",
	"a":          "text-decoration:underline;word-break:break-word",
	"img":        "max-width:100%;height:auto",
}

// classes are names of rules in letter.templ.
var classes = map[string]string{"a": "a", "pre": "pre"}

// dresser makes a message fit for mail programs.
type dresser struct {
	address string // the desk's, for its own paths
	accent  string // of links
}

func (d dresser) style(element string) string {
	if element == "a" {
		return styles["a"] + ";color:" + d.accent
	}
	return styles[element]
}

// styled dresses safe HTML: styles on its elements, whole addresses for our own
// paths, and a link in place of a picture, which only a signed-in browser could
// fetch.
func (d dresser) styled(safe string) string {
	var b strings.Builder
	z := html.NewTokenizer(strings.NewReader(safe))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return b.String()
		case html.StartTagToken, html.SelfClosingTagToken:
			t := z.Token()
			if t.DataAtom == atom.Img {
				b.WriteString(d.picture(t))
				continue
			}
			b.WriteString(d.dressed(t).String())
		default:
			b.Write(z.Raw())
		}
	}
}

func (d dresser) dressed(t html.Token) html.Token {
	attrs := t.Attr[:0:0]
	for _, a := range t.Attr {
		switch a.Key {
		case "href":
			a.Val = d.whole(a.Val)
		case "class", "tabindex", "style", "loading":
			continue
		}
		attrs = append(attrs, a)
	}
	if v := d.style(t.Data); v != "" {
		attrs = append(attrs, html.Attribute{Key: "style", Val: v})
	}
	if v := classes[t.Data]; v != "" {
		attrs = append(attrs, html.Attribute{Key: "class", Val: v})
	}
	t.Attr = attrs
	return t
}

// picture is a link to a picture of ours.
func (d dresser) picture(t html.Token) string {
	src, alt := "", ""
	for _, a := range t.Attr {
		switch a.Key {
		case "src":
			src = d.whole(a.Val)
		case "alt":
			alt = a.Val
		}
	}
	if strings.TrimSpace(alt) == "" {
		alt = src
	}
	return `<a class="a" style="` + d.style("a") + `" href="` + html.EscapeString(src) + `">` + html.EscapeString(alt) + `</a>`
}

// whole is an address with our own in front of a path.
func (d dresser) whole(href string) string {
	if strings.HasPrefix(href, "/") && !strings.HasPrefix(href, "//") {
		return d.address + href
	}
	return href
}

// spelled is dressed HTML as plain text, with the address behind the words of
// each link and the numbers of numbered lists.
func spelled(dressed string) string {
	var b strings.Builder
	z := html.NewTokenizer(strings.NewReader(dressed))
	href, words := "", ""
	var lists []int // of the lists we are in: the number of the last item, or -1 without numbers
	for {
		kind := z.Next()
		if kind == html.ErrorToken {
			return strings.TrimSpace(richtext.Text(b.String(), richtext.KindHTML))
		}
		raw := string(z.Raw())
		t := z.Token()
		switch {
		case kind == html.StartTagToken && t.DataAtom == atom.Ol:
			lists = append(lists, 0)
		case kind == html.StartTagToken && t.DataAtom == atom.Ul:
			lists = append(lists, -1)
		case kind == html.EndTagToken && (t.DataAtom == atom.Ol || t.DataAtom == atom.Ul) && len(lists) > 0:
			lists = lists[:len(lists)-1]
		case kind == html.StartTagToken && t.DataAtom == atom.Li && len(lists) > 0 && lists[len(lists)-1] >= 0:
			lists[len(lists)-1]++
			raw = "<br>" + strconv.Itoa(lists[len(lists)-1]) + ". "
		case kind == html.StartTagToken && t.DataAtom == atom.A:
			href, words = "", ""
			for _, a := range t.Attr {
				if a.Key == "href" {
					href = a.Val
				}
			}
		case kind == html.EndTagToken && t.DataAtom == atom.A:
			if bare := strings.TrimPrefix(href, "mailto:"); bare != "" && strings.TrimSpace(words) != bare {
				b.WriteString(html.EscapeString(" (" + bare + ")"))
			}
		case kind == html.TextToken:
			words += t.Data
		}
		b.WriteString(raw)
	}
}
