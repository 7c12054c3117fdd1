package setting

import (
	netmail "net/mail"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/deskbell/deskbell/internal/fault"
)

// Sender is whom letters come from.
type Sender struct {
	Name    string `json:"name"`    // "": the desk's
	Address string `json:"address"` // "": support@ and the desk's host
}

// MailSender is the sender of all letters.
var MailSender = Value[Sender]{Key: "mail_sender", Check: checkSender}

// maxSenderName is a bound that inboxes have long cut before, in runes.
const maxSenderName = 80

func checkSender(s Sender) error {
	var wrong fault.Field
	if utf8.RuneCountInString(s.Name) > maxSenderName || strings.ContainsFunc(s.Name, unicode.IsControl) {
		wrong.Add("name", "setting.sender_name", "max", maxSenderName)
	}
	if s.Address != "" {
		a, err := netmail.ParseAddress(s.Address)
		if err != nil || a.Address != s.Address || strings.ContainsFunc(s.Address, unicode.IsControl) {
			wrong.Add("address", "setting.sender_address")
		}
	}
	return wrong.Err()
}
