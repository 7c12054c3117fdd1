package e2e

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/BurntSushi/toml"

	"github.com/deskbell/deskbell/internal/i18n"
)

// untranslated finds a message key that has no translation, see i18n.T.
var untranslated = regexp.MustCompile(`\[[a-z_]+\.[a-z_.]+\]`)

// phrases are the English texts that another language says differently.
type phrases struct {
	lang     string
	whole    map[string]bool
	same     map[string]bool  // what the language says as English does, under any key
	patterns []*regexp.Regexp // of texts with placeholders
}

func (p phrases) has(said string) bool {
	if p.same[said] {
		return false
	}
	if p.whole[said] {
		return true
	}
	for _, re := range p.patterns {
		if re.MatchString(said) {
			return true
		}
	}
	return false
}

// readEnglish reads the English catalogue from its files, without what lang says
// in the same words and the titles of articles.
func readEnglish(t *testing.T, lang string, titles []string) phrases {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("..", "i18n", "locales", "en.*toml"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no catalogue: %v", err)
	}
	same := map[string]bool{}
	for _, title := range titles {
		same[title] = true
	}
	p := phrases{lang: lang, whole: map[string]bool{}, same: same}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		var table map[string]any
		if err := toml.Unmarshal(b, &table); err != nil {
			t.Fatal(err)
		}
		p.add("", table)
	}
	return p
}

func (p *phrases) add(prefix string, table map[string]any) {
	for name, v := range table {
		switch v := v.(type) {
		case string:
			p.phrase(strings.TrimPrefix(prefix+"."+name, "."), v)
		case map[string]any:
			p.add(prefix+"."+name, v)
		}
	}
}

var (
	placeholder = regexp.MustCompile(`\{[a-z_]+\}`)
	latin       = regexp.MustCompile(`[A-Za-z]{2,}`)
)

func (p *phrases) phrase(key, text string) {
	if strings.HasPrefix(key, "ticket.robot.") {
		return // the robot writes in the requester's language
	}
	text = strings.Join(strings.Fields(text), " ")
	literal := placeholder.ReplaceAllString(text, "")
	own := i18n.In(p.lang, key)
	if !latin.MatchString(literal) || own == i18n.In("en", key) {
		p.same[text] = true
		return
	}
	if literal == text {
		p.whole[text] = true
		return
	}
	if len(latin.FindAllString(literal, -1)) < 2 {
		return // "{name}: x" is too little to know it by
	}
	parts := placeholder.Split(text, -1)
	for i := range parts {
		parts[i] = regexp.QuoteMeta(parts[i])
	}
	p.patterns = append(p.patterns, regexp.MustCompile("^"+strings.Join(parts, ".+")+"$"))
}
