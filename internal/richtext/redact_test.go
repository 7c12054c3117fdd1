package richtext

import (
	"strings"
	"testing"
)

func TestRedact(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		source  string
		kind    Kind
		secrets []string
		want    string
		places  int
	}{
		"in plain text":                   {"pw: hunter2, again hunter2", KindText, []string{"hunter2"}, "pw: █████, again █████", 2},
		"in Markdown":                     {"the *key* is `k-1`", KindMarkdown, []string{"k-1"}, "the *key* is `█████`", 1},
		"the longest of several first":    {"abcdef abc", KindText, []string{"abc", "abcdef"}, "█████ █████", 2},
		"white space as it is seen":       {"user  root\n pass", KindText, []string{"root pass"}, "user  █████", 1},
		"nothing for an empty secret":     {"as it is", KindText, []string{" ", ""}, "as it is", 0},
		"signs of a pattern are letters":  {"a.b axb", KindText, []string{"a.b"}, "█████ axb", 1},
		"across tags":                     {"<p>hun<b>ter</b>2 and more</p>", KindHTML, []string{"hunter2"}, "<p>█████<b></b> and more</p>", 1},
		"as entities":                     {"<p>a&amp;b</p>", KindHTML, []string{"a&b"}, "<p>█████</p>", 1},
		"in a link's address":             {`<a href="https://x.test/?key=s%20t">here</a>`, KindHTML, []string{"s t"}, `<a href="">here</a>`, 1},
		"twice in one node and over more": {"<p>s1 and s<i>1</i></p>", KindHTML, []string{"s1"}, "<p>█████ and █████<i></i></p>", 2},
		"between blocks":                  {"<p>root</p><p>toor</p>", KindHTML, []string{"root toor"}, "<p>█████</p><p></p>", 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, kind, places := Redact(c.source, c.kind, c.secrets)
			if got != c.want || places != c.places || kind != c.kind {
				t.Errorf("%q %s %d, want %q %d", got, kind, places, c.want, c.places)
			}
		})
	}
	t.Run("what Markdown's marks hide is found as it is shown", func(t *testing.T) {
		t.Parallel()
		got, kind, places := Redact(`secret\_word and pass**word**1`, KindMarkdown, []string{"secret_word", "password1"})
		if kind != KindHTML || places != 2 || strings.Contains(Text(got, kind), "secret_word") || strings.Contains(Text(got, kind), "password1") {
			t.Errorf("%q %s %d", got, kind, places)
		}
	})
}

// FuzzRedact: whatever the text, what was to be removed is not in it any more.
func FuzzRedact(f *testing.F) {
	f.Add("pw **hun**ter2", "hunter2", "markdown")
	f.Add("<p>hun<b>ter2</b></p>", "hunter2", "html")
	f.Add("[a](http://x/hunter2)", "hunter2", "markdown")
	f.Fuzz(func(t *testing.T, source, secret, kind string) {
		if strings.TrimSpace(secret) == "" || strings.Contains(Removed, secret) || len(source) > 2000 {
			return
		}
		source, secret = Clean(source), strings.Join(strings.Fields(Clean(secret)), " ")
		k := Kind(kind)
		if secret == "" || k != KindHTML && k != KindMarkdown && k != KindText {
			return
		}
		got, as, _ := Redact(source, k, []string{secret})
		if shown := Text(got, as); strings.Contains(shown, secret) {
			t.Errorf("%q of %s is still in %q: %q", secret, kind, got, shown)
		}
	})
}
