package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// clients is how many send at the same time: enough to keep the servers busy, so that
// idle processors waking up don't count.
const clients = 64

// warm is how long a load runs before a round counts.
const warm = 300 * time.Millisecond

// bench is one run.
type bench struct {
	settings
	binary   string // holdplane as it is released
	cache    string // kept between runs, on the project's disk
	fresh    string // of this run, on the project's disk
	work     string // of this run
	progress io.Writer
	report   report
}

// newBench builds holdplane and makes the folders.
func newBench(ctx context.Context, s settings, progress io.Writer) (*bench, error) {
	root, err := projectRoot(ctx)
	if err != nil {
		return nil, err
	}
	b := &bench{settings: s, cache: filepath.Join(root, ".cache", "bench"), progress: progress}
	if err := os.MkdirAll(b.cache, 0o700); err != nil {
		return nil, err
	}
	b.binary = filepath.Join(b.cache, "holdplane")
	b.say("building holdplane")
	build := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags", "-s -w", "-o", b.binary, "./cmd/holdplane")
	build.Dir = root
	if said, err := build.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("build holdplane: %w\n%s", err, said)
	}
	if b.fresh, err = os.MkdirTemp(b.cache, "run-"); err != nil {
		return nil, err
	}
	// For logs and sockets: the paths of sockets must be short.
	b.work, err = os.MkdirTemp("", "bench-")
	return b, err
}

// close removes what only this run needed.
func (b *bench) close() error { return errors.Join(os.RemoveAll(b.fresh), os.RemoveAll(b.work)) }

// projectRoot is the folder of the module that the bench was started in.
func projectRoot(ctx context.Context) (string, error) {
	mod, err := exec.CommandContext(ctx, "go", "env", "GOMOD").Output()
	if err != nil {
		return "", fmt.Errorf("go env GOMOD: %w", err)
	}
	root := filepath.Dir(string(bytes.TrimSpace(mod)))
	if _, err := os.Stat(filepath.Join(root, "cmd", "holdplane")); err != nil {
		return "", fmt.Errorf("run the bench in the project's folder: %w", err)
	}
	return root, nil
}

// say tells what is going on.
func (b *bench) say(format string, args ...any) {
	fmt.Fprintf(b.progress, time.Now().Format("15:04:05 ")+format+"\n", args...)
}

// alternate runs each of things once a round. Every other round turns the order around,
// so that a machine that slows down or speeds up favours none.
func (b *bench) alternate(things ...func() error) error {
	for round := range b.rounds {
		for i := range things {
			if round%2 == 1 {
				i = len(things) - 1 - i
			}
			if err := things[i](); err != nil {
				return fmt.Errorf("round %d: %w", round+1, err)
			}
		}
	}
	return nil
}

// freeAddr is a loopback address that nothing listens on.
func freeAddr() (string, error) {
	on, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return on.Addr().String(), on.Close()
}

func portOf(addr string) string {
	_, port, err := net.SplitHostPort(addr)
	if err != nil {
		panic(err) // addr is what freeAddr gave
	}
	return port
}

// logName makes a file name of a program's part.
func (b *bench) logName(parts ...string) string {
	return filepath.Join(b.work, strings.Join(parts, "-")+".log")
}
