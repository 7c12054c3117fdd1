package notify

import (
	"context"
	"strings"

	"github.com/deskbell/deskbell/internal/i18n"
)

// rule parts what is new in a plain letter from what is repeated.
const rule = "----------------------------------------"

// plain writes a letter as text, for programs and people that read no HTML. It
// says the same in the same order, in lines of its own making.
func plain(ctx context.Context, l letter) string {
	var parts []string
	add := func(s string) {
		if s = strings.TrimSpace(s); s != "" {
			parts = append(parts, s)
		}
	}
	if l.ReplyAbove {
		add("-- " + i18n.T(ctx, "mail.parts.reply_above") + " --")
	}
	add(l.Title)
	add(l.Ticket.Text + "\n" + l.Ticket.Href)
	for _, p := range l.Paragraphs {
		add(p)
	}
	if l.Said != nil {
		add(l.Said.Text)
		add(plainFiles(ctx, l.Files))
	}
	if l.Status != "" {
		add(i18n.T(ctx, "mail.parts.status") + ": " + l.Status)
	}
	if l.Button.Href != "" && l.Button.Text != "" {
		add(l.Button.Text + ":\n" + l.Button.Href)
	}
	if len(l.Rate) > 0 {
		lines := []string{i18n.T(ctx, "portal.rating.title")}
		for _, a := range l.Rate {
			lines = append(lines, a.Text+": "+a.Href)
		}
		add(strings.Join(lines, "\n"))
	}
	if l.Code != "" {
		add(i18n.T(ctx, "mail.parts.code") + ": " + l.Code + "\n" + i18n.T(ctx, "mail.parts.code_hint"))
	}
	if len(l.Before) > 0 {
		add(rule + "\n" + i18n.T(ctx, "mail.parts.before"))
		for _, c := range l.Before {
			add(c.Who + " (" + c.At + ")\n" + c.Text)
		}
	}
	if l.Fewer.Href != "" {
		l.Why += "\n" + l.Fewer.Text + ": " + l.Fewer.Href
	}
	add(rule + "\n" + l.Why + "\n" + l.Brand.Name + ", " + l.Home)
	return strings.Join(parts, "\n\n") + "\n"
}

func plainFiles(ctx context.Context, files []attachment) string {
	if len(files) == 0 {
		return ""
	}
	lines := []string{i18n.T(ctx, "mail.parts.files") + ":"}
	for _, f := range files {
		lines = append(lines, "- "+f.Name+" ("+f.Size+")")
		if f.Href != "" {
			lines = append(lines, "  "+f.Href)
		}
	}
	return strings.Join(lines, "\n")
}
