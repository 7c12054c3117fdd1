package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/deskbell/deskbell/internal/account"
	"github.com/deskbell/deskbell/internal/auth"
)

type userCmd struct {
	Add userAddCmd `cmd:"" help:"Add a person; prints a generated password unless one comes on stdin."`
}

type userAddCmd struct {
	Email         string `required:"" help:"Their address, with which they sign in."`
	Name          string `required:"" help:"First and last name."`
	Role          string `required:"" enum:"admin,supervisor,editor,agent,customer" help:"One of ${enum}."`
	PasswordStdin bool   `help:"Read the password from stdin, up to the end of its first line."`
}

// Run implements the command.
func (u *userAddCmd) Run(ctx context.Context, p process) error {
	password := ""
	if u.PasswordStdin {
		line, err := bufio.NewReader(p.in).ReadString('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return fmt.Errorf("read the password: %w", err)
		}
		if password = strings.TrimRight(line, "\r\n"); password == "" {
			return usageError{errors.New("--password-stdin was given, but stdin holds no password")}
		}
	}
	desk, err := p.open(ctx)
	if err != nil {
		return err
	}
	defer desk.Close()
	id, err := desk.Accounts.AddUser(ctx, auth.TheSystem(), account.NewUser{
		Email: u.Email, Name: account.ParseName(u.Name), Roles: []string{u.Role}, Password: password,
	})
	if err != nil {
		return err
	}
	if password != "" {
		_, err = fmt.Fprintf(p.out, "added %s as %s\n", u.Email, u.Role)
		return err
	}
	if password, err = desk.Accounts.ResetPassword(ctx, auth.TheSystem(), id); err != nil {
		return err
	}
	_, err = fmt.Fprintf(p.out, "added %s as %s\npassword: %s\n", u.Email, u.Role, password)
	return err
}
