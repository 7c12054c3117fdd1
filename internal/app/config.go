package app

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/deskbell/deskbell/internal/httpx"
	"github.com/deskbell/deskbell/internal/mail"
	"github.com/deskbell/deskbell/internal/pgserver"
)

// secretSize is the length of Config.Secret in bytes.
const secretSize = 32

// fallbackData holds the data when we are root and PostgreSQL's user may not
// enter the folder we stand in.
const fallbackData = "/var/lib/deskbell"

// Config is all that a process is told from outside; everything else is a
// setting in the database.
type Config struct {
	DatabaseURL string        // DATABASE_URL; "" means the embedded database below Data
	Data        string        // DESKBELL_DATA: folder of the embedded database, the secret and the files
	Files       string        // DESKBELL_BLOB_URL as a folder: where attachments lie
	Listen      string        // DESKBELL_LISTEN: address and port
	BaseURL     string        // DESKBELL_BASE_URL: how people reach the desk, without a slash at the end
	SMTP        string        // DESKBELL_SMTP_URL: the mail server; "" keeps letters in the outbox
	SecretHex   string        // DESKBELL_SECRET; "" means the one kept below Data
	Proxies     httpx.Proxies // DESKBELL_TRUSTED_PROXIES: machines that speak for visitors, see httpx.ClientIP
	Worker      bool          // whether this process works jobs
}

// ReadConfig reads the environment through getenv. Errors name the variable.
func ReadConfig(getenv func(string) string) (Config, error) {
	c := Config{
		DatabaseURL: getenv("DATABASE_URL"),
		Listen:      or(getenv("DESKBELL_LISTEN"), "127.0.0.1:8080"),
		BaseURL:     strings.TrimRight(getenv("DESKBELL_BASE_URL"), "/"),
		SMTP:        getenv("DESKBELL_SMTP_URL"),
		SecretHex:   getenv("DESKBELL_SECRET"),
		Worker:      true,
	}
	var err error
	if c.Data, err = dataFolder(getenv("DESKBELL_DATA"), c.DatabaseURL); err != nil {
		return Config{}, err
	}
	if c.Files, err = filesFolder(getenv("DESKBELL_BLOB_URL"), c.Data); err != nil {
		return Config{}, err
	}
	if c.Proxies, err = httpx.ReadProxies(getenv("DESKBELL_TRUSTED_PROXIES")); err != nil {
		return Config{}, fmt.Errorf("DESKBELL_TRUSTED_PROXIES: %w; give the addresses of your proxies, as 10.0.0.7, 192.0.2.0/24", err)
	}
	return c, c.check()
}

func (c Config) check() error {
	if _, _, err := net.SplitHostPort(c.Listen); err != nil {
		return fmt.Errorf("DESKBELL_LISTEN is %q: give an address and a port, as 127.0.0.1:8080", c.Listen)
	}
	if u, err := url.Parse(c.BaseURL); c.BaseURL != "" && (err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https") {
		return fmt.Errorf("DESKBELL_BASE_URL is %q: give the address people type, as https://help.example.com", c.BaseURL)
	}
	if _, err := c.mailServer(); err != nil {
		return err
	}
	if b, err := hex.DecodeString(c.SecretHex); c.SecretHex != "" && (err != nil || len(b) != secretSize) {
		return fmt.Errorf("DESKBELL_SECRET must be %d bytes in hex: make one with `openssl rand -hex %d`", secretSize, secretSize)
	}
	return nil
}

// Address is how people reach the desk: BaseURL, else where it listens.
func (c Config) Address() string {
	if c.BaseURL != "" {
		return c.BaseURL
	}
	host, port, err := net.SplitHostPort(c.Listen)
	if err != nil {
		return "http://" + c.Listen
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "localhost"
	}
	return "http://" + net.JoinHostPort(host, port)
}

// Host is the host of Address, which Message-IDs name.
func (c Config) Host() string {
	u, err := url.Parse(c.Address())
	if err != nil || u.Hostname() == "" {
		return "localhost"
	}
	return u.Hostname()
}

// mailServer is the mail server; nil without one.
func (c Config) mailServer() (*mail.Server, error) {
	server, err := mail.ParseServer(c.SMTP, c.Host())
	if err != nil {
		return nil, fmt.Errorf("DESKBELL_SMTP_URL is no address of a mail server: %w", err) // without its value, which holds a password
	}
	return server, nil
}

// Secure reports whether people reach the desk by https.
func (c Config) Secure() bool { return strings.HasPrefix(c.BaseURL, "https://") }

// dataFolder is the named folder, else ./data. The same working folder always
// gives the same answer, so that commands meet the server's database.
func dataFolder(named, databaseURL string) (string, error) {
	dir, err := filepath.Abs(or(named, "data"))
	if err != nil {
		return "", fmt.Errorf("DESKBELL_DATA: %w", err)
	}
	if named == "" && databaseURL == "" && pgserver.Closed(filepath.Join(dir, "postgres")) != "" {
		return fallbackData, nil
	}
	return dir, nil
}

func filesFolder(raw, data string) (string, error) {
	if raw == "" {
		return filepath.Join(data, "files"), nil
	}
	u, err := url.Parse(raw)
	if err != nil || u.Scheme != "file" || !filepath.IsAbs(u.Path) {
		return "", fmt.Errorf("DESKBELL_BLOB_URL is %q: this version keeps files in a folder, as file:///var/lib/deskbell/files", raw)
	}
	return filepath.Clean(u.Path), nil
}

// secret returns the key that signs what leaves the desk, made and kept in the
// data folder when none is configured.
func (c Config) secret() ([]byte, error) {
	if c.SecretHex != "" {
		return hex.DecodeString(c.SecretHex)
	}
	path := filepath.Join(c.Data, "secret")
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		if err := keepNewSecret(path); err != nil {
			return nil, fmt.Errorf("keep a new secret: %w; set DESKBELL_SECRET or let us write to %s", err, c.Data)
		}
		b, err = os.ReadFile(path)
	}
	if err != nil {
		return nil, fmt.Errorf("read the secret: %w", err)
	}
	secret, err := hex.DecodeString(strings.TrimSpace(string(b)))
	if err != nil || len(secret) != secretSize {
		return nil, fmt.Errorf("%s does not hold %d bytes in hex: put the former one back, or remove it to make a new one", path, secretSize)
	}
	return secret, nil
}

func or(s, otherwise string) string {
	if s != "" {
		return s
	}
	return otherwise
}
