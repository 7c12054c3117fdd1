package pgserver

import (
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

// oldest is the oldest PostgreSQL that has all we use.
const oldest = 15

// places are where packages put a server's programs.
var places = []string{
	"/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/usr/libexec/postgresql*", "/usr/local/pgsql/bin",
	"/opt/homebrew/opt/postgresql@*/bin", "/usr/local/opt/postgresql@*/bin",
	"/Applications/Postgres.app/Contents/Versions/*/bin",
}

// find returns the folder of the newest installed server's programs, or of the
// one with version want when that is not 0; "" when there is none.
func find(want int) string {
	var dirs []string
	if p, err := exec.LookPath("postgres"); err == nil {
		if target, err := filepath.EvalSymlinks(p); err == nil { // the programs find their data beside themselves
			p = target
		}
		dirs = append(dirs, filepath.Dir(p))
	}
	for _, glob := range places {
		m, _ := filepath.Glob(glob) // the patterns are right
		dirs = append(dirs, m...)
	}
	best, newest := "", 0
	for _, dir := range dirs {
		v := major(dir)
		if v > newest && v >= oldest && (want == 0 || v == want) && usable(dir) {
			best, newest = dir, v
		}
	}
	return best
}

func usable(dir string) bool {
	_, err := exec.LookPath(filepath.Join(dir, "initdb"))
	return err == nil
}

// major is the version of the server in dir, 0 when there is none. It prints
// "postgres (PostgreSQL) 15.18 (Debian …)".
func major(dir string) int {
	out, err := exec.Command(filepath.Join(dir, "postgres"), "--version").Output() //nolint:noctx // it answers at once
	if err != nil {
		return 0
	}
	words := strings.Fields(string(out))
	if len(words) < 3 {
		return 0
	}
	first, _, _ := strings.Cut(words[2], ".")
	n, _ := strconv.Atoi(first)
	return n
}
