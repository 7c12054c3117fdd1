//go:build !linux

package testkit

import "syscall"

// dieWithUs would make a process end when the test process does; only Linux can.
func dieWithUs() *syscall.SysProcAttr { return nil }
