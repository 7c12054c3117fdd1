package admin

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/deskbell/deskbell/internal/httpx"
	"github.com/deskbell/deskbell/internal/setting"
)

func TestTypedWords(t *testing.T) {
	t.Parallel()
	got := typedWords(httpx.Form{"hint.en": {" first\r\nsecond \r\n"}, "hint.de": {" "}, "hint.xx": {"no such language"}, "hints.ru": {"another text"}}, "hint")
	if diff := cmp.Diff(setting.Words{"en": "first\nsecond"}, got); diff != "" {
		t.Error(diff)
	}
}
