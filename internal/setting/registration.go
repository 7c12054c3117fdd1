package setting

import (
	"context"
	"maps"
	"strings"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/i18n"
)

// RegistrationRules say who may make an account and what they agree to (P1, S3).
type RegistrationRules struct {
	Mode           string   // "open", "domain" or "closed", see account.Mode
	Domains        []string // of mode "domain", beside those of companies; as address.Domain writes them
	LinkAtOnce     bool     // who has an address of a company's domain is linked to it, not only proposed (C2)
	Consent        Words    // what people agree to; a language without one has the catalogue's
	ConsentVersion int      // goes up with each change of Consent
	Help           Words    // what to do while nobody may register; "": the catalogue's
}

// Registration is the setting of who may make an account.
var Registration = Value[RegistrationRules]{
	Key:    "registration",
	Preset: RegistrationRules{Mode: "open", Domains: []string{}, Consent: Words{}, ConsentVersion: 1, Help: Words{}},
	Check:  RegistrationRules.check,
}

// Bounds of the texts, in runes.
const (
	maxConsent = 10000
	maxHelp    = 1000
)

func (r RegistrationRules) check() error {
	var bad fault.Field
	if r.Mode != "open" && r.Mode != "domain" && r.Mode != "closed" {
		bad.Add("mode", "setting.registration.mode_unknown")
	}
	checkWords(&bad, "consent", r.Consent, maxConsent)
	checkWords(&bad, "help", r.Help, maxHelp)
	return bad.Err()
}

// ConsentIn is the text that people agree to, in a language.
func (r RegistrationRules) ConsentIn(lang string) string {
	if s := strings.TrimSpace(r.Consent[lang]); s != "" {
		return s
	}
	return standard(lang, "register.consent_text")
}

// HelpIn is what to do while nobody may register, in a language.
func (r RegistrationRules) HelpIn(lang string) string {
	if s := strings.TrimSpace(r.Help[lang]); s != "" {
		return s
	}
	return standard(lang, "register.closed_text")
}

// standard is the catalogue's text, in the default language where lang has none
// yet: people must always see what they agree to.
func standard(lang, key string) string {
	if !i18n.Has(lang, key) {
		lang = i18n.Langs[0].Tag
	}
	return i18n.In(lang, key)
}

// SaveRegistration saves the rules over the version that the page showed. Other
// words to agree to are a new version of the consent: what was agreed to before
// stays known by its own.
func (s *Service) SaveRegistration(ctx context.Context, by auth.Actor, seen int, r RegistrationRules) error {
	return change(ctx, s, by, Registration, seen, func(old RegistrationRules) RegistrationRules {
		r.ConsentVersion = old.ConsentVersion
		if !maps.Equal(r.Consent, old.Consent) {
			r.ConsentVersion++
		}
		return r
	})
}
