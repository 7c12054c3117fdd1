package ticket

import (
	"regexp"
	"strconv"
	"strings"
)

// numberLike is a ticket's number as people write it in the languages of the
// desk: 100042, #100042, №100042, n° 100042, n.º 100042, n. 100042, Nr. 100042.
var numberLike = regexp.MustCompile(`^(?i:#|№|n[°º]|n\.º?|n[ro]\.)?[\s\x{a0}\x{202f}]*(\d{1,18})$`)

// TypedNumber is the ticket's number that somebody typed; 0 for anything else.
func TypedNumber(typed string) int64 {
	m := numberLike.FindStringSubmatch(strings.TrimSpace(typed))
	if m == nil {
		return 0
	}
	n, err := strconv.ParseInt(m[1], 10, 64)
	if err != nil {
		return 0
	}
	return n
}
