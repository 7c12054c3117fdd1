package notify_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/mail"
	"github.com/deskbell/deskbell/internal/notify"
	"github.com/deskbell/deskbell/internal/testkit"
	"github.com/deskbell/deskbell/internal/worktime"
)

func TestSQL(t *testing.T) {
	t.Parallel()
	testkit.PrepareSQL(t)
}

// office is a calendar of Monday to Friday, 8:30 to 17:30.
func office() worktime.Calendar {
	c := worktime.Calendar{Zone: time.UTC}
	for d := time.Monday; d <= time.Friday; d++ {
		c.Week[d] = []worktime.Interval{{From: 510, To: 1050}}
	}
	return c
}

// TestEveryKindOfLetterReads renders every kind in every language: no word is
// missing, no placeholder stands as it is, and both forms say the same.
func TestEveryKindOfLetterReads(t *testing.T) {
	t.Parallel()
	s := previewer(t)
	for _, spec := range mail.Kinds {
		for _, lang := range i18n.Langs {
			r, err := s.Preview(t.Context(), spec.Kind, lang.Tag)
			if err != nil {
				t.Fatal(err)
			}
			for part, text := range map[string]string{"subject": r.Subject, "text": r.Text, "html": r.HTML} {
				_, body, _ := strings.Cut(text, "</head>")
				if part != "html" {
					body = text
				}
				body = strings.ReplaceAll(body, "[TicketID: 100042]", "")
				if strings.TrimSpace(body) == "" && part != "subject" || strings.ContainsAny(body, "[]{}") || strings.Contains(body, "•••") {
					t.Errorf("%s in %s: %s has an open place:\n%s", spec.Kind, lang.Tag, part, body)
				}
			}
			if lang.Tag == "en" || lang.Tag == "ru" {
				name := string(spec.Kind) + "_" + lang.Tag
				golden(t, name+".txt", "Subject: "+r.Subject+"\n\n"+r.Text)
				golden(t, name+".html", r.HTML)
			}
		}
	}
}

func previewer(t *testing.T) *notify.Service {
	t.Helper()
	return notify.New(notify.Deps{
		Outbox: mail.NewOutbox(nil, "desk.example", time.Now), Address: "https://desk.example", Now: time.Now,
		Calendar: calendar,
	})
}

// golden compares text with a file of testdata, which UPDATE_GOLDEN=1 rewrites.
func golden(t *testing.T, name, text string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if os.Getenv("UPDATE_GOLDEN") != "" {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != text {
		t.Errorf("%s differs; read the letter and run make golden:\n%s", name, text)
	}
}

func calendar(context.Context) (worktime.Calendar, error) { return office(), nil }
