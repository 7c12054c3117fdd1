package setting

// GuestRules say whether visitors may send tickets without signing in (P5).
type GuestRules struct {
	Enabled bool `json:"enabled"`
}

// Guests is the setting of tickets by visitors; off until somebody turns it on.
var Guests = Value[GuestRules]{Key: "guests"}
