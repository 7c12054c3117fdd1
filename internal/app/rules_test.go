package app

import (
	"bytes"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/deskbell/deskbell/internal/i18n"
)

// root is the module's folder, seen from this one.
const root = "../.."

var writes = regexp.MustCompile(`\b(?:INSERT INTO|UPDATE|DELETE FROM|MERGE INTO)\s+(?:ONLY\s+)?([a-z_]+)\b`)

// TestTablesHaveOneWriter keeps a table's invariants in one package: others may
// join it but not write it.
func TestTablesHaveOneWriter(t *testing.T) {
	t.Parallel()
	writers := map[string][]string{} // table -> packages
	eachFile(t, func(path, text string) {
		pkg := filepath.Dir(path)
		if filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") || strings.Contains(pkg, "testkit") {
			return
		}
		for _, m := range writes.FindAllStringSubmatch(text, -1) {
			if !slices.Contains(writers[m[1]], pkg) {
				writers[m[1]] = append(writers[m[1]], pkg)
			}
		}
	})
	if len(writers) == 0 {
		t.Fatal("found no statement that writes; is the pattern right?")
	}
	for table, pkgs := range writers {
		if len(pkgs) > 1 {
			t.Errorf("table %s is written by %v", table, pkgs)
		}
	}
}

var namesSQL = regexp.MustCompile(`(?m)^\s*(?:const )?[a-z]\w*SQL\s*=`)

// TestStatementsArePrepared finds packages with SQL and no test that prepares
// it.
func TestStatementsArePrepared(t *testing.T) {
	t.Parallel()
	has, prepares := map[string]bool{}, map[string]bool{}
	eachFile(t, func(path, text string) {
		pkg := filepath.Dir(path)
		switch {
		case strings.Contains(pkg, "testkit"):
		case !strings.HasSuffix(path, "_test.go"):
			has[pkg] = has[pkg] || namesSQL.MatchString(text)
		case strings.Contains(text, "testkit.PrepareSQL(t)"):
			prepares[pkg] = true
		}
	})
	for pkg, yes := range has {
		if yes && !prepares[pkg] {
			t.Errorf("%s has SQL constants and no test that calls testkit.PrepareSQL", pkg)
		}
	}
}

// usedKeys finds message keys where code hands them to something that
// translates. A key that ends in a dot is the beginning of a family.
var usedKeys = []*regexp.Regexp{
	regexp.MustCompile(`i18n\.(?:T|In|Has)\([^"(]+(?:\([^"()]*\))?[^"(]*, "([^"]+)"`),
	regexp.MustCompile(`fault\.New\([^",]+, "([^"]+)"`),
	regexp.MustCompile(`fault\.(?:Error|Message)\{[^}]*\bKey:\s*"([^"]+)"`),
	regexp.MustCompile(`pg\.NotFound\([^"\n]+, "([^"]+)"`),
	regexp.MustCompile(`\.Add\((?:[^",]+|"[^"]*"), "([a-z0-9_]+\.[a-z0-9_.]+)"`),
	regexp.MustCompile(`httpx\.Flash\([^"\n]+, "([^"]+)"`),
}

// TestMessageKeysExist finds keys that code uses and a language lacks.
func TestMessageKeysExist(t *testing.T) {
	t.Parallel()
	used := map[string]string{} // key -> a file that uses it
	eachFile(t, func(path, text string) {
		if strings.HasSuffix(path, "_test.go") {
			return
		}
		for _, pattern := range usedKeys {
			for _, m := range pattern.FindAllStringSubmatch(text, -1) {
				used[m[1]] = path
			}
		}
	})
	if len(used) < 100 {
		t.Fatalf("found only %d keys in use; are the patterns right?", len(used))
	}
	for key, path := range used {
		for _, l := range i18n.Langs {
			if !hasKey(l.Tag, key) {
				t.Errorf("%s uses %q, which %s lacks", path, key, l.Tag)
			}
		}
	}
}

func hasKey(lang, key string) bool {
	if !strings.HasSuffix(key, ".") && !strings.HasSuffix(key, "_") {
		return i18n.Has(lang, key)
	}
	return slices.ContainsFunc(i18n.Keys(lang), func(k string) bool { return strings.HasPrefix(k, key) })
}

// foreign are names that only mean something on one machine or in one
// company's network. They are cut in two so that this file does not hold them.
var foreign = []string{
	"registry" + ".npmjs", "registry" + ".yarnpkg", "proxy" + ".golang", "sum" + ".golang", "deb" + ".debian.org",
	"artifact" + "registry", "pkg" + ".dev/", "files" + ".pythonhosted", "/ro" + "ot/", "/wo" + "rk/", "/ho" + "me/",
}

// TestFilesNameNoMachine keeps registries' hosts and a developer's paths out of
// what is committed.
func TestFilesNameNoMachine(t *testing.T) {
	t.Parallel()
	out, err := exec.CommandContext(t.Context(), "git", "-C", root, "ls-files", "-z").Output()
	if err != nil {
		t.Fatal(err)
	}
	for name := range strings.SplitSeq(strings.TrimRight(string(out), "\x00"), "\x00") {
		b, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			continue // removed and not yet committed
		}
		for _, word := range foreign {
			if bytes.Contains(b, []byte(word)) {
				t.Errorf("%s names %s", name, word)
			}
		}
	}
}

// eachFile calls f with every source file of the module, generated ones left
// out. path is relative to root.
func eachFile(t *testing.T, f func(path, text string)) {
	t.Helper()
	for _, dir := range []string{"cmd", "internal", "web"} {
		err := filepath.WalkDir(filepath.Join(root, dir), func(path string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			if d.IsDir() && (d.Name() == "testdata" || d.Name() == "node_modules") {
				return filepath.SkipDir
			}
			if ext := filepath.Ext(path); d.IsDir() || ext != ".go" && ext != ".templ" || strings.HasSuffix(path, "_templ.go") {
				return nil
			}
			b, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			name, err := filepath.Rel(root, path)
			f(filepath.ToSlash(name), string(b))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}
