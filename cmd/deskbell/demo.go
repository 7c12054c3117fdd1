package main

import (
	"context"
	"fmt"
	"text/tabwriter"

	"github.com/deskbell/deskbell/internal/account"
	"github.com/deskbell/deskbell/internal/app"
	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/demo"
)

type demoCmd struct {
	Tickets int    `help:"How many tickets." default:"200"`
	Seed    uint64 `help:"The same number tells the same story." default:"1"`
}

// Run implements the command.
func (d *demoCmd) Run(ctx context.Context, p process) error {
	desk, err := p.open(ctx)
	if err != nil {
		return err
	}
	defer desk.Close()
	return d.fill(ctx, p, desk)
}

// fill fills the desk's database and prints the sign-ins.
func (d *demoCmd) fill(ctx context.Context, p process, desk *app.App) error {
	if err := desk.FillDemo(ctx, d.Tickets, d.Seed); err != nil {
		return err
	}
	if _, err := fmt.Fprintf(p.out, "Filled with %d tickets.\n", d.Tickets); err != nil {
		return err
	}
	return printSignIns(p, desk)
}

// remindOfDemo prints the sign-ins again when the database still holds the
// demo.
func remindOfDemo(ctx context.Context, p process, desk *app.App) error {
	page, err := desk.Accounts.Users(ctx, auth.TheSystem(), account.UserFilter{Query: demo.SignIns[0].Email})
	if err != nil || len(page.Rows) == 0 {
		return err
	}
	return printSignIns(p, desk)
}

func printSignIns(p process, desk *app.App) error {
	w := tabwriter.NewWriter(p.out, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintf(w, "Sign in at %s with the password %s as\n\n", desk.Config.Address(), demo.Password)
	for _, s := range demo.SignIns {
		_, _ = fmt.Fprintf(w, "  %s\t%s\t%s\n", s.Email, s.Name, s.Role)
	}
	_, _ = fmt.Fprintln(w)
	return w.Flush()
}
