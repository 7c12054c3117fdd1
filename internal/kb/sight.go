package kb

import (
	"github.com/deskbell/deskbell/internal/auth"
)

// Visibility says who may read an article or section (K1).
type Visibility string

// The visibilities, widest first.
const (
	Public   Visibility = "public"
	SignedIn Visibility = "signed_in"
	Internal Visibility = "internal" // staff alone
)

// audience is who somebody is to the knowledge base, as one bit.
type audience uint32

const (
	visitors audience = 1 << iota
	contacts
	staff
)

// audienceOf is K2a, the one predicate: lists, search, suggestions and pages
// all ask it who somebody is, and readers who may see a thing.
func audienceOf(by auth.Actor) audience {
	switch {
	case by.Staff() || by.Kind == auth.System:
		return staff
	case by.SignedIn():
		return contacts
	default:
		return visitors
	}
}

// readers are those who may see what has all of the given visibilities on its
// way: an article and the sections it lies in. The narrowest counts.
func readers(way ...Visibility) audience {
	all := visitors | contacts | staff
	for _, v := range way {
		switch v {
		case Public:
		case SignedIn:
			all &= contacts | staff
		case Internal:
			all &= staff
		default:
			all &= staff
		}
	}
	return all
}

func (a audience) includes(b audience) bool { return a&b != 0 }

func knownVisibility(v Visibility) bool { return v == Public || v == SignedIn || v == Internal }
