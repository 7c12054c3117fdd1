package testkit

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"net/mail"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// nobody is whom the mail server runs as when the tests run as root, which it
// refuses to.
const nobody = 65534

// eximConfig is a server that keeps all mail in one folder. Mail to gone@ is
// refused for good, mail to later@ for now, and all of it while a file named
// busy is there.
const eximConfig = `
spool_directory = DIR/spool
log_file_path = DIR/%slog
pid_file_path = DIR/pid
primary_hostname = mx.test
local_interfaces = 127.0.0.1
daemon_smtp_ports = PORT
host_lookup =
rfc1413_query_timeout = 0s
keep_environment =
tls_advertise_hosts =
deliver_drop_privilege
never_users =
acl_smtp_rcpt = rcpt
begin acl
rcpt:
  deny local_parts = gone
    message = 5.1.1 No such mailbox here
  defer local_parts = later
    message = 4.2.0 Greylisted, come back later
  defer condition = ${if exists{DIR/busy}}
    message = 4.3.2 The system is busy
  accept
begin routers
local:
  driver = accept
  transport = box
begin transports
box:
  driver = appendfile
  directory = DIR/box
  maildir_format
  create_directory
  mode = 0666
  envelope_to_add
  return_path_add
begin retry
* * F,1h,1m
`

// MailServer is a real mail server (Exim) of the test's own, on this machine.
type MailServer struct {
	Address string // host and port
	dir     string
	cmd     *exec.Cmd
}

// NewMailServer starts a mail server. make test fetches the program.
func NewMailServer(tb testing.TB) *MailServer {
	tb.Helper()
	from := eximDir(tb)
	s := &MailServer{Address: freeAddress(tb), dir: tb.TempDir()}
	_, port, err := net.SplitHostPort(s.Address)
	if err != nil {
		tb.Fatal(err)
	}
	for _, f := range []struct{ name, from string }{{"exim4", "usr/sbin/exim4"}, {"libnss_wrapper.so", "usr/lib/*/libnss_wrapper.so"}} {
		found, err := filepath.Glob(filepath.Join(from, f.from))
		if err != nil || len(found) == 0 {
			tb.Fatalf("%s is not in %s; run internal/tools/need exim", f.name, from)
		}
		b, err := os.ReadFile(found[0])
		if err != nil {
			tb.Fatal(err)
		}
		s.write(tb, f.name, string(b), 0o755)
	}
	uid := strconv.Itoa(s.uid())
	s.write(tb, "passwd", "Debian-exim:x:"+uid+":"+uid+"::/nonexistent:/bin/false\nroot:x:0:0::/:/bin/sh\n", 0o644)
	s.write(tb, "group", "Debian-exim:x:"+uid+":\nroot:x:0:\n", 0o644)
	s.write(tb, "exim.conf", strings.NewReplacer("DIR", s.dir, "PORT", port).Replace(eximConfig), 0o644)
	if os.Getuid() == 0 {
		s.reachable(tb)
	}
	tb.Cleanup(func() { s.Stop(tb) })
	s.Start(tb)
	return s
}

func eximDir(tb testing.TB) string {
	tb.Helper()
	cache, err := os.UserCacheDir()
	if err != nil {
		tb.Fatal(err)
	}
	return filepath.Join(cache, "deskbell", "exim")
}

func (s *MailServer) uid() int {
	if os.Getuid() == 0 {
		return nobody
	}
	return os.Getuid()
}

func (s *MailServer) write(tb testing.TB, name, content string, mode os.FileMode) {
	tb.Helper()
	if err := os.WriteFile(filepath.Join(s.dir, name), []byte(content), mode); err != nil {
		tb.Fatal(err)
	}
}

// reachable gives the server's folder to its user, and lets that user in from
// above.
func (s *MailServer) reachable(tb testing.TB) {
	tb.Helper()
	if err := os.Chmod(filepath.Dir(s.dir), 0o755); err != nil {
		tb.Fatal(err)
	}
	if err := os.Chown(s.dir, nobody, nobody); err != nil {
		tb.Fatal(err)
	}
}

// Start starts the server, again after a Stop, and waits until it listens.
func (s *MailServer) Start(tb testing.TB) {
	tb.Helper()
	s.cmd = exec.CommandContext(context.WithoutCancel(tb.Context()), filepath.Join(s.dir, "exim4"), "-C", filepath.Join(s.dir, "exim.conf"), "-bdf")
	s.cmd.Env = []string{
		"LD_PRELOAD=" + filepath.Join(s.dir, "libnss_wrapper.so"),
		"NSS_WRAPPER_PASSWD=" + filepath.Join(s.dir, "passwd"), "NSS_WRAPPER_GROUP=" + filepath.Join(s.dir, "group"),
	}
	s.cmd.SysProcAttr = dieWithUs()
	if os.Getuid() == 0 {
		if s.cmd.SysProcAttr == nil {
			s.cmd.SysProcAttr = &syscall.SysProcAttr{}
		}
		s.cmd.SysProcAttr.Credential = &syscall.Credential{Uid: nobody, Gid: nobody}
	}
	var said bytes.Buffer
	s.cmd.Stdout, s.cmd.Stderr = &said, &said
	if err := s.cmd.Start(); err != nil {
		tb.Fatal(err)
	}
	Await(tb, startLimit, "the mail server to listen", func() bool {
		c, err := net.DialTimeout("tcp", s.Address, time.Second)
		if err != nil {
			return false
		}
		return c.Close() == nil
	})
}

// Stop ends the server, as if the machine were down.
func (s *MailServer) Stop(tb testing.TB) {
	tb.Helper()
	if s.cmd == nil {
		return
	}
	_ = s.cmd.Process.Signal(syscall.SIGTERM)
	_ = s.cmd.Wait()
	s.cmd = nil
}

// Busy lets the server put everybody off.
func (s *MailServer) Busy(tb testing.TB) {
	tb.Helper()
	s.write(tb, "busy", "", 0o644)
}

// Free lets a busy server take mail again.
func (s *MailServer) Free(tb testing.TB) {
	tb.Helper()
	if err := os.Remove(filepath.Join(s.dir, "busy")); err != nil {
		tb.Fatal(err)
	}
}

// Mail is one delivered message.
type Mail struct {
	*mail.Message
	To  string // as the envelope had it
	Raw []byte
}

// Await waits until n messages are there and returns them. Those that arrive
// together are in no order.
func (s *MailServer) Await(tb testing.TB, n int) []Mail {
	tb.Helper()
	var all []Mail
	Await(tb, startLimit, fmt.Sprintf("%d mails", n), func() bool {
		all = s.Inbox(tb)
		return len(all) >= n
	})
	return all
}

// Inbox are the messages that arrived so far.
func (s *MailServer) Inbox(tb testing.TB) []Mail {
	tb.Helper()
	files, err := filepath.Glob(filepath.Join(s.dir, "box", "new", "*"))
	if err != nil {
		tb.Fatal(err)
	}
	sort.Strings(files)
	var all []Mail
	for _, f := range files {
		raw, err := os.ReadFile(f)
		if err != nil {
			tb.Fatal(err)
		}
		m, err := mail.ReadMessage(bytes.NewReader(raw))
		if err != nil {
			tb.Fatal(err)
		}
		all = append(all, Mail{Message: m, To: m.Header.Get("Envelope-To"), Raw: raw})
	}
	return all
}
