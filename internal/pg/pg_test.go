package pg_test

import (
	"testing"

	"github.com/deskbell/deskbell/internal/testkit"
)

func TestMigrate(t *testing.T) {
	t.Parallel()
	db := testkit.DB(t)
	for _, table := range []string{"tickets", "river_job", "kb_articles"} {
		var n int
		if err := db.QueryRow(t.Context(), "SELECT count(*) FROM "+table).Scan(&n); err != nil {
			t.Errorf("%s: %v", table, err)
		}
	}
}
