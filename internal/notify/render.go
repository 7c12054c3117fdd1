package notify

import (
	"context"
	"regexp"
	"strings"

	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/mail"
)

// Rendered is a letter as its reader sees it.
type Rendered struct{ Subject, HTML, Text string }

// render writes a letter for its reader.
func (s *Service) render(ctx context.Context, f facts) (Rendered, error) {
	ctx = i18n.With(ctx, i18n.Reader{Lang: f.Reader.Lang, Zone: f.Reader.Zone})
	l, err := s.write(ctx, f)
	if err != nil {
		return Rendered{}, err
	}
	var b strings.Builder
	if err := page(l).Render(ctx, &b); err != nil {
		return Rendered{}, err
	}
	return Rendered{Subject: l.Subject, HTML: b.String(), Text: plain(ctx, l)}, nil
}

// message is a letter ready to be handed over.
func (s *Service) message(ctx context.Context, f facts) (mail.Message, error) {
	r, err := s.render(ctx, f)
	if err != nil {
		return mail.Message{}, err
	}
	return mail.Message{
		From: s.sender(ctx), To: mail.Address{Name: f.Reader.Name, Address: f.Recipient},
		Subject: r.Subject, ID: f.RFCID, References: f.references(s.Outbox.Domain()), Lang: f.Reader.Lang, Auto: f.Spec.Auto,
		Date: f.CreatedAt, HTML: r.HTML, Text: r.Text,
	}, nil
}

var colour = regexp.MustCompile(`^#[0-9a-fA-F]{6}$`)

// sheet is the style sheet of a letter: the dark theme for programs that have
// one, and a telephone's width.
const sheet = `<style>
.said>:last-child,.past>:last-child{margin-bottom:10px!important}
@media (prefers-color-scheme:dark){
.ground{background-color:#0c1113!important}
.card{background-color:#14191c!important;border-color:#272d30!important}
.text{color:#eaedef!important}
.soft{color:#bdc4c7!important}
.quiet{color:#98a0a3!important}
.a{color:#9fd8d9!important}
.code{background-color:#162828!important}
.pre{background-color:#1c2327!important}
.said{border-left-color:#2f5b5d!important}
.past{border-bottom-color:#272d30!important}
}
@media (max-width:480px){
.around{padding:12px 8px!important}
.inside{padding-left:18px!important;padding-right:18px!important}
.title{font-size:20px!important;line-height:26px!important}
}
</style>`
