//go:build linux

package bench

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/pg"
	"github.com/deskbell/deskbell/internal/pgserver"
	"github.com/deskbell/deskbell/internal/testkit"
)

// BenchmarkCPU measures the processor time, user and system, that one request
// costs the program and all processes of its Postgres, over a kept connection
// to a port, one request after the other. LOAD_TICKETS lists how many tickets
// the desk has. It is to be run with a number of requests:
//
//	go test -run '^$' -bench CPU -benchtime 2000x ./internal/bench
func BenchmarkCPU(b *testing.B) {
	sizes := strings.Fields(os.Getenv("LOAD_TICKETS"))
	if len(sizes) == 0 {
		sizes = []string{"20000"}
	}
	for _, size := range sizes {
		tickets, err := strconv.Atoi(size)
		if err != nil {
			b.Fatal(err)
		}
		b.Run("tickets="+size, func(b *testing.B) {
			d := newDesk(b, tickets)
			for _, k := range d.Kinds(func(i int) int64 { return d.fresh[i%len(d.fresh)] }) {
				b.Run(strings.ReplaceAll(k.Name, " ", "_"), func(b *testing.B) { d.measure(b, k) })
			}
		})
	}
}

// desk is the program on a Postgres of its own, tuned as for real use.
type desk struct {
	testkit.Loaded
	server     *testkit.Server
	postmaster int
	client     *http.Client
	cookies    map[string]string // by sign-in
	fresh      []int64           // tickets submitted by the customer
	asked      int
	walk       [1 << 17]uint64
}

