package ui

import "context"

// BrandView is how the desk presents itself on every page.
type BrandView struct {
	Name         string // in headers and titles
	Logo         string // path of the picture; "": ours
	Wordmark     bool   // the picture shows the name, so it is not written beside it
	Style        string // path of the style sheet with its colours; "": ours
	WelcomeTitle string // what the portal's first page says; "": the catalogue's words
	WelcomeText  string
}

// product is the desk's name until somebody gives it another one.
const product = "Deskbell"

type brandKey struct{}

// WithBrand returns a ctx whose pages look like b.
func WithBrand(ctx context.Context, b BrandView) context.Context {
	return context.WithValue(ctx, brandKey{}, b)
}

// Brand is how the pages of ctx look.
func Brand(ctx context.Context) BrandView {
	if b, ok := ctx.Value(brandKey{}).(BrandView); ok {
		return b
	}
	return BrandView{Name: product}
}
