//go:build !linux

package pgserver

import "syscall"

// user stands for nobody: elsewhere than on Linux the server runs as we do.
type user struct{}

func account() *user { return nil }

func attributes(*user) *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }

func (u *user) own(string) error     { return nil }
func (u *user) ownTree(string) error { return nil }
