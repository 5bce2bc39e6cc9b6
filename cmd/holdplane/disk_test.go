package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// disk is an installation whose room can be taken away.
type disk struct {
	name string
	*installation
	env  []string                       // of a server that finds no room
	take func(t *testing.T, server int) // takes all room away from a process
	give func(t *testing.T)             // gives it back
	want string                         // in the line that the server ends with
}

// disks are a full disk, where the machine lets this user mount one, and a limit on the
// size of files, which works everywhere.
func disks(t *testing.T) []disk {
	const limit = 8192
	all := []disk{{
		name: "limit on file sizes", installation: install(t), env: []string{fmt.Sprint(fileLimitEnv, "=", limit)},
		take: func(t *testing.T, server int) { limitFiles(t, server, limit) },
		give: func(*testing.T) {}, // it was the process's
		want: "raise the limit",
	}}
	root, err := mountDisk(t)
	if err != nil {
		t.Logf("no disk of its own: %v", err)
		return all
	}
	filling := filepath.Join(root, "filling")
	return append(all, disk{
		name: "full disk", installation: installIn(t, root),
		take: func(t *testing.T, _ int) { fillDisk(t, filling) },
		give: func(t *testing.T) { removeFile(t, filling) },
		want: "the disk is full; make room",
	})
}

// mountDisk mounts a disk of 8 MiB in the namespace of another process, and returns the
// way to it that leads through that process. The disk is gone with the process.
func mountDisk(t *testing.T) (root string, err error) {
	dir := t.TempDir()
	args := []string{"--mount", "sh", "-c", `mount -t tmpfs -o size=8m,mode=0700 tmpfs "$0" && echo && exec cat`, dir}
	if os.Getuid() != 0 {
		args = append([]string{"--map-root-user"}, args...)
	}
	holder := exec.Command("unshare", args...)
	var trouble strings.Builder
	holder.Stderr = &trouble
	stdin, err := holder.StdinPipe()
	if err != nil {
		return "", err
	}
	stdout, err := holder.StdoutPipe()
	if err != nil {
		return "", err
	}
	if err := holder.Start(); err != nil {
		return "", err
	}
	t.Cleanup(func() {
		stdin.Close() // it ends by that
		_ = holder.Wait()
	})
	if _, err := io.ReadFull(stdout, make([]byte, 1)); err != nil {
		_ = holder.Wait()
		return "", errors.New(trouble.String())
	}
	root = fmt.Sprintf("/proc/%d/root%s", holder.Process.Pid, dir)
	return root, os.WriteFile(filepath.Join(root, "probe"), nil, 0o600)
}

func fillDisk(t *testing.T, path string) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for block := bytes.Repeat([]byte("full"), 1024); err == nil; {
		_, err = f.Write(block)
	}
	if !errors.Is(err, syscall.ENOSPC) {
		t.Fatal(err)
	}
}

// limitFiles sets the limit of a process that runs already.
func limitFiles(t *testing.T, process, limit int) {
	t.Helper()
	out, err := exec.Command("prlimit", fmt.Sprint("--pid=", process), fmt.Sprint("--fsize=", limit)).CombinedOutput()
	if err != nil {
		t.Fatalf("prlimit: %v: %s", err, out)
	}
}

// TestStartOnFullDisk has no room for the store's file.
func TestStartOnFullDisk(t *testing.T) {
	for _, d := range disks(t) {
		t.Run(d.name, func(t *testing.T) {
			if len(d.env) == 0 {
				d.take(t, 0)
			}
			wantRefusal(t, startChildIn(t, d.env, d.serveArgs()...), d.store(), d.want)
			if left := contents(t, d.data); len(left) > 0 {
				t.Errorf("left behind: %d files", len(left))
			}
			d.give(t)
			d.fill(t)
		})
	}
}

// TestDiskFillsUp takes the room away under 16 writers. What they were told was written
// has to be there when there is room again.
func TestDiskFillsUp(t *testing.T) {
	for _, d := range disks(t) {
		t.Run(d.name, func(t *testing.T) {
			c := newCrash(t, d.installation, rand.Uint64())
			server := c.startServe(t, "--bootstrap", c.start)
			c.writeAll(c.await(t, server), func() {
				<-time.After(200 * time.Millisecond)
				c.ending.Store(true)
				d.take(t, server.cmd.Process.Pid)
			})
			wantFailure(t, server, c.data, d.want)
			d.give(t)
			if c.acknowledged.Load() == 0 {
				t.Error("no write was acknowledged")
			}
			c.checkFiles()
			c.wantWhole(t)
			c.finish()
		})
	}
}

// TestDamageCampaign overwrites parts of a store that its start doesn't read. A
// server may notice then or later, or never touch them; it must not crash, and never
// answer anything but what was written.
func TestDamageCampaign(t *testing.T) {
	seed := rand.Uint64()
	random := rand.New(rand.NewPCG(seed, 0))
	c := newCrash(t, install(t), seed)
	server := c.startServe(t, "--bootstrap", c.start)
	c.ending.Store(true)
	c.writeAll(c.await(t, server), func() {
		<-time.After(300 * time.Millisecond)
		server.stop(t)
	})
	c.settle()
	c.trim(t)
	whole, err := os.ReadFile(c.store())
	if err != nil {
		t.Fatal(err)
	}
	rounds, noticed := campaign(8, 500), 0
	for range rounds {
		if c.useDamaged(damage(random, whole)) {
			noticed++
		}
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
	t.Logf("%d of %d damaged files were noticed", noticed, rounds)
	c.put(whole)
	c.finish()
}

// damage returns a copy with garbage in up to three places behind the header.
func damage(random *rand.Rand, whole []byte) []byte {
	b := bytes.Clone(whole)
	for range 1 + random.IntN(3) {
		at := 2*os.Getpagesize() + random.IntN(len(b)-2*os.Getpagesize())
		for i := at; i < min(at+1+random.IntN(2000), len(b)); i++ {
			b[i] = byte(random.Uint32())
		}
	}
	return b
}

func (c *crash) put(content []byte) {
	if err := os.WriteFile(c.store(), content, 0o600); err != nil {
		c.t.Fatal(err)
	}
}

// useDamaged reads and writes what it can of a damaged store, and tells whether
// anything was amiss.
func (c *crash) useDamaged(content []byte) (noticed bool) {
	c.put(content)
	server := c.startServe(c.t)
	s, ready := c.tryAwait(c.t, server)
	if ready {
		for _, w := range c.writers {
			for _, r := range w.there {
				noticed = !c.rightOrNone(s, r) || noticed
			}
			op := w.next()
			_, _, _ = c.call(http.MethodPost, s.baseURL+op.path, op.body) // it may fail, and then the server ends
		}
		_ = server.cmd.Process.Signal(syscall.SIGTERM) // it may have ended by then
	}
	if code := server.exitCode(c.t); code != 0 {
		wantFailure(c.t, server, c.store())
		noticed = true
	}
	wantNoStack(c.t, server.log.String())
	return noticed
}

// rightOrNone takes any failure for an answer, but no wrong record.
func (c *crash) rightOrNone(s *server, want record) (answered bool) {
	got, ok := c.tryGet(s, want.ExternalID)
	if ok && !same(got, want) {
		c.t.Errorf("a damaged store has %+v, want %+v", got, want)
	}
	return ok
}
