package pg

import (
	"errors"
	"io"
	"net"
	"strings"
)

// connectionLost reports whether err is the transport's: pgx hands those on
// as they come from net, or as its own "conn closed".
func connectionLost(err error) bool {
	if _, ok := errors.AsType[*net.OpError](err); ok {
		return true
	}
	return errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) || errors.Is(err, net.ErrClosed) ||
		strings.Contains(err.Error(), "conn closed")
}
