package child_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/holdplane/holdplane/bench/child"
)

func start(t *testing.T, script string) *child.Process {
	t.Helper()
	p, err := child.Start(filepath.Join(t.TempDir(), "log"), "sh", "-c", script)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestProcess(t *testing.T) {
	p := start(t, "while :; do :; done")
	for used := int64(0); used == 0; { // until the clock has ticked
		d, err := child.CPU(p, p)
		if err != nil {
			t.Fatal(err)
		}
		used = d.Milliseconds()
	}
	m, err := p.Memory()
	if err != nil || m.Anonymous <= 0 || m.Resident <= m.Anonymous {
		t.Errorf("memory %+v, %v", m, err)
	}
	if err := p.Stop(); err != nil {
		t.Errorf("stopped by the signal: %v", err)
	}
	if _, err := child.CPU(p); err == nil {
		t.Error("processor time of a process that has ended")
	}
}

func TestFailure(t *testing.T) {
	p := start(t, "echo first; echo the port is taken >&2; exit 3")
	<-p.Ended()
	err := p.Stop()
	if err == nil || !strings.Contains(err.Error(), "exit status 3") || !strings.HasSuffix(err.Error(), ": the port is taken") {
		t.Errorf("%v, want how it ended and its last words", err)
	}
}

// TestFamily counts what this process and its children use, one of which has ended.
func TestFamily(t *testing.T) {
	before, err := child.Family(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	ended := start(t, "i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done")
	<-ended.Ended()
	gone, err := child.Family(os.Getpid())
	if err != nil || gone <= before {
		t.Errorf("%v after a child used some, %v; before %v", gone, err, before)
	}
	p := start(t, "while :; do :; done")
	for alive := gone; alive < gone+50*time.Millisecond; { // until the clock has ticked
		if alive, err = child.Family(os.Getpid()); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.Stop(); err != nil {
		t.Error(err)
	}
}
