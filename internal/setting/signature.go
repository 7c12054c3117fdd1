package setting

import (
	"strconv"

	"github.com/deskbell/deskbell/internal/fault"
)

// SignatureRules are what stands below the replies of agents who have no
// signature of their own, in Markdown with placeholders (T8). A reply gets the
// department's, else everybody's, in the requester's language.
type SignatureRules struct {
	Texts       Words
	Departments map[string]Words // by the department's id
}

// Signature is the setting of signatures. Package ticket reads it as it is
// stored: its field names are paths there.
var Signature = Value[SignatureRules]{
	Key:    "signature",
	Preset: SignatureRules{Texts: Words{}, Departments: map[string]Words{}},
	Check: func(r SignatureRules) error {
		var bad fault.Field
		checkWords(&bad, "text", r.Texts, maxSignature)
		for id, words := range r.Departments {
			if _, err := strconv.ParseInt(id, 10, 64); err != nil {
				return fault.New(fault.Invalid, "error.bad_request")
			}
			checkWords(&bad, "department."+id, words, maxSignature)
		}
		return bad.Err()
	},
}

// maxSignature is the longest signature, in characters.
const maxSignature = 1000
