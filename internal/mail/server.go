package mail

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"
)

// dialTimeout bounds each step of talking to the mail server.
const dialTimeout = 20 * time.Second

// Server is the mail server that takes our letters.
type Server struct {
	host     string
	port     int
	implicit bool // TLS from the first byte
	user     string
	password string
	name     string // how we greet it
}

// ParseServer reads the address of a mail server: smtp://user:password@host:port
// or smtps://…, where the user and the port may be left out. hello is the name
// that we greet it with. "" is no server, and nil.
func ParseServer(address, hello string) (*Server, error) {
	if address == "" {
		return nil, nil //nolint:nilnil // no server is an answer
	}
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "smtp" && u.Scheme != "smtps" || u.Hostname() == "" || u.Path != "" && u.Path != "/" || u.RawQuery != "" {
		return nil, errors.New("give smtp://user:password@host:587 or smtps://user:password@host:465; in the user and the password write @ as %40, : as %3A and / as %2F")
	}
	s := &Server{host: u.Hostname(), implicit: u.Scheme == "smtps", name: hello, user: u.User.Username()}
	s.password, _ = u.User.Password()
	if s.user != "" && s.password == "" {
		return nil, errors.New("it names a user and no password: write smtp://user:password@host")
	}
	if s.port, err = portOf(u, s); err != nil {
		return nil, err
	}
	return s, nil
}

func portOf(u *url.URL, s *Server) (int, error) {
	switch {
	case u.Port() != "":
		n, err := strconv.Atoi(u.Port())
		if err != nil || n < 1 || n > 65535 {
			return 0, fmt.Errorf("its port %q is no number from 1 to 65535", u.Port())
		}
		return n, nil
	case s.implicit:
		return 465, nil
	case s.user != "":
		return 587, nil
	default:
		return 25, nil
	}
}

// String is the server for people to read, without the password.
func (s *Server) String() string { return net.JoinHostPort(s.host, strconv.Itoa(s.port)) }

// loopback reports whether the server is this machine, where no wire can be
// listened to.
func (s *Server) loopback() bool {
	ip := net.ParseIP(s.host)
	return s.host == "localhost" || ip != nil && ip.IsLoopback()
}

// client makes a client for one conversation. A password leaves us only over an
// encrypted connection, except to this machine.
func (s *Server) client() (*gomail.Client, error) {
	policy := gomail.TLSOpportunistic
	if s.user != "" && !s.loopback() {
		policy = gomail.TLSMandatory
	}
	opts := []gomail.Option{gomail.WithPort(s.port), gomail.WithTimeout(dialTimeout), gomail.WithHELO(s.name), gomail.WithTLSPolicy(policy)}
	if s.implicit {
		opts = append(opts, gomail.WithSSL())
	}
	if s.user != "" {
		opts = append(opts, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover), gomail.WithUsername(s.user), gomail.WithPassword(s.password))
		if s.loopback() {
			opts = append(opts, gomail.WithOpportunisticSMTPAuth(gomail.SMTPAuthSCRAMSHA256, gomail.SMTPAuthCramMD5, gomail.SMTPAuthPlainNoEnc, gomail.SMTPAuthLoginNoEnc))
		}
	}
	c, err := gomail.NewClient(s.host, opts...)
	if err != nil {
		return nil, fmt.Errorf("mail server %s: %w", s, err)
	}
	return c, nil
}

// Check signs in to the server and goes away again.
func (s *Server) Check(ctx context.Context) error {
	c, err := s.client()
	if err != nil {
		return err
	}
	if err := c.DialWithContext(ctx); err != nil {
		return fmt.Errorf("mail server %s: %w", s, err)
	}
	return ignore(c.Close())
}

// ignore drops the error of a farewell: what was said before it stands.
func ignore(error) error { return nil }

// RefusedError is a mail server's final no to one letter.
type RefusedError struct{ Words string }

// Error implements error.
func (r *RefusedError) Error() string { return r.Words }

// Send hands m over and returns what the server said. A *RefusedError is its last
// word on this letter; any other error may pass: the server is away, does not
// know us, or asks for patience.
func (s *Server) Send(ctx context.Context, m Message) (words string, err error) {
	g, err := m.compose()
	if err != nil {
		return "", &RefusedError{Words: err.Error()}
	}
	c, err := s.client()
	if err != nil {
		return "", err
	}
	if err := c.DialWithContext(ctx); err != nil {
		return "", fmt.Errorf("mail server %s: %w", s, err)
	}
	defer func() { _ = c.Close() }()
	err = c.Send(g)
	if g.IsDelivered() { // whatever went wrong after the server had it
		return strings.TrimSpace(g.ServerResponse()), nil
	}
	return "", judge(err)
}

// judge tells a refusal of the letter from trouble that may pass. A server that
// does not let us in or refuses the sender has something against us, not
// against this letter: an admin mends it within the day that we try.
func judge(err error) error {
	var failed *gomail.SendError
	if !errors.As(err, &failed) {
		return err
	}
	words := said(failed)
	final := failed.Reason == gomail.ErrSMTPRcptTo || failed.Reason == gomail.ErrSMTPData || failed.Reason == gomail.ErrSMTPDataClose
	if final && failed.ErrorCode() >= 500 {
		return &RefusedError{Words: words}
	}
	return errors.New(words)
}

// said is the server's own words in an error of the library, which wraps them in
// what it did and whom it was about.
func said(e *gomail.SendError) string {
	text, _, _ := strings.Cut(e.Error(), ", affected ")
	if _, words, ok := strings.Cut(text, ": "); ok {
		text = words
	}
	return strings.TrimSpace(strings.ReplaceAll(text, `"`, "")) // the library quotes the server
}
