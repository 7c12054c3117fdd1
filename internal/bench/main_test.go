// Package bench measures the real program from outside: what requests cost all
// our processes together, and what a browser loads.
package bench

import (
	"os"
	"testing"

	"github.com/deskbell/deskbell/internal/testkit"
)

func TestMain(m *testing.M) { os.Exit(testkit.Main(m)) }
