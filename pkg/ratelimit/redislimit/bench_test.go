package redislimit_test

import (
	"fmt"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/holdplane/holdplane/internal/servers"
	"github.com/holdplane/holdplane/pkg/ratelimit"
	"github.com/holdplane/holdplane/pkg/ratelimit/redislimit"
)

// floor is the least that counts on Redis' clock.
const floor = `
local t = redis.call('TIME')
local n = tonumber(redis.call('GET', KEYS[1]) or 0)
if n + 1 > tonumber(ARGV[1]) then return {0, n} end
redis.call('SET', KEYS[1], n + 1, 'PX', 60000)
return {1, n + 1}`

// BenchmarkCheck compares with one EVALSHA of go-redis for each check, 64 callers at once.
func BenchmarkCheck(b *testing.B) {
	const keys = 10_000
	checks := make([]ratelimit.Check, keys)
	for i := range checks {
		checks[i] = ratelimit.Check{
			Group: fmt.Sprintf("id_%08d", i), Name: "requests", Kind: ratelimit.Sliding,
			Limit: 1 << 40, Duration: time.Minute, Cost: 1,
		}
	}
	addr := servers.Redis(b)
	l := open(b, redislimit.Options{URL: "redis://" + addr, Budget: patient})
	client := redis.NewClient(&redis.Options{Addr: addr, PoolSize: 64})
	defer client.Close()
	script := redis.NewScript(floor)
	if err := script.Load(b.Context(), client).Err(); err != nil {
		b.Fatal(err)
	}
	for name, run := range map[string]func(i int) error{
		"redislimit": func(i int) error {
			_, err := l.Check(b.Context(), checks[i%keys])
			return err
		},
		"EVALSHA": func(i int) error {
			return script.EvalSha(b.Context(), client, []string{fmt.Sprintf("floor:%08d", i%keys)}, 1<<40).Err()
		},
	} {
		b.Run(name, func(b *testing.B) {
			var next atomic.Int64
			b.SetParallelism(32) // times GOMAXPROCS
			b.ReportAllocs()
			defer cpu(b)()
			b.RunParallel(func(pb *testing.PB) {
				for i := int(next.Add(997)); pb.Next(); i++ {
					if err := run(i); err != nil {
						b.Error(err)
						return
					}
				}
			})
		})
	}
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
