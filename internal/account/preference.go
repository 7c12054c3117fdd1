package account

import (
	"context"
	"fmt"
	"time"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/i18n"
)

// Preferences are how a person likes the pages. A nil one stays as it is.
type Preferences struct {
	Lang  *string // one of i18n.Langs; "" to go by the browser
	Zone  *string // IANA name; "" for the desk's own
	Theme *string // "light", "dark" or "" to follow the system
	Keys  *bool   // single-key shortcuts act
	Undo  *bool   // replies wait until they can be taken back no more

	Signature *string // what stands below their replies, in Markdown with placeholders; "": the desk's
}

// Check refuses what there is none of: Invalid with the fields lang, zone, theme,
// signature.
func (p Preferences) Check() error {
	var bad fault.Field
	if p.Lang != nil && *p.Lang != "" && !i18n.Known(*p.Lang) {
		bad.Add("lang", "account.lang_unknown")
	}
	if p.Zone != nil && *p.Zone != "" {
		if _, err := time.LoadLocation(*p.Zone); err != nil || *p.Zone == "Local" {
			bad.Add("zone", "account.zone_unknown")
		}
	}
	if p.Theme != nil && *p.Theme != "" && *p.Theme != "light" && *p.Theme != "dark" {
		bad.Add("theme", "account.theme_unknown")
	}
	if p.Signature != nil && utf8.RuneCountInString(*p.Signature) > maxSignature {
		bad.Add("signature", "account.signature_too_long", "limit", maxSignature)
	}
	return bad.Err()
}

// maxSignature is the longest signature, in characters.
const maxSignature = 1000

const setPreferencesSQL = `
UPDATE people SET lang = coalesce(@lang, lang), zone = coalesce(@zone, zone), theme = coalesce(@theme, theme),
    shortcuts = coalesce(@keys, shortcuts), undo_send = coalesce(@undo, undo_send), signature = coalesce(@signature, signature)
WHERE id = @id`

// SetPreferences keeps by's own preferences.
func (s *Service) SetPreferences(ctx context.Context, by auth.Actor, p Preferences) error {
	if !by.SignedIn() {
		return fault.New(fault.Unauthorized, "error.sign_in_first")
	}
	if err := p.Check(); err != nil {
		return err
	}
	_, err := s.db.Exec(ctx, setPreferencesSQL, pgx.NamedArgs{"id": by.PersonID, "lang": p.Lang, "zone": p.Zone, "theme": p.Theme, "keys": p.Keys, "undo": p.Undo, "signature": p.Signature})
	if err != nil {
		return fmt.Errorf("keep preferences: %w", err)
	}
	return nil
}
