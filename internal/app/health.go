package app

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/deskbell/deskbell/internal/pg"
)

// readyTimeout is how long the database has to answer.
const readyTimeout = 2 * time.Second

// healthz says that the process is alive and answers. It asks nothing of the
// database: a restart would not bring that back.
func healthz(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = w.Write([]byte("ok\n")) // the client is gone
}

// readyz says whether requests and jobs can be served now: 200, or 503 with the
// part that is not well.
func (a *App) readyz(worker worker) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), readyTimeout)
		defer cancel()
		state := map[string]string{"database": "ok", "migrations": "ok", "worker": "ok"}
		status := http.StatusOK
		fail := func(part, why string) {
			state[part], status = why, http.StatusServiceUnavailable
		}
		v, err := pg.Version(ctx, a.Pool)
		switch {
		case err != nil:
			fail("database", "does not answer")
			fail("migrations", "unknown")
		case v < pg.Newest():
			fail("migrations", "schema is older than this program: run deskbell migrate")
		}
		if !a.Config.Worker {
			state["worker"] = "not in this process"
		}
		if !worker.runs() {
			fail("worker", "stopped")
		}
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Cache-Control", "no-store")
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(state) // the client is gone
	}
}
