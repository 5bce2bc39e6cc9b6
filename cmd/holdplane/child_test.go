package main

import (
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// The test binary is holdplane itself when childEnv is set. fileLimitEnv bounds the
// size of the files that it can write, in bytes.
const (
	childEnv     = "HOLDPLANE_TEST_CHILD"
	fileLimitEnv = "HOLDPLANE_TEST_FILE_LIMIT"
)

func TestMain(m *testing.M) {
	if os.Getenv(childEnv) == "" {
		m.Run()
		return
	}
	syscall.Umask(0) // what is private must be so by its own doing
	if limit, err := strconv.ParseUint(os.Getenv(fileLimitEnv), 10, 64); err == nil {
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: limit, Max: limit}); err != nil {
			panic(err)
		}
	}
	main()
}

// child is holdplane in a process of its own.
type child struct {
	cmd      *exec.Cmd
	out, log *logBuffer
	done     chan struct{} // closed when it has ended
}

// startChild starts holdplane with args. It is killed at the test's end, unless it has
// ended by then.
func startChild(t *testing.T, args ...string) *child {
	t.Helper()
	return startChildIn(t, nil, args...)
}

// startChildIn starts holdplane with more variables in its environment. Of the test's
// own it sees none that could be a setting.
func startChildIn(t *testing.T, env []string, args ...string) *child {
	t.Helper()
	c := &child{cmd: exec.Command(os.Args[0], args...), out: &logBuffer{}, log: &logBuffer{}, done: make(chan struct{})}
	// The race detector would let every child linger for a second.
	c.cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "GORACE=atexit_sleep_ms=0", childEnv + "=1"}, env...)
	c.cmd.Stdout, c.cmd.Stderr = c.out, c.log
	if err := c.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(c.done)
		_ = c.cmd.Wait() // what came of it is in ProcessState
	}()
	t.Cleanup(func() { c.kill() })
	return c
}

func (c *child) ended() bool {
	select {
	case <-c.done:
		return true
	default:
		return false
	}
}

// kill ends the process at once, as a power cut does, and waits until it is gone.
func (c *child) kill() {
	_ = c.cmd.Process.Kill() // it may have ended
	<-c.done
}

// stop ends the process as an operator does; it must end cleanly.
func (c *child) stop(t *testing.T) {
	t.Helper()
	if err := c.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if code := c.exitCode(t); code != 0 {
		t.Errorf("exit code %d, want 0\n%s", code, c.log)
	}
}

// exitCode waits until the process has ended.
func (c *child) exitCode(t *testing.T) int {
	t.Helper()
	select {
	case <-c.done:
	case <-time.After(patience):
		t.Fatalf("%q still runs after %v\n%s", c.cmd.Args[1:], patience, c.log)
	}
	return c.cmd.ProcessState.ExitCode()
}

// patience is how long tests wait for what should happen soon.
const patience = 30 * time.Second

// eventually waits until a condition holds.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	late := time.After(patience)
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !holds() {
		select {
		case <-late:
			t.Fatalf("%s: not after %v", what, patience)
		case <-tick.C:
		}
	}
}

// stackWords are in what a program prints when it fails in a way nobody thought of.
var stackWords = []string{"goroutine ", "panic", "fatal error", "SIGSEGV", "SIGBUS", "DATA RACE", ".go:"}

// wantNoStack fails for logs of a crash.
func wantNoStack(t *testing.T, log string) {
	t.Helper()
	for _, word := range stackWords {
		if strings.Contains(log, word) {
			t.Errorf("the log has %q:\n%s", word, log)
			return
		}
	}
}
