package mail

import (
	"bytes"
	"fmt"
	netmail "net/mail"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	gomail "github.com/wneessen/go-mail"
)

// Address is a name with an address, for a header.
type Address struct{ Name, Address string }

// parsed is a as a header quotes and encodes it.
func (a Address) parsed() (*netmail.Address, error) {
	p, err := netmail.ParseAddress(oneLine(a.Address))
	if err != nil {
		return nil, err
	}
	return &netmail.Address{Name: oneLine(a.Name), Address: p.Address}, nil
}

// Message is a letter as it goes over the wire, before it is written in MIME.
type Message struct {
	From, To   Address
	Subject    string
	ID         string   // Message-ID, without brackets
	References []string // the letters before it, the oldest first, without brackets; the last is what it answers
	Lang       string
	Auto       Auto
	Date       time.Time
	HTML, Text string
}

// compose writes m in MIME: text and HTML as alternatives (RFC 2046, 5.1.4).
func (m Message) compose() (*gomail.Msg, error) {
	g := gomail.NewMsg(gomail.WithNoDefaultUserAgent(), gomail.WithEncoding(gomail.EncodingQP))
	from, err := m.From.parsed()
	if err != nil {
		return nil, fmt.Errorf("the sender %q: %w", m.From.Address, err)
	}
	to, err := m.To.parsed()
	if err != nil {
		return nil, fmt.Errorf("the recipient %q: %w", m.To.Address, err)
	}
	g.FromMailAddress(from) // the library's own formatting does not quote names
	g.EnvelopeFromMailAddress(from)
	g.ToMailAddress(to)
	g.Subject(oneLine(m.Subject))
	g.SetMessageIDWithValue(oneLine(m.ID))
	g.SetDateWithValue(m.Date)
	if len(m.References) > 0 {
		g.SetGenHeaderPreformatted(gomail.HeaderInReplyTo, "<"+oneLine(m.References[len(m.References)-1])+">")
		g.SetGenHeaderPreformatted(gomail.HeaderReferences, references(m.References))
	}
	if m.Lang != "" {
		g.SetGenHeader(gomail.HeaderContentLang, oneLine(m.Lang))
	}
	switch m.Auto {
	case Generated:
		g.SetGenHeader("Auto-Submitted", "auto-generated")
	case Replied:
		g.SetGenHeader("Auto-Submitted", string(Replied))
	case ByHand:
	}
	g.SetGenHeader("X-Auto-Response-Suppress", "All") // what Outlook and Exchange ask instead
	g.SetBodyString(gomail.TypeTextPlain, m.Text)
	g.AddAlternativeString(gomail.TypeTextHTML, m.HTML)
	return g, nil
}

// references writes message ids, one a line: a header's line may take 998
// bytes (RFC 5322, 2.1.1).
func references(ids []string) string {
	clean := make([]string, len(ids))
	for i, id := range ids {
		clean[i] = "<" + oneLine(id) + ">"
	}
	return strings.Join(clean, "\r\n ")
}

// Raw is m as it is sent.
func (m Message) Raw() ([]byte, error) {
	g, err := m.compose()
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if _, err := g.WriteTo(&b); err != nil {
		return nil, fmt.Errorf("write a letter: %w", err)
	}
	return b.Bytes(), nil
}

// oneLine makes s fit for a header: whatever could end the line or hide in it
// becomes a space, so that nobody's subject or name is a header of its own.
func oneLine(s string) string {
	s = strings.Map(func(r rune) rune {
		if r == utf8.RuneError || unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, s)
	return strings.Join(strings.Fields(s), " ")
}

// Head is a raw message's header, as text.
func Head(raw []byte) string {
	head, _, _ := bytes.Cut(raw, []byte("\r\n\r\n"))
	return strings.ReplaceAll(string(head), "\r\n", "\n")
}
