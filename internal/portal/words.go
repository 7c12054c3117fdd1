package portal

import (
	"context"
	"strconv"
	"strings"

	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/i18n"
)

// tooMuch is said beside the files when a form was larger than we read.
var tooMuch = fault.Message{Key: "ui.files.too_much"}

// told is m in the reader's language.
func told(ctx context.Context, m fault.Message) string { return i18n.T(ctx, m.Key, m.Args...) }

func num(n int64) string { return strconv.FormatInt(n, 10) }

func hash(number int64) string { return "#" + num(number) }

// firstName is what the greeting calls a person.
func firstName(name string) string {
	first, _, _ := strings.Cut(strings.TrimSpace(name), " ")
	return first
}

// fileIcon is the mark of a file by its type.
func fileIcon(mime string) string {
	if strings.HasPrefix(mime, "image/") {
		return "image"
	}
	return "file"
}
