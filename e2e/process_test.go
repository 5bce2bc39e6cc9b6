package e2e_test

import (
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// How long a process may take on a machine that does much else.
const (
	startTime = time.Minute
	stopTime  = time.Minute
)

// process is a running holdplane.
type process struct {
	cmd    *exec.Cmd
	log    string
	done   chan struct{} // closed when it ended
	killed bool
}

// start runs holdplane in dir until the test ends; it must then end cleanly.
func start(t *testing.T, dir string, args ...string) *process {
	t.Helper()
	log, err := os.CreateTemp(dir, "log")
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	p := &process{cmd: command(t, dir, args...), log: log.Name(), done: make(chan struct{})}
	p.cmd.Stdout, p.cmd.Stderr = log, log
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(p.done)
		_ = p.cmd.Wait() // its outcome is read from ProcessState
	}()
	t.Cleanup(func() { p.stop(t) })
	return p
}

// command makes a holdplane command that sees no setting of the caller's.
func command(t *testing.T, dir string, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(setUp(t).holdplane, args...)
	cmd.Dir = dir
	cmd.Env = []string{"HOME=" + dir, "PATH=" + os.Getenv("PATH")}
	return cmd
}

// ready waits until the readiness check at a base URL passes.
func (p *process) ready(t *testing.T, baseURL string) {
	t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	late := time.After(startTime)
	last := "no answer"
	for {
		select {
		case <-p.done:
			t.Fatalf("holdplane ended before it was ready: %v", p.cmd.ProcessState)
		case <-late:
			t.Fatalf("%s/readyz: %s after %v", baseURL, last, startTime)
		case <-tick.C:
		}
		res, err := http.Get(baseURL + "/readyz")
		if err != nil {
			last = err.Error()
			continue
		}
		res.Body.Close()
		if last = res.Status; res.StatusCode == http.StatusOK {
			return
		}
	}
}

// kill ends the process as a power failure would.
func (p *process) kill(t *testing.T) {
	t.Helper()
	p.killed = true
	if err := p.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	<-p.done
}

// stop ends the process, unless it was killed, as an operator would, and shows its log if
// the test failed.
func (p *process) stop(t *testing.T) {
	if p.killed {
		p.show(t)
		return
	}
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Errorf("stop holdplane: %v", err)
	}
	select {
	case <-p.done:
	case <-time.After(stopTime):
		t.Errorf("holdplane still runs %v after SIGTERM", stopTime)
		_ = p.cmd.Process.Kill()
		<-p.done
	}
	if code := p.cmd.ProcessState.ExitCode(); code != 0 {
		t.Errorf("holdplane ended with %v, want exit code 0", p.cmd.ProcessState)
	}
	p.show(t)
}

func (p *process) show(t *testing.T) {
	if t.Failed() {
		log, err := os.ReadFile(p.log)
		t.Logf("log of holdplane %q (%v):\n%s", p.cmd.Args[1:], err, log)
	}
}

// freeAddrs returns n loopback addresses on which nobody listens.
func freeAddrs(t *testing.T, n int) []string {
	t.Helper()
	addrs := make([]string, n)
	for i := range addrs {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		addrs[i] = l.Addr().String()
	}
	return addrs
}

// shortDir makes a folder whose path leaves room for a unix socket's 107 bytes, which
// t.TempDir does not.
func shortDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "hp")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	return dir
}

// write makes a file that only its owner may read.
func write(t *testing.T, dir, name, text string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// eventually waits until a condition holds.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	late := time.After(startTime)
	for !holds() {
		select {
		case <-late:
			t.Fatalf("%s: not after %v", what, startTime)
		case <-tick.C:
		}
	}
}
