package find_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/find"
)

func TestSearch(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	switches := w.submit(t, w.pavel, "Коммутаторы не отвечают после обновления", "Три коммутатора SNR-S2962-24T молчат. Звоните: 8 912 345 67 89.", "serial_numbers", "OE4423DS23;OE-4423-DS31")
	german := w.submit(t, w.katrin, "Netzwerkstörung im Lager", "Die Häuser sind ohne Netz. Der Firewallregelsatz fehlt.")
	french := w.submit(t, w.katrin, "Factures en double", "Nous avons reçu deux factures pour la même commande.")
	spanish := w.submit(t, w.katrin, "Conmutadores apagados", "Las conexiones fallan cada noche.")
	italian := w.submit(t, w.katrin, "Domanda", "I pacchetti vengono scartati sulle interfacce.") //nolint:misspell // Italian
	english := w.submit(t, w.pavel, "Question", "The documentation says that transfers stop at 83 %. Call +49 241 998880 or write to noc@ops.example.org.")
	seq := w.answer(t, english, "Please raise the timeouts of the bootloader.")
	noted := w.note(t, english, "Batch of 2022, ask Zykov about the kryptonite lab report.")
	w.catchUp(t)

	for _, c := range []struct {
		what, typed string
		want        int64
	}{
		{"a word", "bootloader", english},
		{"another form of a Russian word", "коммутатором", switches},
		{"another form of a German word", "haus", german},
		{"another form of a French word", "facture", french},
		{"another form of a Spanish word", "conexión", spanish},
		{"another form of an Italian word", "interfaccia", italian},
		{"another form of an English word", "transferring", english},
		{"a word without its diacritics", "netzwerkstorung", german},
		{"е for ё and capitals", "ТРИ КОММУТАТОРА", switches},
		{"the beginning of a word", "documen", english},
		{"the middle of a word", "regelsatz", german},
		{"the end of a word", "störung", german},
		{"a slip of the pen", "bootlaoder", english}, //nolint:misspell // it is one
		{"two slips of the pen", "kriptonit", english},
		{"the wrong keyboard", "rjvvenfnjhs", switches},
		{"a serial number", "OE4423DS23", switches},
		{"a serial number without its hyphens", "oe4423ds31", switches},
		{"a part of a serial number", "4423", switches},
		{"a model", "SNR-S2962-24T", switches},
		{"a part of a model", "S2962", switches},
		{"the number in a model", "2962", switches},
		{"an e-mail address in a message", "noc@ops.example.org", english},
		{"a telephone number in other groups", "+7 (912) 345-67-89", switches},
		{"a telephone number without groups", "89123456789", switches},
		{"a telephone number dialled from inside the country", "0241 99 88 80", english},
		{"the requester's name", "sokolov", english},
		{"the requester's name without diacritics", "vogel", german},
		{"the requester's address", "katrin@brennau.example", german},
		{"the company", "uralsvyaz", switches},
		{"the company's other name", "Уралсвязь", english},
		{"a name and a word", "sokolov bootloader", english},
		{"words of the subject and of a message", "lager haus", german},
		{"a note", "kryptonite", english},
		{"a word between small ones", "what is the bootloader", english},
		{"a word that nobody wrote beside one", "bootloader xqzzyk", english},
	} {
		t.Run(c.what, func(t *testing.T) {
			if r := w.search(t, c.typed); !slices.Contains(numbers(r), c.want) {
				t.Errorf("%q finds %v, not %d", c.typed, numbers(r), c.want)
			}
		})
	}

	t.Run("what was typed comes before what it may mean", func(t *testing.T) {
		exact := w.submit(t, w.katrin, "Transferring licences", "Please.")
		w.catchUp(t)
		if r := w.search(t, "transferring"); len(r.Tickets) == 0 || r.Tickets[0].Number != exact {
			t.Errorf("found %v first", numbers(r))
		}
	})
	t.Run("a hit leads to its message and shows it", func(t *testing.T) {
		r := w.search(t, "bootloader")
		if len(r.Messages) != 1 || r.Messages[0].Seq != seq || r.Messages[0].Kind != find.MessageHit || r.Messages[0].Author != "Eve Agent" {
			t.Fatalf("%+v", r.Messages)
		}
		if got := marked(r.Messages[0].Excerpt.Text, r.Messages[0].Excerpt.Marks); got != "bootloader" {
			t.Errorf("marked %q", got)
		}
	})
	t.Run("a note is found as a note", func(t *testing.T) {
		r := w.search(t, "kryptonite report")
		if len(r.Messages) != 1 || r.Messages[0].Kind != find.NoteHit || r.Messages[0].Seq != noted {
			t.Fatalf("%+v", r.Messages)
		}
	})
	t.Run("the subject and the field are marked", func(t *testing.T) {
		r := w.search(t, "OE4423DS23")
		if len(r.Tickets) != 1 || r.Tickets[0].Field.Text != "OE4423DS23" || len(r.Tickets[0].Field.Marks) != 1 {
			t.Fatalf("%+v", r.Tickets)
		}
	})
	t.Run("people and companies are groups of their own", func(t *testing.T) {
		r := w.search(t, "sokolov uralsvyaz")
		if len(r.People) != 1 || r.People[0].ID != w.pavel.PersonID || r.People[0].Company != "Uralsvyaz Telecom" {
			t.Errorf("people: %+v", r.People)
		}
		if r := w.search(t, "uralsvyaz.example"); len(r.Companies) != 1 || r.Companies[0].ID != w.firm {
			t.Errorf("companies: %+v", r.Companies)
		}
		if r := w.search(t, "9123456789"); len(r.People) != 1 {
			t.Errorf("people by telephone: %+v", r.People)
		}
	})
	t.Run("a slip of the pen finds all forms of the word", func(t *testing.T) {
		var routers []int64
		for _, text := range []string{"Маршрутизатор молчит.", "Новым маршрутизатором нельзя управлять.", "Оба маршрутизатора стоят в узле."} {
			routers = append(routers, w.submit(t, w.katrin, "Связь", text))
		}
		w.catchUp(t)
		for _, typed := range []string{"маршрутизатор", "маршрутезатор"} {
			r := w.search(t, typed)
			for _, n := range routers {
				if !slices.Contains(numbers(r), n) {
					t.Errorf("%q finds %v, not %d", typed, numbers(r), n)
				}
			}
		}
	})
	t.Run("a serial number typed with spaces is one", func(t *testing.T) {
		scale := w.submit(t, w.katrin, "Scales", "They are off.", "serial_numbers", "ZQ955812KL7")
		w.catchUp(t)
		for _, typed := range []string{"zq9 55812 kl7", "ZQ955 812 KL7"} {
			if r := w.search(t, typed); !slices.Equal(numbers(r), []int64{scale}) || len(r.Left) > 0 || r.Loose {
				t.Errorf("%q finds %v without %q (%v)", typed, numbers(r), r.Left, r.Loose)
			}
		}
	})
	t.Run("with a filter only tickets are found", func(t *testing.T) {
		if r := w.search(t, "sokolov status:new"); len(r.People)+len(r.Companies)+len(r.Articles) > 0 || len(r.Tickets) == 0 {
			t.Errorf("%d people, %d companies, %d articles, tickets %v", len(r.People), len(r.Companies), len(r.Articles), numbers(r))
		}
	})
	t.Run("it says that a phrase is not kept", func(t *testing.T) {
		for typed, want := range map[string]bool{`"raise the timeouts"`: true, `«raise the»`: true, `"raise"`: false, `raise timeouts`: false, `requester:"Pavel Sokolov" timeouts`: false} {
			if r := w.search(t, typed); r.Phrase != want {
				t.Errorf("%s: %v", typed, r.Phrase)
			}
		}
	})
	t.Run("words that nobody wrote are named", func(t *testing.T) {
		if r := w.search(t, "bootloader xqzzyk"); !slices.Equal(r.Left, []string{"xqzzyk"}) {
			t.Errorf("left out %q", r.Left)
		}
	})
	t.Run("tickets with some of the words are found when none has all", func(t *testing.T) {
		r := w.search(t, "bootloader lager")
		if !r.Loose || !slices.Contains(numbers(r), english) || !slices.Contains(numbers(r), german) {
			t.Errorf("%+v: %v", r.Loose, numbers(r))
		}
	})
}

