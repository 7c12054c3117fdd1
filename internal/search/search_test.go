package search

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

// texts makes documents of "title: text", with IDs from 1.
func texts(lang string, all ...string) []Doc {
	docs := make([]Doc, len(all))
	for i, s := range all {
		title, text, _ := strings.Cut(s, ": ")
		docs[i] = Doc{ID: int64(i + 1), Lang: lang, Title: title, Sections: []Section{{Text: text}}, Mask: 1}
	}
	return docs
}

func ids(hits []Hit) []int64 {
	list := make([]int64, len(hits))
	for i, h := range hits {
		list[i] = h.ID
	}
	return list
}

func TestSearch(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, lang string
		docs       []string
		query      string
		first      int64 // 0: nothing is found
	}{
		{"word forms meet, en", "en", []string{"Cables: plug it in", "Connecting devices: how they connect"}, "connections of a device", 2},
		{"word forms meet, ru", "ru", []string{"Кабели: длина", "Коммутаторы: перезагрузка коммутатора"}, "коммутатору нужна перезагрузки", 2},
		{"word families meet, ru", "ru", []string{"Кабели: длина", "Порт: подключение устройства"}, "как подключить", 2},
		{"word forms meet, de", "de", []string{"Kabel: Länge", "Netzwerk: Verbindungen werden getrennt"}, "Verbindung", 2},
		{"word forms meet, fr", "fr", []string{"Câbles: longueur", "Réseau: les connexions sont coupées"}, "connexion coupée", 2},
		{"word forms meet, es", "es", []string{"Cables: longitud", "Red: las contraseñas olvidadas"}, "contraseña olvidada", 2},
		{"word forms meet, it", "it", []string{"Cavi: lunghezza", "Rete: le impostazioni predefinite"}, "impostazione predefinita", 2},
		{"diacritics may be left out, fr", "fr", []string{"Câbles: longueur", "Réseau: une clé générée"}, "cle generee", 2},
		{"umlauts may be written with e, de", "de", []string{"Kabel: lang", "Störung: die Überwachung meldet"}, "ueberwachung", 2},
		{"umlauts may be left out, de", "de", []string{"Kabel: lang", "Störung: die Überwachung meldet"}, "stoerung uberwachung", 2},
		{"ß is ss", "de", []string{"Kabel: lang", "Netz: Straße"}, "strasse", 2},
		{"a word is found in a compound, de", "de", []string{"Kabel: lang", "Netz: die Firewallregeln"}, "Regel", 2},
		{"a word is found at a compound's beginning, de", "de", []string{"Kabel: lang", "Netz: ein Netzwerkadapter"}, "Netzwerk", 2},
		{"a compound is found in parts, de", "de", []string{"Kabel: lang", "Netz: Regeln der Firewall"}, "Firewallregeln", 2},
		{"a compound with a linking s is found in parts, de", "de", []string{"Kabel: lang", "Netz: Einrichtung der Verbindung"}, "Verbindungseinrichtung", 2},
		{"ё is е", "ru", []string{"Кабель: длина", "Счётчик: учёт"}, "счетчик", 2},
		{"a model is found whole", "en", []string{"A: S2962-24P", "B: S2962-24T"}, "S2962-24T", 2},
		{"a model is found without its hyphen", "en", []string{"A: S2962-24P", "B: S2962-24T"}, "s296224t", 2},
		{"a model is found by a part", "en", []string{"A: cable", "B: S2962-24T"}, "2962", 2},
		{"an address is one word", "en", []string{"A: 10.0.0.5", "B: 10.0.0.6"}, "10.0.0.6", 2},
		{"e-mail is email", "en", []string{"A: letters", "B: send an e-mail"}, "email", 2},
		{"words in CamelCase are parted", "en", []string{"A: cable", "B: the WireGuard tunnel"}, "guard", 2},
		{"words that belong together are joined", "en", []string{"A: cable", "B: a wireguard tunnel"}, "wire guard", 2},
		{"a typing mistake is forgiven", "en", []string{"A: cable", "B: configuration of firmware"}, "frmware", 2},
		{"two mistakes in a long word are forgiven", "en", []string{"A: cable", "B: authentication"}, "athentcation", 2},
		{"the other keyboard layout is understood", "ru", []string{"А: кабель", "Б: прошивка"}, "ghjibdrf", 2},
		{"no word is required", "en", []string{"A: cable", "B: tunnel"}, "my tunnel broke this morning after lunch", 2},
		{"a rare word outweighs frequent ones", "en", []string{"A: switch port switch port", "B: switch tftp", "C: switch port", "D: port switch"}, "switch port tftp", 2},
		{"a title outweighs a text", "en", []string{"Other: reset the password here, reset", "Reset a password: press the button"}, "reset password", 2},
		{"words side by side outweigh words apart", "en", []string{
			"A: the port of this device, which stands in the hall, may have its security label", "B: the label of the hall says that port security stands in this device",
		}, "port security", 2},
		{"nothing is nothing", "en", []string{"A: cable"}, "xylophone", 0},
		{"small words alone find titles", "en", []string{"A: cable", "What is it: x"}, "what is it", 2},
		{"an empty query finds nothing", "en", []string{"A: cable"}, " ?! ", 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			hits := Build(texts(tt.lang, tt.docs...)).Search(Query{Text: tt.query, Lang: tt.lang})
			var first int64
			if len(hits) > 0 {
				first = hits[0].ID
			}
			if first != tt.first {
				t.Errorf("%q finds %v first, want %d", tt.query, ids(hits), tt.first)
			}
		})
	}
}

