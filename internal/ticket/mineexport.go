package ticket

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/i18n"
)

// MostExported is how many tickets a file has at most; exportPage are read at a
// time.
const (
	MostExported = 10000
	exportPage   = 500
)

// ExportMine hands over the rows of a whole list, in its order, up to
// MostExported. It goes from page to page by key, so no statement runs long and
// each is asked what by sees; an error of write ends it.
func (s *Service) ExportMine(ctx context.Context, by auth.Actor, f MineFilter, write func(rows []MineRow) error) error {
	if !by.SignedIn() {
		return fault.New(fault.Unauthorized, "error.sign_in_first")
	}
	f = f.sane()
	f.Size, f.Cursor = exportPage, ""
	for n := 0; n < MostExported; n += exportPage {
		q := f.search(by, i18n.ReaderOf(ctx).Lang)
		var p MinePage
		b := &pgx.Batch{}
		q.queue(b, &p)
		if err := s.db.SendBatch(ctx, b).Close(); err != nil {
			return err
		}
		if err := write(p.Rows); err != nil || p.Next == "" {
			return err
		}
		f.Cursor = p.Next
	}
	return nil
}
