package pg

import "github.com/jackc/pgx/v5"

// QueueRows adds a statement to b whose rows end up in to. A batch is sent in
// one go by DB.SendBatch(ctx, b).Close(): each wait for Postgres costs a page
// about as much as a small statement does.
func QueueRows[T any](b *pgx.Batch, to *[]T, sql string, args pgx.NamedArgs) {
	b.Queue(sql, args).Query(func(rows pgx.Rows) (err error) {
		*to, err = pgx.CollectRows(rows, pgx.RowToStructByName[T])
		return err
	})
}

// QueueRow is QueueRows for one row; none is pgx.ErrNoRows.
func QueueRow[T any](b *pgx.Batch, to *T, sql string, args pgx.NamedArgs) {
	b.Queue(sql, args).Query(func(rows pgx.Rows) (err error) {
		*to, err = pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[T])
		return err
	})
}

// QueueValues is QueueRow for columns without a struct.
func QueueValues(b *pgx.Batch, sql string, args pgx.NamedArgs, to ...any) {
	b.Queue(sql, args).QueryRow(func(row pgx.Row) error { return row.Scan(to...) })
}
