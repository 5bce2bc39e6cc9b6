package redislimit_test

import (
	"crypto/sha1"
	"encoding/gob"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"github.com/redis/go-redis/v9"

	"github.com/holdplane/holdplane/internal/servers"
	"github.com/holdplane/holdplane/pkg/ratelimit/limittest"
	"github.com/holdplane/holdplane/pkg/ratelimit/redislimit"
)

// processEnv makes the test binary a process that bears loads on the Redis it names.
const processEnv = "REDISLIMIT_TEST_URL"

// TestExactCampaign has one process and three count on Redis' clock, denying what they
// surely may, and on one that runs as fast as they ask, so that every setting goes
// through many windows. There nothing is denied by a bound, which ages by the real clock.
func TestExactCampaign(t *testing.T) {
	if url := os.Getenv(processEnv); url != "" {
		process(t, url)
		return
	}
	url := "redis://" + servers.Redis(t)
	t.Run("one process", func(t *testing.T) {
		l := open(t, redislimit.Options{URL: url, Budget: patient})
		limittest.Exact(t, limittest.In(l))
	})
	fast, setStep := fastRedis(t)
	three := processes(t, 3, fast)
	t.Run("three processes through many windows", func(t *testing.T) {
		limittest.ExactFast(t, func(t *testing.T, l limittest.Load) []limittest.Event {
			setStep(l)
			return three(t, l)
		})
	})
	if os.Getenv("HOLDPLANE_CAMPAIGN") == "" {
		return
	}
	t.Run("three processes", func(t *testing.T) { limittest.Exact(t, processes(t, 3, url)) })
}

// fastRedis returns the URL of a Redis whose clock goes only as scripts ask for it, eight
// times the same, and a function that sets how far. It runs the same scripts but for
// that line.
func fastRedis(t *testing.T) (string, func(limittest.Load)) {
	client := redis.NewClient(&redis.Options{Addr: servers.StartRedis(t).Addr})
	t.Cleanup(func() { _ = client.Close() })
	swap := make(map[string]string)
	for _, name := range []string{"check.lua", "add.lua"} {
		text := source(t, "counter.lua") + source(t, name)
		fast := strings.Replace(text, "redis.call('TIME')",
			"{1800000000, math.floor(redis.call('INCR', 'calls') / 8) * 8 * redis.call('GET', 'step')}", 1)
		if fast == text {
			t.Fatal("the script does not ask for the time")
		}
		sum := sha1.Sum([]byte(text))
		swap[hex.EncodeToString(sum[:])] = client.ScriptLoad(t.Context(), fast).Val()
	}
	addr := newSwapper(t, client.Options().Addr, swap).addr
	return "redis://" + addr, func(l limittest.Load) {
		if err := client.Set(t.Context(), "step", l.Pace().Microseconds(), 0).Err(); err != nil {
			t.Fatal(err)
		}
	}
}

func source(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// processes starts n that count in the Redis at url, and returns how to have them bear a
// load together.
func processes(t *testing.T, n int, url string) func(*testing.T, limittest.Load) []limittest.Event {
	loads, results := make([]*gob.Encoder, n), make([]*gob.Decoder, n)
	for i := range n {
		loads[i], results[i] = start(t, url)
	}
	return func(t *testing.T, l limittest.Load) (all []limittest.Event) {
		var mu sync.Mutex
		var running sync.WaitGroup
		for i := range n {
			running.Go(func() {
				var events []limittest.Event
				if err := errors.Join(loads[i].Encode(l.Part(i, n)), results[i].Decode(&events)); err != nil {
					t.Errorf("process %d: %v", i, err)
				}
				mu.Lock()
				defer mu.Unlock()
				all = append(all, events...)
			})
		}
		running.Wait()
		return all
	}
}

func start(t *testing.T, url string) (*gob.Encoder, *gob.Decoder) {
	results, theirs, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(os.Args[0], "-test.run", "^TestExactCampaign$")
	// Else the race detector holds up the end of each for a second.
	cmd.Env = append(os.Environ(), processEnv+"="+url, "GORACE=atexit_sleep_ms=0")
	cmd.Stdout, cmd.Stderr, cmd.ExtraFiles = t.Output(), os.Stderr, []*os.File{theirs}
	loads, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(cmd.Start(), theirs.Close()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(loads.Close(), cmd.Wait(), results.Close()); err != nil {
			t.Errorf("a process: %v", err)
		}
	})
	return gob.NewEncoder(loads), gob.NewDecoder(results)
}

// process bears the loads that another sends.
func process(t *testing.T, url string) {
	loads, results := gob.NewDecoder(os.Stdin), gob.NewEncoder(os.NewFile(3, "results"))
	l := open(t, redislimit.Options{URL: url, Budget: patient, Bounds: -1})
	for {
		var load limittest.Load
		switch err := loads.Decode(&load); {
		case errors.Is(err, io.EOF):
			return
		case err != nil:
			t.Fatal(err)
		}
		events, err := load.Run(t.Context(), nil, l)
		if err != nil {
			t.Fatal(fmt.Errorf("bear a load: %w", err))
		}
		if err := results.Encode(events); err != nil {
			t.Fatal(err)
		}
	}
}
