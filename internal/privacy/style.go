package privacy

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"net/url"
	"strings"

	"github.com/a-h/templ"

	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/web/ui"
)

// pageCSS is the look of the archive's pages, which stand alone: no script, no
// font, nothing from elsewhere.
const pageCSS = `:root{color-scheme:light dark;--line:light-dark(#d9dee3,#39424b);--dim:light-dark(#56616b,#a3adb8);--soft:light-dark(#eef3f5,#1d252c);--agent:light-dark(#e6f3f5,#14303a)}
body{font:16px/1.55 system-ui,sans-serif;margin:0 auto;max-width:52rem;padding:2rem 1rem 4rem;overflow-wrap:anywhere}
h1{font-size:1.6rem;line-height:1.25;margin:.5rem 0 1rem}h2{font-size:1.15rem;margin:2rem 0 .5rem}
a{color:light-dark(#0b6470,#7fd3e0)}.dim{color:var(--dim)}
dl{display:grid;grid-template-columns:minmax(7rem,12rem) 1fr;gap:.25rem 1rem}dt{color:var(--dim)}dd{margin:0}
table{border-collapse:collapse;width:100%}th,td{text-align:start;padding:.4rem .6rem .4rem 0;border-bottom:1px solid var(--line);vertical-align:top}
.msg{border:1px solid var(--line);border-radius:10px;padding:.75rem 1rem;margin:1rem 0}.agent{background:var(--agent)}.robot{background:var(--soft)}
.msg>header{display:flex;gap:.75rem;flex-wrap:wrap;margin-bottom:.5rem}.event{color:var(--dim);margin:.75rem 0}
pre{white-space:pre-wrap;background:var(--soft);padding:.5rem .75rem;border-radius:6px}blockquote{border-inline-start:3px solid var(--line);margin-inline:0;padding-inline-start:.75rem}img{max-width:100%}
.text>:first-child{margin-top:0}.text>:last-child{margin-bottom:0}`

// styleTag holds pageCSS, and policy lets a page have that and pictures of the
// archive and nothing else: what people wrote stays text whatever it is.
const styleTag = "<style>" + pageCSS + "</style>"

func policy() string {
	sum := sha256.Sum256([]byte(pageCSS))
	return "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; form-action 'none'; base-uri 'none'"
}

func statusWord(ctx context.Context, status string) string {
	return ui.StatusView{Status: status}.Text(ctx)
}

func lang(ctx context.Context) string { return i18n.ReaderOf(ctx).Lang }

// indexFromTicket is where a ticket's page leads back to.
const indexFromTicket = "../index.html"

// fileHref is a file of the archive, seen from a ticket's page.
func fileHref(path string) templ.SafeURL {
	parts := strings.Split(path, "/")
	for i := range parts {
		parts[i] = url.PathEscape(parts[i])
	}
	return templ.SafeURL("../" + strings.Join(parts, "/"))
}
