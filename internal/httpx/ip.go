package httpx

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// Proxies are the networks whose machines are believed about whom they speak
// for, beside this machine itself.
type Proxies []netip.Prefix

// ReadProxies reads addresses and networks separated by commas or spaces, such
// as "10.0.0.7, 192.0.2.0/24".
func ReadProxies(s string) (Proxies, error) {
	var all Proxies
	for _, word := range strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ' ' }) {
		p, err := netip.ParsePrefix(word)
		if err != nil {
			a, aerr := netip.ParseAddr(word)
			if aerr != nil {
				return nil, fmt.Errorf("%q is neither an address nor a network", word)
			}
			p = netip.PrefixFrom(a, a.BitLen())
		}
		all = append(all, p.Masked())
	}
	return all, nil
}

func (p Proxies) trust(a netip.Addr) bool {
	a = a.Unmap()
	return a.IsLoopback() || slices.ContainsFunc(p, func(n netip.Prefix) bool { return n.Contains(a) })
}

type proxiesKey struct{}

// Behind lets ClientIP believe proxies.
func Behind(p Proxies) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), proxiesKey{}, p)))
		})
	}
}

// ClientIP returns the address that r came from. A proxy that is believed (see
// Behind; this machine always is) wrote the last entry of X-Forwarded-For itself:
// the nearest address in that list that is no such proxy is the client's.
// Whatever stands before it anybody could have sent.
func ClientIP(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	peer, err := netip.ParseAddr(host)
	if err != nil {
		return host
	}
	p, _ := r.Context().Value(proxiesKey{}).(Proxies)
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	at := peer.Unmap().WithZone("")
	for i := len(hops) - 1; i >= 0 && p.trust(at); i-- {
		a, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			break
		}
		at = a.Unmap().WithZone("")
	}
	return at.String()
}

// Network is what attempts from an address of ClientIP are counted under: the
// address, of IPv6 its /64. A single customer of a provider has all of one (RFC
// 6177), so each attempt could come from another address. What is no address
// stands for itself.
func Network(ip string) string {
	a, err := netip.ParseAddr(ip)
	if err != nil {
		return ip
	}
	if a = a.Unmap().WithZone(""); a.Is4() {
		return a.String()
	}
	return netip.PrefixFrom(a, 64).Masked().String()
}
