package desk

import (
	"context"
	"io"

	"github.com/a-h/templ"

	"github.com/deskbell/deskbell/internal/i18n"
)

type component = templ.Component

// inLanguage renders a component for a reader.
type inLanguage struct {
	component
	reader i18n.Reader
}

func (c inLanguage) Render(ctx context.Context, w io.Writer) error {
	return c.component.Render(i18n.With(ctx, c.reader), w)
}
