package find

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/deskbell/deskbell/internal/search"
)

// A ticket's document is a tsvector of its words, each with the places of the
// timeline that have it (its position is the place's seq plus 1) and where there
// (its weight). The ticket's head, which is its subject, number and fields, is
// place 1. Beside them stand words that nobody writes:
//
//	^switch   switch is in the head
//	@p12 @c4  person 12 takes part, company 4 has it: their names are not kept here
//	~2968     the week of its last activity, counted from 1970
//
// They let one look into the index answer what would else read every row found.
const (
	headMark    = "^"
	personMark  = "@p"
	companyMark = "@c"
	weekMark    = "~"
)

// part says where in a place of the timeline a word is, as tsvector's weights.
type part byte

const (
	inHead    part = 'A'
	inFile    part = 'B'
	inNote    part = 'C'
	inMessage part = 'D'
)

// Bounds of a document. What is beyond them is not found.
const (
	maxPlaces   = 200     // of one word, the latest; tsvector has room for 255
	maxPlace    = 16_383  // tsvector's last position
	maxDocument = 800_000 // bytes of words and places; tsvector has room for 1 MB
	headPlace   = 1
)

// document is a ticket's words while they are gathered.
type document struct {
	words map[string][]place
	full  map[string]string // words with diacritics, which stems are made of, where they differ
	marks []string
	size  int
}

type place struct {
	at int
	in part
}

func newDocument() *document {
	return &document{words: map[string][]place{}, full: map[string]string{}}
}

// add files a word at a place, once. The places of messages and notes must come
// latest first.
func (d *document) add(word string, at int, in part) {
	at = min(at, maxPlace)
	all, known := d.words[word]
	if n := len(all); n >= maxPlaces || n > 0 && all[n-1].at == at || in == inFile && slices.ContainsFunc(all, func(p place) bool { return p.at == at }) {
		return
	}
	room := 2
	if !known {
		room += len(word) + 8
	}
	if d.size += room; d.size > maxDocument {
		d.size -= room
		return
	}
	d.words[word] = append(all, place{at, in})
}

// text files the words of a text.
func (d *document) text(text string, at int, in part) {
	search.Terms(text, func(t search.Term) {
		d.add(t.Text, at, in)
		if t.Full != t.Text {
			d.full[t.Text] = t.Full
		}
	})
	if in == inFile {
		return // files are full of numbers that only look like telephones
	}
	for _, digits := range phonesIn(text) {
		d.add(digits, at, in)
	}
}

// head files a text of the ticket's own row.
func (d *document) head(text string) {
	search.Terms(text, func(t search.Term) { d.mark(headMark + t.Text) })
	for _, digits := range phonesIn(text) {
		d.mark(headMark + digits)
	}
	d.text(text, headPlace, inHead)
}

func (d *document) mark(m string) { d.marks = append(d.marks, m) }

// fields files the values of a ticket's fields.
func (d *document) fields(values map[string]any) {
	for _, v := range values {
		switch v := v.(type) {
		case []any:
			for _, one := range v {
				d.head(fmt.Sprint(one))
			}
		case nil, bool:
		default:
			d.head(fmt.Sprint(v))
		}
	}
}

// vector is the document as Postgres reads a tsvector.
func (d *document) vector() string {
	var b strings.Builder
	b.Grow(d.size * 3 / 2)
	slices.Sort(d.marks)
	for _, m := range slices.Compact(d.marks) {
		b.WriteString(lexeme(m))
		b.WriteByte(' ')
	}
	for word, places := range d.words {
		b.WriteString(lexeme(word))
		for i, p := range places {
			b.WriteByte(":,"[min(i, 1)])
			b.WriteString(strconv.Itoa(p.at))
			if p.in != inMessage {
				b.WriteByte(byte(p.in))
			}
		}
		b.WriteByte(' ')
	}
	return b.String()
}

// lexeme is a word as tsvector and tsquery quote it.
func lexeme(w string) string {
	if strings.ContainsAny(w, `'\`) {
		w = strings.NewReplacer(`'`, `''`, `\`, `\\`).Replace(w)
	}
	return "'" + w + "'"
}

// week numbers the weeks, so that a search can begin with the latest.
func week(t time.Time) int { return int(t.Unix() / int64(7*24*time.Hour/time.Second)) }

func weekLexeme(n int) string { return weekMark + strconv.Itoa(n) }

// phone is what people write telephone numbers like.
var phone = regexp.MustCompile(`[+(]?\d[\d ()./\x{a0}-]{4,20}\d`)

// Digits of a telephone number: fewer are an extension, more are something else.
const (
	minPhone = 6
	maxPhone = 15
)

// phonesIn are the digits of what looks like a telephone number written in
// several groups; a number in one piece is a word anyway.
func phonesIn(text string) []string {
	if !strings.ContainsAny(text, "0123456789") {
		return nil
	}
	var out []string
	for _, m := range phone.FindAllString(text, 200) {
		if digits := digitsOf(m); len(digits) >= minPhone && len(digits) <= maxPhone && len(digits) != len(m) {
			out = append(out, digits)
		}
	}
	return out
}

func digitsOf(s string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, s)
}
