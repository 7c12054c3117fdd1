package i18n

import (
	"sync"
	"time"
)

var zones sync.Map // name -> *time.Location; time.LoadLocation reads a file at every call

// Zone returns the time zone of an IANA name, or UTC for a name this machine
// does not know, so that a bad setting never stops a page.
func Zone(name string) *time.Location {
	if z, ok := zones.Load(name); ok {
		return z.(*time.Location)
	}
	z, err := time.LoadLocation(name)
	if err != nil {
		return time.UTC
	}
	zones.Store(name, z)
	return z
}
