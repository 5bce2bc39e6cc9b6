// Package child runs the processes that are measured and reads what they cost from
// /proc, so it needs Linux.
package child

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

// stopWithin is how long a process may take to end by itself.
const stopWithin = 15 * time.Second

// Process is a running program.
type Process struct {
	cmd  *exec.Cmd
	log  string
	done chan struct{} // closed when it has ended
}

// Start runs a program that writes what it has to say to the file log.
func Start(log, program string, args ...string) (*Process, error) {
	out, err := os.OpenFile(log, os.O_CREATE|os.O_TRUNC|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, err
	}
	defer out.Close()
	p := &Process{cmd: exec.Command(program, args...), log: log, done: make(chan struct{})}
	p.cmd.Stdout, p.cmd.Stderr = out, out
	// Settings of the caller's shell would change what is measured.
	p.cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + os.Getenv("HOME")}
	// Ctrl-C reaches the bench alone, which then ends its children in order.
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	go func() {
		defer close(p.done)
		_ = p.cmd.Wait() // its outcome is read from ProcessState
	}()
	return p, nil
}

// Ended is closed when the process has ended.
func (p *Process) Ended() <-chan struct{} { return p.done }

// Stop asks the process to end and waits until it has.
func (p *Process) Stop() error {
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	select {
	case <-p.done:
	case <-time.After(stopWithin):
		return errors.Join(fmt.Errorf("%s did not end within %v", p.cmd, stopWithin), p.cmd.Process.Kill())
	}
	// A bare floor has no shutdown of its own: the signal ends it.
	if status := p.cmd.ProcessState.Sys().(syscall.WaitStatus); status.Signal() == syscall.SIGTERM || status.ExitStatus() == 0 {
		return nil
	}
	return p.Failure()
}

// Failure describes a process that has ended by itself: how, and its last words.
func (p *Process) Failure() error {
	said, err := os.ReadFile(p.log)
	if err != nil {
		return err
	}
	lines := strings.Split(strings.TrimSpace(string(said)), "\n")
	return fmt.Errorf("%s ended (%v): %s", p.cmd, p.cmd.ProcessState, lines[len(lines)-1])
}
