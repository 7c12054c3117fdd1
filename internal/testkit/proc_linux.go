package testkit

import "syscall"

// dieWithUs makes a process end when the test process does, however it does.
func dieWithUs() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
}
