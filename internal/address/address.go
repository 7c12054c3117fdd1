// Package address brings e-mail addresses and domain names into one form, so
// that they can be compared and looked up: lower case, domains in punycode.
package address

import (
	"errors"
	"strings"
	"unicode"

	"golang.org/x/net/idna"
)

// ErrBad means that a text is no e-mail address or no domain name that mail
// could be sent to.
var ErrBad = errors.New("not an address")

// Email returns s as identities hold it. The part before the @ is lowered too:
// no provider in use tells Ann from ann, and people type both.
func Email(s string) (string, error) {
	s = strings.TrimSpace(s)
	at := strings.LastIndex(s, "@")
	if at < 1 || at > 64 || len(s) > 254 { // RFC 5321 4.5.3.1
		return "", ErrBad
	}
	local, domain := s[:at], s[at+1:]
	if strings.IndexFunc(local, bad) >= 0 || strings.ContainsAny(local, `"(),:;<>[]\@`) ||
		local[0] == '.' || local[len(local)-1] == '.' || strings.Contains(local, "..") {
		return "", ErrBad
	}
	domain, err := Domain(domain)
	if err != nil {
		return "", err
	}
	return strings.ToLower(local) + "@" + domain, nil
}

func bad(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) || !unicode.IsPrint(r) }

// Domain returns s in lower case and punycode. A leading @ or a web address in
// front is taken off: people paste both.
func Domain(s string) (string, error) {
	s = strings.ToLower(strings.TrimSpace(s))
	for _, p := range []string{"https://", "http://", "@", "www."} {
		s = strings.TrimPrefix(s, p)
	}
	s = strings.TrimSuffix(strings.TrimSuffix(s, "/"), ".")
	d, err := idna.Lookup.ToASCII(s)
	if err != nil || !strings.Contains(d, ".") || len(d) > 253 || strings.ContainsAny(d, "/:_ ") {
		return "", ErrBad
	}
	for label := range strings.SplitSeq(d, ".") {
		if label == "" || len(label) > 63 {
			return "", ErrBad
		}
	}
	if top := d[strings.LastIndex(d, ".")+1:]; strings.Trim(top, "0123456789") == "" {
		return "", ErrBad // an IP address
	}
	return d, nil
}

// DomainOf returns the part behind the @ of an address in Email's form.
func DomainOf(email string) string { return email[strings.LastIndex(email, "@")+1:] }

// Readable returns a domain or address in Email's form as its owner writes it:
// punycode turned back into letters.
func Readable(s string) string {
	head, domain := "", s
	if at := strings.LastIndex(s, "@"); at >= 0 {
		head, domain = s[:at+1], s[at+1:]
	}
	u, err := idna.Display.ToUnicode(domain)
	if err != nil {
		return s
	}
	return head + u
}

// Public reports whether domain belongs to a provider that gives addresses to
// anyone: two people there have nothing in common.
func Public(domain string) bool {
	for {
		if publicDomains[domain] {
			return true
		}
		_, parent, ok := strings.Cut(domain, ".")
		if !ok {
			return false
		}
		domain = parent
	}
}
