// Command withpg runs a command with TEST_DATABASE_URL naming a PostgreSQL of
// its own: started for it, in memory where there is room, and gone afterwards,
// however the command ends. Its exit status is the command's.
//
// With TEST_DATABASE_URL set already it only runs the command.
package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/deskbell/deskbell/internal/pgserver"
)

// room is how much memory a whole run of the tests may take, in bytes.
const room = 2 << 30

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "withpg: which command?")
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	status, err := run(ctx, os.Args[1:])
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "withpg:", err)
	}
	os.Exit(status)
}

func run(ctx context.Context, command []string) (status int, err error) {
	if os.Getenv("TEST_DATABASE_URL") != "" {
		return execute(ctx, command, os.Environ())
	}
	dir, err := os.MkdirTemp(memory(), "deskbell-test-")
	if err != nil {
		return 1, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	if err := os.Chmod(dir, 0o711); err != nil { // as root the server runs under another user
		return 1, err
	}
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	server, err := pgserver.Start(ctx, pgserver.Config{Dir: filepath.Join(dir, "postgres"), Tuning: pgserver.Throwaway, Log: log})
	if err != nil {
		return 1, err
	}
	defer func() { err = errors.Join(err, server.Stop()) }()
	return execute(ctx, command, append(os.Environ(), "TEST_DATABASE_URL="+server.DSN))
}

// execute runs the command and passes an interrupt on to it, with time to end.
func execute(ctx context.Context, command, env []string) (int, error) {
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr, cmd.Env = os.Stdin, os.Stdout, os.Stderr, env
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 20 * time.Second
	err := cmd.Run()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok && exit.ExitCode() > 0 {
		return exit.ExitCode(), nil
	}
	if err != nil {
		return 1, err
	}
	return 0, nil
}

// memory is a folder in memory with room for a cluster, else the usual one for
// temporary files.
func memory() string {
	const shm = "/dev/shm"
	var fs syscall.Statfs_t
	if err := syscall.Statfs(shm, &fs); err != nil || fs.Bavail*uint64(fs.Bsize) < room {
		return ""
	}
	return shm
}
