// Package e2e tests the whole: the real program on a port, with a real
// PostgreSQL, and people in front of it, in a browser or by plain requests.
package e2e

import (
	"os"
	"testing"

	"github.com/deskbell/deskbell/internal/testkit"
)

func TestMain(m *testing.M) { os.Exit(testkit.Main(m)) }
