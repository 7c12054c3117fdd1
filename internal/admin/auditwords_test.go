package admin

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// builtActions are the actions that a record names by more than a literal, by
// the expression that stands there.
var builtActions = map[string][]string{
	"action":                       {"user.disabled", "user.enabled"},
	`"topic.rules_" + string(who)`: {"topic.rules_customer", "topic.rules_page"},
}

func TestEveryRecordedActionHasAWord(t *testing.T) {
	t.Parallel()
	actions := recordedActions(t)
	if len(actions) < 30 {
		t.Fatalf("found only %d actions in the source", len(actions))
	}
	for action, at := range actions {
		word := actionWord(t.Context(), action)
		if word == action || strings.HasPrefix(word, "[") {
			t.Errorf("%s: the change log has no word for %q", at, action)
		}
	}
}

// recordedActions are the actions handed to Audit anywhere in the source, each
// with a place where it is.
func recordedActions(t *testing.T) map[string]token.Position {
	t.Helper()
	found := map[string]token.Position{}
	files := token.NewFileSet()
	err := filepath.WalkDir("..", func(path string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || strings.HasSuffix(path, "_templ.go") {
			return err
		}
		f, err := parser.ParseFile(files, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(f, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || len(call.Args) != 7 {
				return true
			}
			if sel, ok := call.Fun.(*ast.SelectorExpr); !ok || !strings.EqualFold(sel.Sel.Name, "audit") {
				return true
			}
			for _, action := range actionsIn(t, files, call.Args[3]) {
				found[action] = files.Position(call.Pos())
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func actionsIn(t *testing.T, files *token.FileSet, arg ast.Expr) []string {
	t.Helper()
	if lit, ok := arg.(*ast.BasicLit); ok && lit.Kind == token.STRING {
		action, err := strconv.Unquote(lit.Value)
		if err != nil {
			t.Fatal(err)
		}
		return []string{action}
	}
	built, ok := builtActions[types.ExprString(arg)]
	if !ok {
		t.Errorf("%s: which actions does %s make? Say so in builtActions", files.Position(arg.Pos()), types.ExprString(arg))
	}
	return built
}
