package notice

import (
	"crypto/ecdh"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"syscall"
	"time"
)

// pushKeys are the desk's key pair for push services (RFC 8292), as the library
// takes them.
type pushKeys struct{ private, public string }

// deriveKeys makes the pair from the desk's secret: every replica has the same
// one, and nothing is to be kept. Browsers that subscribed with another secret's
// have to do so again.
func deriveKeys(secret []byte) pushKeys {
	if len(secret) == 0 {
		return pushKeys{}
	}
	for try := 0; ; try++ { // one seed in four thousand million is no key
		seed, err := hkdf.Key(sha256.New, secret, nil, "deskbell web push "+strconv.Itoa(try), 32)
		if err != nil {
			return pushKeys{}
		}
		if k, err := ecdh.P256().NewPrivateKey(seed); err == nil {
			return pushKeys{base64.RawURLEncoding.EncodeToString(seed), base64.RawURLEncoding.EncodeToString(k.PublicKey().Bytes())}
		}
	}
}

// maxEndpoint bounds an endpoint's length.
const maxEndpoint = 1000

var errEndpoint = errors.New("no address of a push service")

// checkEndpoint refuses addresses that no push service has. Where they lead is
// checked again at each call, when the name is looked up.
func checkEndpoint(endpoint string) error {
	u, err := url.Parse(endpoint)
	if err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil || len(endpoint) > maxEndpoint || u.Port() != "" && u.Port() != "443" {
		return errEndpoint
	}
	if ip, err := netip.ParseAddr(u.Hostname()); err == nil && !public(ip) {
		return errEndpoint
	}
	return nil
}

// inner are the networks beside those that netip knows by name where no push
// service is: RFC 6598, RFC 6890, NAT64, 6to4.
var inner = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("100.64.0.0/10"), netip.MustParsePrefix("192.0.0.0/24"),
	netip.MustParsePrefix("198.18.0.0/15"), netip.MustParsePrefix("240.0.0.0/4"), netip.MustParsePrefix("64:ff9b::/96"),
	netip.MustParsePrefix("64:ff9b:1::/48"), netip.MustParsePrefix("2002::/16"),
}

// public reports whether an address is one of the internet at large.
func public(ip netip.Addr) bool {
	ip = ip.Unmap()
	if !ip.IsGlobalUnicast() || ip.IsPrivate() || ip.IsLoopback() || ip.IsLinkLocalUnicast() {
		return false
	}
	for _, p := range inner {
		if p.Contains(ip) {
			return false
		}
	}
	return true
}

// guarded is a client that calls public addresses alone, whatever a name leads
// to, and follows nobody elsewhere.
func guarded() *http.Client {
	dialer := &net.Dialer{Timeout: 10 * time.Second, Control: func(_, address string, _ syscall.RawConn) error {
		at, err := netip.ParseAddrPort(address)
		if err != nil || !public(at.Addr()) {
			return fmt.Errorf("%w: %s", errEndpoint, address)
		}
		return nil
	}}
	return &http.Client{
		Timeout:       20 * time.Second,
		Transport:     &http.Transport{DialContext: dialer.DialContext, TLSHandshakeTimeout: 10 * time.Second, DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}
