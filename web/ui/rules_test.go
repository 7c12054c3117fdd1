package ui_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	inline   = regexp.MustCompile(`\s(style|on[a-z]+)="|<style|<script>|javascript:`)
	iconCall = regexp.MustCompile(`Icon(?:Sm|Lg)?\("([a-z-]+)"\)|Icon:\s+"([a-z-]+)"`)
)

// templates returns the text of every template in the project.
func templates(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, root := range []string{"../../internal", "."} {
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err != nil || filepath.Ext(path) != ".templ" {
				return err
			}
			b, err := os.ReadFile(path)
			all[path] = string(b)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return all
}

func TestTemplates(t *testing.T) {
	t.Parallel()
	sprite, err := os.ReadFile("../static/icons.svg")
	if err != nil {
		t.Fatal(err)
	}
	for path, text := range templates(t) {
		if at := inline.FindString(text); at != "" && !strings.Contains(path, "notify") {
			t.Errorf("%s has %q, which the content security policy refuses", path, at)
		}
		for _, m := range iconCall.FindAllStringSubmatch(text, -1) {
			if name := m[1] + m[2]; !strings.Contains(string(sprite), `id="i-`+name+`"`) {
				t.Errorf("%s uses the icon %q, which is not in icons.svg", path, name)
			}
		}
	}
}
