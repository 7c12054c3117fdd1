package privacy

import (
	"archive/zip"
	"path"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestSafeName(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{
		"log.txt":                          "log.txt",
		"../../etc/passwd":                 "_.._etc_passwd",
		`..\..\windows\system.ini`:         "_.._windows_system.ini",
		"C:\\CON":                          "C__CON",
		"a\x00b\nc.txt":                    "a_b_c.txt",
		"annual\u202Efdp.exe":              "annualfdp.exe",
		"...":                              "file",
		"":                                 "file",
		" .hidden ":                        "hidden",
		"отчёт за май.pdf":                 "отчёт за май.pdf",
		strings.Repeat("я", 200) + ".jpeg": strings.Repeat("я", 50) + ".jpeg",
		"trailing.":                        "trailing",
	} {
		got := safeName(given)
		if got != want {
			t.Errorf("safeName(%q) = %q, want %q", given, got, want)
		}
		if !utf8.ValidString(got) || path.Base(got) != got || len(got) > maxSafeName+12 {
			t.Errorf("safeName(%q) = %q is no plain name", given, got)
		}
	}
	if methodFor("image/png") != zip.Store || methodFor("text/plain") != zip.Deflate {
		t.Error("pictures are squeezed or texts are not")
	}
}
