package docs_test

import (
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

const (
	startTime = 20 * time.Second
	stopTime  = 15 * time.Second
)

// start runs a command, and what it starts, until the test ends. It must then end cleanly.
func start(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	log, err := os.Create(filepath.Join(t.TempDir(), "log"))
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stdout, cmd.Stderr = log, log
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		stop(t, cmd)
		text, err := os.ReadFile(log.Name())
		if t.Failed() {
			t.Logf("log of %q (%v):\n%s", cmd.Args, err, text)
		}
		log.Close()
	})
}

// stop ends a command and what it started as an operator would.
func stop(t *testing.T, cmd *exec.Cmd) {
	group := -cmd.Process.Pid
	if err := syscall.Kill(group, syscall.SIGTERM); err != nil {
		t.Errorf("stop %q: %v", cmd.Args, err)
	}
	late := time.AfterFunc(stopTime, func() { _ = syscall.Kill(group, syscall.SIGKILL) })
	defer late.Stop()
	if err := cmd.Wait(); err != nil {
		t.Errorf("%q ended with %v, want exit code 0", cmd.Args, err)
	}
}

// ready waits until the readiness check of a gateway passes.
func ready(t *testing.T, baseURL string) {
	t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	late := time.After(startTime)
	last := "no answer"
	for {
		select {
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

// workplace is a folder as a reader has it after `make build`: bin/holdplane is there.
// Its path leaves room for a unix socket's 107 bytes, which t.TempDir does not.
func workplace(t *testing.T) string {
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
	if err := os.Mkdir(filepath.Join(dir, "bin"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(setUp(t).holdplane, filepath.Join(dir, "bin", "holdplane")); err != nil {
		t.Fatal(err)
	}
	return dir
}

// startDev runs `holdplane dev` in a folder, with more variables in its environment, and
// returns those of .holdplane/dev.env: the first is the gateway's address. HOLDPLANE_ADMIN_ADDR is for tests that look at metrics.
func startDev(t *testing.T, dir string, more ...string) []string {
	t.Helper()
	addrs := freeAddrs(t, 3)
	cmd := exec.Command("bin/holdplane", "dev", "--http-addr", addrs[0], "--grpc-addr", addrs[1])
	cmd.Dir, cmd.Env = dir, append(append(environ(dir), "HOLDPLANE_ADMIN_ADDR="+addrs[2]), more...)
	start(t, cmd)
	ready(t, "http://"+addrs[0])
	kept := strings.Split(strings.TrimSpace(read(t, filepath.Join(dir, ".holdplane", "dev.env"))), "\n")
	for i, line := range kept {
		kept[i] = strings.ReplaceAll(line, "'", "")
	}
	return kept
}

// environ has no setting of the caller's.
func environ(home string) []string {
	return []string{"HOME=" + home, "PATH=" + os.Getenv("PATH")}
}
