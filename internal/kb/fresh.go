package kb

import (
	"context"
	"log/slog"

	"github.com/deskbell/deskbell/internal/pg"
)

// Run keeps the articles in memory as they are in the database until ctx ends.
// Any process may have changed them.
func (s *Service) Run(ctx context.Context, hub *pg.Hub, log *slog.Logger) {
	pg.KeepFresh(ctx, hub, Channel, "knowledge base", s.Refresh, log)
}
