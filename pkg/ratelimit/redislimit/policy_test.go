package redislimit_test

import (
	"bytes"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/holdplane/holdplane/internal/servers"
	"github.com/holdplane/holdplane/pkg/ratelimit"
	"github.com/holdplane/holdplane/pkg/ratelimit/redislimit"
)

// journal is a log that tests read.
type journal struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Write(p)
}

func (j *journal) has(text string) bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	return strings.Contains(j.text.String(), text)
}

// logged returns a limiter and its log.
func logged(t *testing.T, url string) (*redislimit.Limiter, *journal) {
	j := new(journal)
	l, err := redislimit.New(redislimit.Options{URL: url, Log: slog.New(slog.NewTextHandler(j, nil)), Budget: patient})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	return l, j
}

func TestEvictionPolicy(t *testing.T) {
	server := servers.StartRedis(t, "--maxmemory-policy", "allkeys-lru")
	l, log := logged(t, "redis://"+server.Addr)
	if got, err := l.EvictionPolicy(t.Context()); err != nil || got != "allkeys-lru" {
		t.Errorf("%q, %v", got, err)
	}
	until(t, 3*time.Second, func() bool { return log.has("policy=allkeys-lru") && log.has("noeviction") })
	server.Kill(t)
	if got, err := l.EvictionPolicy(t.Context()); err == nil {
		t.Errorf("%q without Redis", got)
	}
}

// TestLeastRights has Redis allow no more than the package says it needs.
func TestLeastRights(t *testing.T) {
	addr := servers.StartRedis(t).Addr
	admin := redis.NewClient(&redis.Options{Addr: addr})
	defer admin.Close()
	rights := []any{"ACL", "SETUSER", "holdplane", "on", ">hush", "resetkeys", "~hp:rl:*", "resetchannels",
		"-@all", "+evalsha", "+eval", "+time", "+get", "+set"}
	if err := admin.Do(t.Context(), rights...).Err(); err != nil {
		t.Fatal(err)
	}
	l, log := logged(t, "redis://holdplane:hush@"+addr)
	async := long("least", 10, 1)
	async.Async = true
	for _, c := range []ratelimit.Check{long("least", 10, 1), async} {
		if got := mustCheck(t, l, c)[0]; !got.Allowed {
			t.Errorf("%+v", got)
		}
	}
	until(t, 3*time.Second, func() bool { return l.Stats().Owed == 0 })
	if s := l.Stats(); s.Counted != 1 || s.Lost != 0 || s.Degraded {
		t.Errorf("%+v", s)
	}
	// Without INFO it cannot know.
	until(t, 3*time.Second, func() bool { return log.has("NOPERM") && log.has("noeviction") })
	if log.has("hush") {
		t.Error("the password is in the log")
	}
	// The rights hold: nothing else can be read or written with them.
	user := redis.NewClient(&redis.Options{Addr: addr, Username: "holdplane", Password: "hush", Protocol: 2, DisableIdentity: true})
	defer user.Close()
	for _, command := range [][]any{
		{"GET", "other"}, {"KEYS", "*"}, {"FLUSHALL"}, {"CONFIG", "GET", "*"}, {"DEL", "hp:rl:x"},
		{"EVAL", "return redis.call('GET', 'other')", 0}, {"EVAL", "return redis.call('FLUSHALL')", 0},
	} {
		if err := user.Do(t.Context(), command...).Err(); err == nil || !strings.Contains(err.Error(), "NOPERM") &&
			!strings.Contains(err.Error(), "The user executing the script can't") {
			t.Errorf("%v: %v, want it refused", command, err)
		}
	}
}
