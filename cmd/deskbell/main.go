// Command deskbell is the help desk: its web server, its worker and the
// commands of whoever runs it.
//
// Exit status: 0 done; 1 failed, with one line on stderr that says what, why
// and what to do; 2 wrong usage.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	_ "time/tzdata" // images without a system have no zone files

	"github.com/alecthomas/kong"

	"github.com/deskbell/deskbell/internal/app"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/i18n"
)

// The exit statuses.
const (
	done       = 0
	failed     = 1
	wrongUsage = 2
)

type commands struct {
	Serve   serveCmd   `cmd:"" help:"Answer requests and work jobs."`
	Demo    demoCmd    `cmd:"" help:"Fill an empty database with a believable help desk and print the sign-ins."`
	Migrate migrateCmd `cmd:"" help:"Bring the schema up to date and print its version."`
	Robot   robotCmd   `cmd:"" help:"See and run what happens to silent tickets."`
	User    userCmd    `cmd:"" help:"People who may sign in."`
	KB      kbCmd      `cmd:"" name:"kb" help:"The knowledge base."`
	Doctor  doctorCmd  `cmd:"" help:"Check settings, database and files; say how to mend each."`
	Health  healthCmd  `cmd:"" help:"Ask the running server whether it is ready; for container health checks."`
	Version versionCmd `cmd:"" help:"Print the version."`
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second interrupt does not wait
	status := run(ctx, os.Args[1:], process{in: os.Stdin, out: os.Stdout, err: os.Stderr, getenv: os.Getenv})
	stop()
	os.Exit(status)
}

// process is what a command gets from the world.
type process struct {
	in       io.Reader
	out, err io.Writer
	getenv   func(string) string
}

func run(ctx context.Context, args []string, p process) int {
	var cli commands
	exited := -1
	parser, err := kong.New(&cli,
		kong.Name("deskbell"),
		kong.Description("The help desk. Settings come from the environment: DATABASE_URL, DESKBELL_LISTEN, DESKBELL_BASE_URL, DESKBELL_DATA, DESKBELL_BLOB_URL, DESKBELL_SECRET."),
		kong.Writers(p.out, p.err),
		kong.Exit(func(status int) { exited = status }),
		kong.BindTo(ctx, (*context.Context)(nil)),
		kong.Bind(p),
	)
	if err != nil {
		return p.fail(err, failed)
	}
	command, err := parser.Parse(args)
	if exited >= 0 { // --help
		return exited
	}
	if err != nil {
		return p.fail(fmt.Errorf("%w; see deskbell --help", err), wrongUsage)
	}
	if err := command.Run(); err != nil {
		if _, ok := errors.AsType[usageError](err); ok {
			return p.fail(err, wrongUsage)
		}
		return p.fail(err, failed)
	}
	return done
}

// usageError is a wrong use that the parser cannot see.
type usageError struct{ error }

// fail writes err as one line.
func (p process) fail(err error, status int) int {
	_, _ = fmt.Fprintln(p.err, "deskbell:", strings.Join(strings.Fields(explain(err)), " "))
	return status
}

// explain says err in English, faults by their catalogue.
func explain(err error) string {
	f, ok := errors.AsType[*fault.Error](err)
	if !ok {
		return err.Error()
	}
	var words []string
	for _, field := range slices.Sorted(maps.Keys(f.Fields)) {
		m := f.Fields[field]
		words = append(words, field+":", i18n.In("en", m.Key, m.Args...))
	}
	if len(words) == 0 {
		words = append(words, i18n.In("en", f.Key, f.Args...))
	}
	if f.Err != nil {
		words = append(words, "("+f.Err.Error()+")")
	}
	return strings.Join(words, " ")
}

// logger writes to stderr: text for a person at a terminal, else JSON.
func (p process) logger() *slog.Logger {
	level := slog.LevelInfo
	if err := level.UnmarshalText([]byte(p.getenv("DESKBELL_LOG_LEVEL"))); err != nil {
		level = slog.LevelInfo
	}
	options := &slog.HandlerOptions{Level: level}
	var h slog.Handler = slog.NewJSONHandler(p.err, options)
	if terminal(p.err) {
		h = slog.NewTextHandler(p.err, options)
	}
	log := slog.New(h)
	slog.SetDefault(log)
	return log
}

func terminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// open opens the desk for one command.
func (p process) open(ctx context.Context) (*app.App, error) {
	c, err := app.ReadConfig(p.getenv)
	if err != nil {
		return nil, err
	}
	return app.Open(ctx, c, p.logger())
}