func newDesk(tb testing.TB, tickets int) *desk {
	tb.Helper()
	dir, err := os.MkdirTemp("", "deskbell-bench-") //nolint:usetesting // other users may not enter a test's own
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o711); err != nil { // as root the server runs under another user
		tb.Fatal(err)
	}
	postgres, err := pgserver.Start(tb.Context(), pgserver.Config{Dir: filepath.Join(dir, "postgres"), Tuning: pgserver.Durable})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = postgres.Stop() })
	d := &desk{cookies: map[string]string{}, client: &http.Client{
		Transport:     &http.Transport{DisableCompression: true, MaxIdleConns: 1, MaxConnsPerHost: 1},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
	d.postmaster = postmasterOf(tb, postgres.Dir)
	db, err := pg.Open(tb.Context(), postgres.DSN, 2)
	if err != nil {
		tb.Fatal(err)
	}
	defer db.Close()
	if _, err := pg.Migrate(tb.Context(), db); err != nil {
		tb.Fatal(err)
	}
	d.Loaded = testkit.Load(tb, db, testkit.LoadSpec{Tickets: tickets, Seed: 1})
	if _, err := db.Exec(tb.Context(), "CHECKPOINT"); err != nil { // else writing it out would count
		tb.Fatal(err)
	}
	d.server = testkit.NewProgram(tb, postgres.DSN).Serve(tb)
	d.settle(tb)
	return d
}

// settle waits until the program has done what it does at its start: jobs, the
// index of the articles.
func (d *desk) settle(tb testing.TB) {
	tb.Helper()
	last := time.Duration(-1)
	testkit.Await(tb, time.Minute, "the program has nothing to do", func() bool {
		time.Sleep(300 * time.Millisecond)
		now := ownCPU(tb, d.server.PID()) + treeCPU(tb, d.postmaster)
		quiet := now-last <= 2*tick
		last = now
		return quiet
	})
}

func postmasterOf(tb testing.TB, cluster string) int {
	tb.Helper()
	text, err := os.ReadFile(filepath.Join(cluster, "postmaster.pid"))
	if err != nil {
		tb.Fatal(err)
	}
	first, _, _ := strings.Cut(string(text), "\n")
	pid, err := strconv.Atoi(strings.TrimSpace(first))
	if err != nil {
		tb.Fatal(err)
	}
	return pid
}

// measure makes b.N requests of a kind and reports what they cost.
func (d *desk) measure(b *testing.B, k testkit.Kind) {
	b.Helper()
	d.signIn(b, k.By)
	size := 0
	for range 60 { // connections, plans and caches as they are in use
		size = d.ask(b, k)
	}
	ours, theirs := ownCPU(b, d.server.PID()), treeCPU(b, d.postmaster)
	var n, measured int
	var stick time.Duration
	for b.Loop() {
		d.ask(b, k)
		if n%20 == 0 {
			stick += d.yardstick(b)
			measured++
		}
		n++
	}
	ours, theirs = ownCPU(b, d.server.PID())-ours, treeCPU(b, d.postmaster)-theirs
	each := func(d time.Duration) float64 { return d.Seconds() * 1000 / float64(n) }
	b.ReportMetric(stick.Seconds()*1000/float64(measured), "yardstick-ms")
	b.ReportMetric(each(ours+theirs), "cpu-ms/op")
	b.ReportMetric(each(ours), "desk-ms/op")
	b.ReportMetric(each(theirs), "postgres-ms/op")
	b.ReportMetric(float64(size), "wire-B")
}

func (d *desk) signIn(tb testing.TB, email string) {
	tb.Helper()
	if d.cookies[email] != "" {
		return
	}
	res, _ := d.do(tb, http.MethodPost, link.Login, "", url.Values{"email": {email}, "password": {testkit.LoadPassword}})
	for _, c := range res.Cookies() {
		d.cookies[email] = c.Name + "=" + c.Value
	}
	if d.cookies[email] == "" {
		tb.Fatalf("%s cannot sign in: %s", email, res.Status)
	}
}

// ask makes the next request of a kind and returns the length of its answer.
func (d *desk) ask(tb testing.TB, k testkit.Kind) int {
	tb.Helper()
	d.asked++
	var form url.Values
	if k.Form != nil {
		form = k.Form(d.asked)
	}
	res, body := d.do(tb, k.Method, k.Path(d.asked), d.cookies[k.By], form)
	if res.StatusCode != k.Status {
		tb.Fatalf("%s %s gives %s", k.Method, k.Path(d.asked), res.Status)
	}
	if k.Name == "submit" {
		n, err := strconv.ParseInt(strings.TrimPrefix(res.Header.Get("Location"), link.Tickets+"/"), 10, 64)
		if err != nil {
			tb.Fatal(err)
		}
		d.fresh = append(d.fresh, n)
	}
	return len(body)
}

func (d *desk) do(tb testing.TB, method, path, cookie string, form url.Values) (*http.Response, []byte) {
	tb.Helper()
	req, err := http.NewRequestWithContext(tb.Context(), method, d.server.URL+path, strings.NewReader(form.Encode()))
	if err != nil {
		tb.Fatal(err)
	}
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	req.Header.Set("Accept-Encoding", "gzip")
	req.Header.Set("Accept-Language", "en")
	if cookie != "" {
		req.Header.Set("Cookie", cookie)
	}
	res, err := d.client.Do(req)
	if err != nil {
		tb.Fatal(err)
	}
	body, err := io.ReadAll(res.Body)
	if err != nil {
		tb.Fatal(err)
	}
	_ = res.Body.Close()
	return res, body
}

// yardstick does a fixed piece of work and returns the processor time it took:
// a walk through more memory than the nearest cache holds. On a machine that
// others use too, or that is throttled, the same work costs more; figures are to
// be compared only with their yardsticks.
func (d *desk) yardstick(tb testing.TB) time.Duration {
	tb.Helper()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	began := threadCPU(tb)
	at := uint64(1)
	for range 500_000 {
		at ^= at << 13
		at ^= at >> 7
		at ^= at << 17
		d.walk[at%uint64(len(d.walk))] += at
	}
	return threadCPU(tb) - began
}

func threadCPU(tb testing.TB) time.Duration {
	tb.Helper()
	var t unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &t); err != nil {
		tb.Fatal(err)
	}
	return time.Duration(t.Nano())
}

// stat is what we need of /proc/<pid>/stat, see proc(5). Times are in ticks.
type stat struct {
	parent   int
	own      int64 // utime + stime
	children int64 // cutime + cstime: of those that have ended
}

// tick is one clock tick: USER_HZ is 100 on every Linux.
const tick = 10 * time.Millisecond

func readStat(pid int) (stat, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return stat{}, err
	}
	fields := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:])) // a name may hold anything
	at := func(field int) int64 { n, _ := strconv.ParseInt(fields[field-3], 10, 64); return n }
	return stat{parent: int(at(4)), own: at(14) + at(15), children: at(16) + at(17)}, nil
}

func ownCPU(tb testing.TB, pid int) time.Duration {
	tb.Helper()
	s, err := readStat(pid)
	if err != nil {
		tb.Fatal(err)
	}
	return time.Duration(s.own) * tick
}

// treeCPU is the time of a process and all its children, also the ended ones.
func treeCPU(tb testing.TB, pid int) time.Duration {
	tb.Helper()
	root, err := readStat(pid)
	if err != nil {
		tb.Fatal(err)
	}
	sum := root.own + root.children
	all, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		tb.Fatal(err)
	}
	for _, dir := range slices.Clone(all) {
		child, _ := strconv.Atoi(filepath.Base(dir))
		if s, err := readStat(child); err == nil && s.parent == pid { // gone meanwhile: counted with its parent next time
			sum += s.own
		}
	}
	return time.Duration(sum) * tick
}
