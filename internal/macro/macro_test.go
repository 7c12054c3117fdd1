package macro_test

import (
	"testing"

	"github.com/deskbell/deskbell/internal/testkit"
)

func TestSQL(t *testing.T) {
	t.Parallel()
	testkit.PrepareSQL(t)
}
