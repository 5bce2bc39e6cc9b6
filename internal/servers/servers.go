// Package servers gives tests a PostgreSQL, a Redis and a VersityGW of their own: real
// servers, on a unix socket or loopback, with their data in a temporary folder, which end
// with the test binary however that ends. scripts/install-servers.sh installs the first
// two; the third is built from its module, once.
package servers

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

const startTime = 60 * time.Second

// Server is a server that belongs to one test, which may end and start it.
type Server struct {
	// Addr is where clients find it, before and after a restart: a URL of PostgreSQL's or
	// VersityGW's, or host:port of Redis'.
	Addr string

	name    string
	dir     string
	command []string
	as      *syscall.Credential // whom it runs as; nil is this user
	stop    string              // signal that ends it in order
	crash   string              // signal that ends it at once
	ready   func() bool

	guard *exec.Cmd
	leash io.WriteCloser // closed when this process ends, too
	ended chan struct{}
}

// Stop ends the server as an operator would.
func (s *Server) Stop(t testing.TB) { s.end(t, s.stop) }

// Kill ends the server at once, with nothing written that is not on disk yet.
func (s *Server) Kill(t testing.TB) { s.end(t, s.crash) }

// Start starts the server again after Stop or Kill, on its data and at its address.
func (s *Server) Start(t testing.TB) {
	t.Helper()
	if err := s.start(); err != nil {
		t.Fatal(err)
	}
}

func (s *Server) end(t testing.TB, signal string) {
	t.Helper()
	if _, err := io.WriteString(s.leash, signal+"\n"); err != nil {
		t.Errorf("end %s: %v", s.name, err)
	}
	<-s.ended
}

// own makes the server the test's, which ends it.
func (s *Server) own(t testing.TB) {
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
}

// Close ends the server and removes its data. Those that tests start are closed with them.
func (s *Server) Close() error {
	s.leash.Close()
	<-s.ended
	return os.RemoveAll(s.dir)
}

// guard runs a server and holds on to the test binary by its standard input: a line there
// is a signal for the server; its end is the test binary's, and then server and data go.
// As a child of this process the server might outlive it. The folder may be gone first.
const guard = `
dir=$1 crash=$2
shift 2
exec 3<&0
"$@" </dev/null >>"$dir/log" 2>&1 3<&- &
server=$!
{
	if read -r signal; then
		kill -s "$signal" $server
	else
		true >"$dir/over" # not ":", whose failed redirection would end the shell
		kill -s "$crash" $server
	fi
} <&3 2>/dev/null &
watcher=$!
exec 3<&-
wait $server
kill $watcher 2>/dev/null
[ ! -e "$dir/over" ] || rm -rf "$dir"
`

// start starts the server and waits until it answers.
func (s *Server) start() error {
	s.guard = exec.Command("sh", append([]string{"-c", guard, "sh", s.dir, s.crash}, s.command...)...)
	s.guard.Dir, s.guard.Env = s.dir, environment
	s.guard.SysProcAttr = &syscall.SysProcAttr{Credential: s.as, Setsid: true} // no Ctrl-C from the terminal
	var err error
	if s.leash, err = s.guard.StdinPipe(); err != nil {
		return err
	}
	if err := s.guard.Start(); err != nil {
		return fmt.Errorf("start %s: %w", s.name, err)
	}
	ended := make(chan struct{})
	s.ended = ended
	go func(guard *exec.Cmd) {
		_ = guard.Wait() // the server's log says more than its outcome
		close(ended)
	}(s.guard)
	return s.await()
}

func (s *Server) await() error {
	late := time.After(startTime)
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for !s.ready() {
		select {
		case <-tick.C:
			continue
		case <-s.ended:
			return fmt.Errorf("%s ended at once; its log: %s", s.name, s.log())
		case <-late:
		}
		err := fmt.Errorf("%s does not answer after %v; its log: %s", s.name, startTime, s.log())
		return errors.Join(err, s.leash.Close())
	}
	return nil
}

// log is the end of what the server wrote.
func (s *Server) log() string {
	text, err := os.ReadFile(filepath.Join(s.dir, "log"))
	if err != nil {
		return err.Error()
	}
	return string(text[max(0, len(text)-2000):])
}

// environment keeps settings of the caller's, such as PGHOST or a language, out.
var environment = []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C", "TZ=UTC"}

// makeDir makes a folder for whom a server runs as. Its path is short enough for a unix
// socket in it.
func makeDir(c *syscall.Credential) (string, error) {
	dir, err := os.MkdirTemp("", "hp")
	if err != nil {
		return "", err
	}
	if c != nil {
		err = os.Chown(dir, int(c.Uid), int(c.Gid))
	}
	return dir, err
}
