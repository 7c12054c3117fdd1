package setting

import (
	"slices"

	"github.com/deskbell/deskbell/internal/fault"
)

// ProfileRule is what people may do with one of their own details (P9).
type ProfileRule string

// The rules.
const (
	ProfileEdit   ProfileRule = "edit"   // change it themselves
	ProfileAsk    ProfileRule = "ask"    // read it, and ask for a change in a ticket
	ProfileLocked ProfileRule = "locked" // read it
)

// ProfileRulesList lists the rules in the order a page shows them.
var ProfileRulesList = []ProfileRule{ProfileEdit, ProfileAsk, ProfileLocked}

// ProfileFields lists the details that have a rule, in the order a page shows
// them. They are the names of the form's inputs too.
var ProfileFields = []string{"last_name", "first_name", "middle_name", "job_title", "phone", "email"}

// ProfileRules are the rules by the names of ProfileFields.
type ProfileRules map[string]ProfileRule

// Of is the rule of a field; one that has none may be edited.
func (r ProfileRules) Of(field string) ProfileRule {
	if rule := r[field]; rule != "" {
		return rule
	}
	return ProfileEdit
}

// Profile says which of their own details people may change. Who manages users
// may change theirs whatever it says. Nothing is preset: all may be edited.
var Profile = Value[ProfileRules]{Key: "profile_fields", Check: checkProfile}

// checkProfile refuses fields and rules that there are none of.
func checkProfile(rules ProfileRules) error {
	var bad fault.Field
	for field, rule := range rules {
		if !slices.Contains(ProfileFields, field) || !slices.Contains(ProfileRulesList, rule) {
			bad.Add(field, "setting.profile_rule_unknown")
		}
	}
	return bad.Err()
}
