package setting

import (
	"time"

	"github.com/deskbell/deskbell/internal/fault"
)

// TrashRules say when what was thrown away is deleted for ever.
type TrashRules struct {
	Days int `json:"days"`
}

// Age is how long a ticket lies in the trash.
func (r TrashRules) Age() time.Duration { return time.Duration(r.Days) * 24 * time.Hour }

// maxTrashDays is a year, for desks that must be able to look again.
const maxTrashDays = 365

// Trash is the setting of the trash.
var Trash = Value[TrashRules]{
	Key:    "trash",
	Preset: TrashRules{Days: 30},
	Check: func(r TrashRules) error {
		var wrong fault.Field
		if r.Days < 1 || r.Days > maxTrashDays {
			wrong.Add("days", "setting.trash.days_range", "min", 1, "max", maxTrashDays)
		}
		return wrong.Err()
	},
}