func TestIndex(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	number := w.submit(t, w.pavel, "Access", "My password is hunterx2hunter, see gateway.")
	other := w.submit(t, w.pavel, "Another", "The gateway again.")
	w.catchUp(t)
	var id int64
	w.one(t, &id, `SELECT id FROM tickets WHERE number = $1`, number)

	t.Run("what was taken out is found no more, not even as a word that is known", func(t *testing.T) {
		w.exec(t, `UPDATE messages SET text = 'My password is gone, see gateway.' WHERE ticket_id = $1`, id)
		err := pgx.BeginFunc(t.Context(), w.db, func(tx pgx.Tx) error { return w.find.Reindex(t.Context(), tx, id) })
		if err != nil {
			t.Fatal(err)
		}
		if r := w.search(t, "hunterx2hunter"); len(numbers(r)) > 0 {
			t.Errorf("found %v", numbers(r))
		}
		var left int
		w.one(t, &left, `SELECT count(*) FROM search_words WHERE word LIKE 'hunter%'`)
		if left > 0 {
			t.Error("the word is still known")
		}
		if r := w.search(t, "gateway"); !slices.Contains(numbers(r), number) {
			t.Errorf("found %v", numbers(r))
		}
	})
	t.Run("a ticket that is deleted for ever leaves no word", func(t *testing.T) {
		err := pgx.BeginFunc(t.Context(), w.db, func(tx pgx.Tx) error { return w.find.Forget(t.Context(), tx, id, []string{"none"}) })
		if err != nil {
			t.Fatal(err)
		}
		var left []string
		w.one(t, &left, `SELECT coalesce(array_agg(word), '{}') FROM search_words WHERE word IN ('gateway', 'password')`)
		if !slices.Equal(left, []string{"gateway"}) {
			t.Errorf("left %v", left)
		}
		if r := w.search(t, "gateway"); !slices.Contains(numbers(r), other) || slices.Contains(numbers(r), number) {
			t.Errorf("found %v", numbers(r))
		}
	})
	t.Run("one that was interrupted goes on where it was", func(t *testing.T) {
		w.answer(t, other, "A late blunderbuss.")
		if waiting, _, err := find.Lag(t.Context(), w.db); err != nil || waiting == 0 {
			t.Fatalf("%d wait, %v", waiting, err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := w.find.CatchUp(ctx); err == nil {
			t.Error("worked without time")
		}
		w.catchUp(t)
		if waiting, _, err := find.Lag(t.Context(), w.db); err != nil || waiting > 0 {
			t.Errorf("%d wait, %v", waiting, err)
		}
		if r := w.search(t, "blunderbuss"); !slices.Equal(numbers(r), []int64{other}) {
			t.Errorf("found %v", numbers(r))
		}
	})
	t.Run("a ticket with too many words is found by its head and its last messages", func(t *testing.T) {
		var long strings.Builder
		for i := range 9000 {
			fmt.Fprintf(&long, "w%dx%d ", i, i*7919)
		}
		many := w.submit(t, w.katrin, "Thesaurus", "begin")
		for i := range 12 {
			w.answer(t, many, fmt.Sprintf("part%d ", i)+strings.ReplaceAll(long.String()[:50_000], "w", fmt.Sprint("q", i)))
		}
		w.catchUp(t)
		for _, typed := range []string{"thesaurus", "part11"} {
			if r := w.search(t, typed); !slices.Contains(numbers(r), many) {
				t.Errorf("%q finds %v", typed, numbers(r))
			}
		}
	})
}

func marked(text string, marks [][2]int) string {
	var parts []string
	for _, m := range marks {
		parts = append(parts, text[m[0]:m[1]])
	}
	return strings.Join(parts, " ")
}
