package boltkv_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/kv/boltkv"
)

// failing opens a store that holds a=1 and whose next write to the file fails. told
// gets what OnFailure gets.
func failing(t *testing.T, wrap func(write boltkv.WriteFunc) boltkv.WriteFunc) (s *boltkv.Store, told chan error) {
	t.Helper()
	told = make(chan error, 2)
	s = open(t, t.TempDir(), boltkv.Options{OnFailure: func(err error) { told <- err }})
	if err := s.Update(t.Context(), set("a", "1")); err != nil {
		t.Fatal(err)
	}
	s.InterceptWrites(wrap)
	return s, told
}

func set(key, value string) func(tx kv.Writer) error {
	return func(tx kv.Writer) error { return tx.Put([]byte(key), []byte(value)) }
}

func get(s kv.Store, key string) (value string, err error) {
	err = s.View(context.Background(), func(tx kv.Reader) error {
		v, err := tx.Get([]byte(key))
		value = string(v)
		return err
	})
	return value, err
}

func TestFailedWriteStopsTheStore(t *testing.T) {
	for _, c := range []struct {
		name  string
		cause syscall.Errno
		hint  string
	}{
		{"a full disk", syscall.ENOSPC, "the disk is full"},
		{"a used up quota", syscall.EDQUOT, "the disk is full"},
		{"a limit on file sizes", syscall.EFBIG, "raise the limit"},
		{"a broken disk", syscall.EIO, "input/output error"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, told := failing(t, func(boltkv.WriteFunc) boltkv.WriteFunc {
				return func([]byte, int64) (int, error) {
					return 0, &fs.PathError{Op: "write", Path: "store.db", Err: c.cause}
				}
			})
			for range 3 {
				err := s.Update(t.Context(), set("a", "2"))
				if !errors.Is(err, kv.ErrFailed) || !errors.Is(err, c.cause) || !strings.Contains(err.Error(), c.hint) {
					t.Errorf("Update: %v", err)
				}
			}
			if err := <-told; !errors.Is(err, c.cause) {
				t.Errorf("OnFailure: %v", err)
			}
			if value, err := get(s, "a"); value != "1" || err != nil {
				t.Errorf("View after the failure: %q, error %v", value, err)
			}
			if err := s.Close(); err != nil || len(told) > 0 {
				t.Errorf("Close: %v; OnFailure was called %d more times", err, len(told))
			}
		})
	}
}

// TestFailedSyncIsNotShown fails after the meta page was written, as a failed fsync
// does: bbolt would show that commit from then on, though it may be gone tomorrow.
func TestFailedSyncIsNotShown(t *testing.T) {
	s, told := failing(t, func(write boltkv.WriteFunc) boltkv.WriteFunc {
		return func(b []byte, offset int64) (int, error) {
			n, err := write(b, offset)
			if err == nil && offset < 2*4096 {
				err = syscall.EIO
			}
			return n, err
		}
	})
	if err := s.Update(t.Context(), set("a", "2")); !errors.Is(err, kv.ErrFailed) {
		t.Errorf("Update: %v", err)
	}
	<-told
	if value, err := get(s, "a"); !errors.Is(err, kv.ErrFailed) {
		t.Errorf("View shows %q, error %v", value, err)
	}
	if err := s.Check(t.Context()); !errors.Is(err, kv.ErrFailed) {
		t.Errorf("Check: %v", err)
	}
}

// TestFailureReachesEverybody has a group with an error and a queue behind it when the
// commit fails. The error may rest on what is lost, so it isn't the answer.
func TestFailureReachesEverybody(t *testing.T) {
	begun, fail := make(chan struct{}), make(chan struct{})
	s, told := failing(t, func(boltkv.WriteFunc) boltkv.WriteFunc {
		return func([]byte, int64) (int, error) {
			close(begun)
			<-fail
			return 0, syscall.EIO
		}
	})
	group, running := hold(t, s)
	answers := make(chan error)
	update := func(waiting int, fn func(tx kv.Writer) error) {
		go func() { answers <- s.Update(context.Background(), fn) }()
		group.wait(t, s, waiting)
	}
	update(1, func(tx kv.Writer) error { return errors.Join(set("b", "2")(tx), errors.New("own error")) })
	group.release()
	<-begun
	update(2, set("c", "3"))
	close(fail)
	for range 2 {
		if err := <-answers; !errors.Is(err, kv.ErrFailed) {
			t.Errorf("Update: %v", err)
		}
	}
	if err := <-running; !errors.Is(err, kv.ErrFailed) {
		t.Errorf("Update: %v", err)
	}
	<-told
}

func TestOnFailureMayClose(t *testing.T) {
	closed := make(chan error)
	var s *boltkv.Store
	s = open(t, t.TempDir(), boltkv.Options{OnFailure: func(error) { closed <- s.Close() }})
	s.InterceptWrites(func(boltkv.WriteFunc) boltkv.WriteFunc {
		return func([]byte, int64) (int, error) { return 0, syscall.EIO }
	})
	if err := s.Update(t.Context(), set("a", "1")); !errors.Is(err, kv.ErrFailed) {
		t.Errorf("Update: %v", err)
	}
	if err := <-closed; err != nil {
		t.Error(err)
	}
	if err := s.Update(t.Context(), set("a", "1")); !errors.Is(err, kv.ErrClosed) {
		t.Errorf("Update after Close: %v", err)
	}
}

// writeUntilFull writes under a limit on file sizes until the store fails, says what
// was acknowledged and looks whether the store then does what it should.
func writeUntilFull(path string) error {
	signal.Ignore(syscall.SIGXFSZ)
	const limit = 3 << 20
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: limit, Max: limit}); err != nil {
		return err
	}
	told := make(chan error, 2)
	s, err := boltkv.Open(path, boltkv.Options{OnFailure: func(err error) { told <- err }})
	if err != nil {
		return err
	}
	err = writeOn(s, 0)
	for range 2 {
		if !errors.Is(err, kv.ErrFailed) || !strings.Contains(err.Error(), "raise the limit") {
			return fmt.Errorf("Update on a full disk: %w", err)
		}
		err = s.Update(context.Background(), write(0, 0))
	}
	if err := <-told; !errors.Is(err, kv.ErrFailed) {
		return fmt.Errorf("OnFailure: %w", err)
	}
	if n, err := written(s, 0); err != nil || n == 0 {
		return fmt.Errorf("View on a full disk: %d written, error %w", n, err)
	}
	return s.Close()
}

func TestFullDiskLosesNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	c := start(t, "write until files full", path, nil)
	acknowledged := make([]uint64, crashWriters)
	for c.lines.Scan() {
		var writer, n uint64
		if _, err := fmt.Sscan(c.lines.Text(), &writer, &n); err != nil {
			t.Fatal(err)
		}
		acknowledged[writer] = n + 1
	}
	if err := c.Wait(); err != nil {
		t.Fatal(err)
	}
	verify(t, path, acknowledged)
	// The limit was the other process's: here there is room again.
	s, err := boltkv.Open(path, boltkv.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(s.Update(t.Context(), write(0, acknowledged[0])), s.Close()); err != nil {
		t.Error(err)
	}
	acknowledged[0]++
	verify(t, path, acknowledged)
}