func TestLanguages(t *testing.T) {
	t.Parallel()
	docs := texts("en", "VPN tunnel: breaks off", "Die cast housing: metal")
	docs = append(docs, Doc{ID: 3, Lang: "ru", Title: "Туннель VPN", Sections: []Section{{Text: "обрывается"}}}, Doc{ID: 4, Lang: "de", Title: "VPN-Tunnel", Sections: []Section{{Text: "Die Verbindung bricht ab"}}})
	x := Build(docs)
	for _, tt := range []struct {
		name, query, lang string
		want              []int64
	}{
		{"the reader's language comes first", "VPN", "de", []int64{4, 1, 3}},
		{"a query in another language than the reader's is understood", "туннель обрывается", "en", []int64{3}},
		{"a word of two languages keeps its meaning", "die Verbindung", "de", []int64{4}},
		{"an unknown language is no obstacle", "Verbindung", "xx", []int64{4}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tt.want, ids(x.Search(Query{Text: tt.query, Lang: tt.lang}))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestPrefix(t *testing.T) {
	t.Parallel()
	x := Build(texts("en", "Firmware: update", "Cable: length"))
	if got := ids(x.Search(Query{Text: "firmw", Prefix: true})); !slices.Equal(got, []int64{1}) {
		t.Errorf("somebody typing finds %v", got)
	}
	if got := x.Search(Query{Text: "fi ", Prefix: true}); len(got) != 0 {
		t.Errorf("a finished word is taken for a prefix: %v", ids(got))
	}
}

func TestMask(t *testing.T) {
	t.Parallel()
	docs := texts("en", "A: walrus", "B: walrus")
	docs[1].Mask = 2
	x := Build(docs)
	for mask, want := range map[uint32][]int64{1: {1}, 2: {2}, 3: {1, 2}, 4: {}} {
		if got := ids(x.Search(Query{Text: "walrus", Mask: mask})); !slices.Equal(got, want) {
			t.Errorf("mask %d finds %v", mask, got)
		}
	}
	y := x.Adjust(map[int64]Standing{1: {Mask: 2}, 2: {Mask: 2, Boost: 0.1}})
	if got := ids(y.Search(Query{Text: "walrus", Mask: 2})); !slices.Equal(got, []int64{2, 1}) {
		t.Errorf("adjusted, it finds %v", got)
	}
	if got := ids(x.Search(Query{Text: "walrus", Mask: 2})); !slices.Equal(got, []int64{2}) {
		t.Errorf("the old index changed: %v", got)
	}
}

// TestUpdate holds an index that was changed step by step against one that was
// built at once.
func TestUpdate(t *testing.T) {
	t.Parallel()
	rnd := rand.New(rand.NewPCG(1, 2))
	vocabulary := strings.Fields("port switch cable tunnel password reset firmware update vlan address login camera power budget route")
	text := func() string {
		var words []string
		for range 3 + rnd.IntN(20) {
			words = append(words, vocabulary[rnd.IntN(len(vocabulary))])
		}
		return strings.Join(words, " ")
	}
	x, all := Build(nil), map[int64]Doc{}
	for range 60 {
		id := int64(rnd.IntN(20))
		if rnd.IntN(3) == 0 {
			delete(all, id)
			x = x.Update(nil, []int64{id})
			continue
		}
		all[id] = Doc{ID: id, Lang: "en", Title: text(), Sections: []Section{{Heading: text(), Text: text()}}}
		x = x.Update([]Doc{all[id]}, nil)
	}
	var docs []Doc
	for _, d := range all {
		docs = append(docs, d)
	}
	y := Build(docs)
	for range 50 {
		q := Query{Text: text(), Limit: 50}
		if diff := cmp.Diff(y.Search(q), x.Search(q)); diff != "" {
			t.Fatalf("%q: %s", q.Text, diff)
		}
	}
}

func TestExcerpt(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("Nothing to see here. ", 40)
	x := Build([]Doc{{ID: 1, Lang: "en", Title: "T", Sections: []Section{
		{Text: long},
		{Heading: "Transfer stops", Text: long + "Raise the block\n timeout to 12. " + long},
	}}})
	hit := x.Search(Query{Text: "block timeouts, transfer"})[0]
	if hit.Section != 1 {
		t.Errorf("the best section is %d", hit.Section)
	}
	var marked []string
	for _, p := range hit.Excerpt.Parts() {
		if p.Marked {
			marked = append(marked, p.Text)
		}
	}
	if diff := cmp.Diff([]string{"Transfer", "block", "timeout"}, marked); diff != "" {
		t.Error(diff)
	}
	if !strings.HasPrefix(hit.Excerpt.Text, "Transfer stops: … ") || !strings.HasSuffix(hit.Excerpt.Text, " …") || len(hit.Excerpt.Text) > 300 {
		t.Errorf("got %q", hit.Excerpt.Text)
	}
}

func TestDetect(t *testing.T) {
	t.Parallel()
	for want, text := range map[string]string{
		"en": "How do I reset the password of my account", "ru": "Как сбросить пароль VPN", "de": "Wie kann ich das Passwort zurücksetzen", "fr": "Comment réinitialiser le mot de passe de mon compte",
		"es": "Cómo puedo restablecer la contraseña de mi cuenta", "it": "Come posso reimpostare la password del mio account",
	} {
		if got := Detect(text); got != want {
			t.Errorf("Detect(%q) = %s", text, got)
		}
	}
}

// TestTogether searches while the index changes.
func TestTogether(t *testing.T) {
	t.Parallel()
	x := Build(texts("en", "A: port switch", "B: cable", "C: tunnel port"))
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			y := x
			for j := range 20 {
				y = y.Update([]Doc{{ID: int64(10 + i), Title: fmt.Sprint("port ", j)}}, nil)
				if got := y.Search(Query{Text: "port"}); len(got) != 3 {
					t.Errorf("found %v", ids(got))
				}
			}
		})
	}
	wg.Wait()
}

func FuzzSearch(f *testing.F) {
	for _, s := range []string{"S2962-24T", "a-b-c.d/e:f", "ÄÖÜß", "ё́", "-._:/", "CamelCaseÜber", "日本語", "e\u0301", "a\xffb", "l'été"} {
		f.Add(s, s)
	}
	f.Fuzz(func(t *testing.T, text, query string) {
		for _, lang := range tags {
			x := Build([]Doc{{ID: 1, Lang: lang, Title: query, Keywords: text, Sections: []Section{{Heading: text, Text: text}}}})
			for _, h := range x.Search(Query{Text: query, Lang: lang, Prefix: true}) {
				_ = h.Excerpt.Parts()
				if utf8.ValidString(text) && !utf8.ValidString(h.Excerpt.Text) {
					t.Errorf("the excerpt %q is not UTF-8", h.Excerpt.Text)
				}
			}
		}
	})
}
