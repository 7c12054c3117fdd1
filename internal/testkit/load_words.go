package testkit

import (
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
)

// vocabulary is what the load's people write with, common words first.
const vocabulary = `the to and is on of with for port switch not after it we you please at this that link network from configuration
address device version firmware when server vlan traffic interface but packet time show uplink route table works down again before error
both update old new light module power log fibre client answer request gateway counter limit rule policy session cable reload second value
image change filter table tunnel certificate firewall proxy monitor alias schedule backup restore bridge wireless prefix neighbour metric
queue shaper mirror storm loop ring stack member master console password account licence warranty repair serial number order invoice delivery
transceiver budget camera phone voice multicast querier snooping option relay lease pool range mask subnet static dynamic default trunk
access native tag untagged inner outer translation threshold alarm temperature fan supply cabinet rack label box shipment date engineer
hardware software driver plugin repository package mirror kernel boot loader flash memory disk usage load process thread latency jitter
throughput bandwidth duplex negotiation speed auto manual failover heartbeat preempt priority weight cost area instance region digest
revision neighbour adjacency hello dead timer interval multiplier echo probe trap walk community view group user agent syslog facility
severity message event archive export import template macro script token header payload checksum length fragment offset window segment
handshake cipher suite key exchange signature authority chain validity renewal revocation tunnel encapsulation decapsulation endpoint`

// words makes texts.
type words struct {
	rand *rand.Rand
	list []string
	zipf *rand.Zipf
}

func newWords(r *rand.Rand) *words {
	list := strings.Fields(vocabulary)
	return &words{rand: r, list: list, zipf: rand.NewZipf(r, 1.15, 4, uint64(len(list)-1))}
}

// newLoadRand is a source of its own for ticket i.
func newLoadRand(seed uint64, i int) *rand.Rand {
	return rand.New(rand.NewPCG(seed, uint64(i)))
}

func (w *words) word() string { return w.list[w.zipf.Uint64()] }

func (w *words) name() string { return upper(w.list[w.rand.IntN(len(w.list))]) }

func upper(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[n:]
}

func (w *words) several(n int) string {
	all := make([]string, n)
	for i := range all {
		all[i] = w.word()
	}
	return strings.Join(all, " ")
}

func (w *words) title(n int) string { return upper(w.several(n)) }

func (w *words) sentence(n int) string { return upper(w.several(n)) + "." }

func (w *words) paragraph(sentences int) string {
	all := make([]string, sentences)
	for i := range all {
		all[i] = w.sentence(6 + w.rand.IntN(12))
	}
	return strings.Join(all, " ")
}

// message is what somebody writes, in Markdown and as text.
func (w *words) message() (source, text string) {
	source = "Hello,\n\n" + w.paragraph(2+w.rand.IntN(4))
	text = strings.ReplaceAll(source, "\n\n", "\n")
	if w.rand.IntN(3) == 0 {
		code := fmt.Sprintf("interface ge 0/%d\n switchport access vlan %d", w.rand.IntN(24), w.rand.IntN(4000))
		source += "\n\n```\n" + code + "\n```\n\n**" + w.sentence(5) + "**"
		text += "\n" + code
	}
	return source, text
}

// article is a page of a manual.
func (w *words) article() string {
	var b strings.Builder
	b.WriteString(w.paragraph(3))
	for range 3 + w.rand.IntN(4) {
		fmt.Fprintf(&b, "\n\n## %s\n\n%s\n\n%s\n\n- %s\n- %s\n", w.title(3), w.paragraph(4), w.paragraph(3), w.sentence(7), w.sentence(7))
	}
	return b.String()
}

// query is what somebody looks for.
func (w *words) query() string { return "switch firmware update fails transceiver" }

// passwordHash is the argon2id hash of a password in PHC form.
func passwordHash(password string) string {
	salt := []byte("of the benchmark")
	key := argon2.IDKey([]byte(password), salt, 2, 19*1024, 1, 32)
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=19456,t=2,p=1$%s$%s", argon2.Version, b64.EncodeToString(salt), b64.EncodeToString(key))
}
