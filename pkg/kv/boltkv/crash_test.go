package boltkv_test

import (
	"context"
	"encoding/binary"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/kv/boltkv"
	"github.com/holdplane/holdplane/pkg/kv/key"
)

var kills = flag.Int("kills", 20, "rounds of TestKill")

const crashWriters = 16

// writeUntilKilled says "writer number" for every write that was acknowledged.
func writeUntilKilled(path string) error {
	s, err := boltkv.Open(path, boltkv.Options{})
	if err != nil {
		return err
	}
	errs := make(chan error)
	for writer := range uint64(crashWriters) {
		go func() { errs <- writeOn(s, writer) }()
	}
	return <-errs
}

// writeOn writes on from where the last process was killed, until something fails.
func writeOn(s kv.Store, writer uint64) error {
	n, err := written(s, writer)
	for ; err == nil; n++ {
		if err = s.Update(context.Background(), write(writer, n)); err == nil {
			err = say(fmt.Sprint(writer, n))
		}
	}
	return err
}

func written(s kv.Store, writer uint64) (n uint64, err error) {
	err = s.View(context.Background(), func(tx kv.Reader) error {
		value, err := tx.Get(key.New("count", writer))
		if err == nil {
			n = binary.BigEndian.Uint64(value)
		} else if errors.Is(err, kv.ErrNotFound) {
			err = nil
		}
		return err
	})
	return n, err
}

// write is a transaction of three entries at different places of the file.
func write(writer, n uint64) func(tx kv.Writer) error {
	return func(tx kv.Writer) error {
		return errors.Join(
			tx.Put(key.New("ordered", n, writer), content(writer, n)),
			tx.Put(key.New("scattered", n*0x9E3779B97F4A7C15, writer), content(writer, n)),
			tx.Put(key.New("count", writer), binary.BigEndian.AppendUint64(nil, n+1)))
	}
}

func content(writer, n uint64) []byte {
	return []byte(strings.Repeat(fmt.Sprintf("%d/%d ", writer, n), 30))
}

// TestKill kills a process with 16 writers again and again, also while it creates its
// file, and looks for every acknowledged write.
func TestKill(t *testing.T) {
	seed := rand.Uint64()
	random := rand.New(rand.NewPCG(seed, 0))
	path := filepath.Join(t.TempDir(), "store.db")
	acknowledged := make([]uint64, crashWriters)
	for round := range *kills {
		after := time.Duration(5+random.IntN(96)) * time.Millisecond
		if err := kill(t, path, after, acknowledged); err != nil {
			t.Fatalf("seed %d, round %d: %v", seed, round, err)
		}
		verify(t, path, acknowledged)
		if t.Failed() {
			t.Fatalf("seed %d, round %d: killed after %s", seed, round, after)
		}
	}
	sum := uint64(0)
	for _, n := range acknowledged {
		sum += n
	}
	if sum == 0 {
		t.Error("no write was acknowledged in any round")
	}
	t.Logf("%d kills, %d acknowledged writes", *kills, sum)
}

func kill(t *testing.T, path string, after time.Duration, acknowledged []uint64) error {
	t.Helper()
	c := start(t, "write until killed", path, nil)
	killed := make(chan error, 1)
	timer := time.AfterFunc(after, func() { killed <- c.Process.Kill() })
	defer timer.Stop()
	for c.lines.Scan() {
		var writer, n uint64
		if _, err := fmt.Sscan(c.lines.Text(), &writer, &n); err != nil {
			return err
		}
		acknowledged[writer] = n + 1
	}
	err := c.Wait()
	if status, ok := c.ProcessState.Sys().(syscall.WaitStatus); !ok || status.Signal() != syscall.SIGKILL {
		return fmt.Errorf("the process ended by itself: %w", err)
	}
	return <-killed
}

// verify checks the file, that nothing acknowledged is lost and that no transaction is
// there by half.
func verify(t *testing.T, path string, acknowledged []uint64) {
	t.Helper()
	check(t, path)
	s, err := boltkv.Open(path, boltkv.Options{})
	if err != nil {
		t.Fatal(err)
	}
	total := uint64(0)
	for writer := range uint64(crashWriters) {
		n, err := written(s, writer)
		if err != nil {
			t.Error(err)
		}
		if n < acknowledged[writer] {
			t.Errorf("writer %d: %d writes are there, %d were acknowledged", writer, n, acknowledged[writer])
		}
		total += n
	}
	for _, table := range []string{"ordered", "scattered"} {
		if got := countGood(t, s, table); got != total {
			t.Errorf("%d entries %s, want %d", got, table, total)
		}
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

func countGood(t *testing.T, s kv.Store, table string) (n uint64) {
	t.Helper()
	err := s.View(t.Context(), func(tx kv.Reader) error {
		for e, err := range tx.Scan(kv.Prefix(key.New(table))) {
			if err != nil {
				return err
			}
			parts, err := key.Parse(e.Key)
			if err != nil {
				return err
			}
			number, writer := parts[1].(uint64), parts[2].(uint64)
			if table == "scattered" {
				number *= 0xF1DE83E19937733D // the factor's inverse
			}
			if string(e.Value) != string(content(writer, number)) {
				return fmt.Errorf("%s %d of writer %d holds %.20q", table, number, writer, e.Value)
			}
			n++
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	return n
}

// TestCreateTogether opens a new store on many goroutines at once: one makes it, and
// whoever gets it loses no write to another's file.
func TestCreateTogether(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	var wg sync.WaitGroup
	for i := range uint64(8) {
		wg.Go(func() {
			s, err := boltkv.Open(path, boltkv.Options{LockTimeout: time.Minute})
			if err != nil {
				t.Error(err)
				return
			}
			if err := s.Update(context.Background(), write(i, 0)); err != nil {
				t.Error(err)
			}
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	acknowledged := make([]uint64, crashWriters)
	for i := range 8 {
		acknowledged[i] = 1
	}
	verify(t, path, acknowledged)
	left, err := filepath.Glob(filepath.Join(filepath.Dir(path), ".*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %q, error %v", left, err)
	}
}
