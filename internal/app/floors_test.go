package app

import (
	"os/exec"
	"strings"
	"testing"
)

const module = "github.com/deskbell/deskbell/"

// floors lists every package, lowest floor first. A package imports only from
// floors below its own. docs/architecture.md says what lives where and why.
var floors = [][]string{
	{"migrations", "internal/fault", "internal/i18n", "internal/auth", "internal/link"},
	{
		"internal/pg", "internal/pgserver", "internal/httpx", "internal/blob", "internal/search", "internal/worktime",
		"internal/richtext", "internal/address", "internal/mail", "web",
	},
	{"web/ui", "internal/filetext"}, // shows what web embeds
	{"internal/ticket", "internal/account", "internal/company", "internal/kb", "internal/canned", "internal/setting"},
	{"internal/notify", "internal/notice", "internal/privacy", "internal/inbox", "internal/presence", "internal/topicform", "internal/find", "internal/bulk", "internal/macro", "internal/timesheet"}, // say what happened to who should know; copy and forget people; show fields; search
	{"internal/portal", "internal/desk", "internal/admin", "internal/demo"},
	{"internal/app"},
	{"cmd/deskbell"},
}

// beside may be used by tests of any floor and is checked as if on top.
var beside = map[string]bool{
	"internal/bench":          true,
	"internal/e2e":            true,
	"internal/testkit":        true,
	"internal/testkit/withpg": true,
}

func TestFloors(t *testing.T) {
	t.Parallel()
	floor := map[string]int{}
	for i, pkgs := range floors {
		for _, p := range pkgs {
			floor[p] = i
		}
	}
	out, err := exec.CommandContext(t.Context(), "go", "list", "-e", "-f", `{{.ImportPath}} {{join .Imports " "}}`, module+"...").Output()
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(out)) {
		fields := strings.Fields(line)
		pkg := strings.TrimPrefix(fields[0], module)
		if beside[pkg] {
			continue
		}
		mine, ok := floor[pkg]
		if !ok {
			t.Errorf("%s is on no floor; add it to floors and to docs/architecture.md", pkg)
			continue
		}
		for _, imp := range fields[1:] {
			dep, ours := strings.CutPrefix(imp, module)
			if !ours {
				continue
			}
			if beside[dep] || floor[dep] >= mine {
				t.Errorf("%s (floor %d) imports %s (floor %d)", pkg, mine, dep, floor[dep])
			}
		}
	}
}
