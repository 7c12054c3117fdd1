package app

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"
	"github.com/jackc/pgx/v5"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/deskbell/deskbell/internal/find"
	"github.com/deskbell/deskbell/internal/pg"
)

// metrics is what Prometheus may know of a process.
type metrics struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	duration *prometheus.HistogramVec
	now      func() time.Time
}

func newMetrics(db pg.DB, now func() time.Time) *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "deskbell_http_requests_total", Help: "Requests answered, by route and status.",
		}, []string{"method", "route", "status"}),
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "deskbell_http_request_seconds", Help: "Time to answer a request, by route.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10},
		}, []string{"method", "route"}),
		now: now,
	}
	m.registry.MustRegister(m.requests, m.duration, jobCounts{db}, searchLag{db},
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

func (m *metrics) handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{ErrorHandling: promhttp.ContinueOnError})
}

// count counts every request under the route that matched it: a path would make
// a series for each ticket.
func (m *metrics) count(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ww := middleware.NewWrapResponseWriter(w, r.ProtoMajor)
		began := m.now()
		defer func() {
			route := chi.RouteContext(r.Context()).RoutePattern()
			if route == "" {
				route = "none"
			}
			status := ww.Status()
			if status == 0 {
				status = http.StatusOK
			}
			m.requests.WithLabelValues(r.Method, route, strconv.Itoa(status)).Inc()
			m.duration.WithLabelValues(r.Method, route).Observe(m.now().Sub(began).Seconds())
		}()
		next.ServeHTTP(ww, r)
	})
}

// jobCounts asks the queue for its jobs by kind and state when scraped.
type jobCounts struct{ db pg.DB }

var jobsDesc = prometheus.NewDesc("deskbell_jobs", "Jobs in the queue, by kind and state.", []string{"kind", "state"}, nil)

// Describe implements prometheus.Collector.
func (jobCounts) Describe(ch chan<- *prometheus.Desc) { ch <- jobsDesc }

const countJobsSQL = `
SELECT kind, state::text, count(*)
FROM river_job
GROUP BY kind, state`

// Collect implements prometheus.Collector. Without a database it reports no
// jobs; readyz reports the database.
func (c jobCounts) Collect(ch chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), readyTimeout)
	defer cancel()
	type row struct {
		Kind, State string
		Count       int64
	}
	rows, _ := c.db.Query(ctx, countJobsSQL)
	counts, err := pgx.CollectRows(rows, pgx.RowToStructByPos[row])
	if err != nil {
		return
	}
	for _, n := range counts {
		ch <- prometheus.MustNewConstMetric(jobsDesc, prometheus.GaugeValue, float64(n.Count), n.Kind, n.State)
	}
}

// searchLag measures when scraped how far the search is behind.
type searchLag struct{ db pg.DB }

var (
	waitingDesc = prometheus.NewDesc("deskbell_search_waiting", "Changes of tickets that search does not know yet, up to 100,000.", nil, nil)
	lagDesc     = prometheus.NewDesc("deskbell_search_lag_seconds", "Age of the oldest change that search does not know yet.", nil, nil)
)

// Describe implements prometheus.Collector.
func (searchLag) Describe(ch chan<- *prometheus.Desc) { ch <- waitingDesc; ch <- lagDesc }

// Collect implements prometheus.Collector. Without a database it reports
// nothing; readyz reports the database.
func (c searchLag) Collect(ch chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), readyTimeout)
	defer cancel()
	waiting, oldest, err := find.Lag(ctx, c.db)
	if err != nil {
		return
	}
	ch <- prometheus.MustNewConstMetric(waitingDesc, prometheus.GaugeValue, float64(waiting))
	ch <- prometheus.MustNewConstMetric(lagDesc, prometheus.GaugeValue, oldest.Seconds())
}
