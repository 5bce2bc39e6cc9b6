package memlimit_test

import (
	"fmt"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/holdplane/holdplane/pkg/ratelimit"
	"github.com/holdplane/holdplane/pkg/ratelimit/memlimit"
)

func BenchmarkCheck(b *testing.B) {
	const keys = 10_000
	checks := make([]ratelimit.Check, keys)
	for i := range checks {
		checks[i] = ratelimit.Check{
			Group: fmt.Sprintf("id_%08d", i), Name: "requests", Kind: ratelimit.Sliding,
			Limit: 1 << 40, Duration: time.Minute, Cost: 1,
		}
	}
	l := memlimit.New(memlimit.Options{})
	run := func(b *testing.B, i int) {
		if _, err := l.Check(b.Context(), checks[i%keys]); err != nil {
			b.Fatal(err)
		}
	}
	b.Run("one caller", func(b *testing.B) {
		b.ReportAllocs()
		defer cpu(b)()
		for i := range b.N {
			run(b, i)
		}
	})
	b.Run("64 callers", func(b *testing.B) {
		var next atomic.Int64
		b.SetParallelism(32)
		b.ReportAllocs()
		defer cpu(b)()
		b.RunParallel(func(pb *testing.PB) {
			for i := int(next.Add(997)); pb.Next(); i++ {
				run(b, i)
			}
		})
	})
}

// cpu returns a function that reports this process's CPU time for each operation, which
// other work on the machine does not blur as it does the time that passes.
func cpu(b *testing.B) func() {
	spent := func() int64 {
		var u syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
			b.Fatal(err)
		}
		return u.Utime.Nano() + u.Stime.Nano()
	}
	before := spent()
	return func() { b.ReportMetric(float64(spent()-before)/float64(b.N), "cpu-ns/op") }
}
