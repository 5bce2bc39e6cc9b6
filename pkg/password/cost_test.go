package password_test

import (
	"runtime"
	"runtime/debug"
	"testing"
	"time"

	"golang.org/x/crypto/argon2"

	"github.com/holdplane/holdplane/pkg/password"
)

const memory = 19 << 20

// The memory that is allocated tells whether argon2 ran, and with which parameters.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

func TestUnknownUsersCostTheSame(t *testing.T) {
	p := password.NewPool(password.Options{})
	h, err := p.Hash(t.Context(), "a password")
	if err != nil {
		t.Fatal(err)
	}
	refuse := func(encoded string) func() {
		return func() {
			if verify(t, p, encoded, "a guess") {
				t.Errorf("a guess is the password of %q", encoded)
			}
		}
	}
	feint := func() {
		if err := p.Feint(t.Context(), "a guess"); err != nil {
			t.Error(err)
		}
	}
	for name, check := range map[string]func(){"known": refuse(h), "unknown": refuse(""), "locked": feint} {
		n := allocated(check)
		if n < memory || n > memory+memory/20 {
			t.Errorf("verifying the password of who is %s allocates %d bytes, want one hash's %d", name, n, memory)
		}
	}
}

// At five times what lives, as the server collects, a hash at work and its forerunners'
// garbage are at most 95 MiB, and the test's own heap.
func TestMemoryStaysBounded(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(400))
	debug.FreeOSMemory()
	p := password.NewPool(password.Options{Running: 1})
	var most uint64
	for range 30 {
		verify(t, p, "", "a guess")
		var s runtime.MemStats
		runtime.ReadMemStats(&s)
		most = max(most, s.HeapSys-s.HeapReleased)
	}
	if most > 10*memory {
		t.Errorf("after 30 hashes the heap has %d MiB", most>>20)
	}
}

// BenchmarkLogin compares what a login costs with a bare hash: at most 1.1 of it. Each at
// its best, for others use the machine, too.
func BenchmarkLogin(b *testing.B) {
	p := password.NewPool(password.Options{})
	h, err := p.Hash(b.Context(), "a password")
	if err != nil {
		b.Fatal(err)
	}
	salt := make([]byte, 16)
	login, bare := time.Hour, time.Hour
	for b.Loop() {
		start := time.Now()
		if !verify(b, p, h, "a password") {
			b.Fatal("the password is not its hash's")
		}
		middle := time.Now()
		argon2.IDKey([]byte("a password"), salt, 2, 19<<10, 1, 32)
		login, bare = min(login, middle.Sub(start)), min(bare, time.Since(middle))
	}
	ratio := float64(login) / float64(bare)
	b.ReportMetric(ratio, "bare-hashes/login")
	if b.N > 10 && ratio > 1.1 {
		b.Errorf("a login costs %.2f bare hashes, want at most 1.1", ratio)
	}
}
