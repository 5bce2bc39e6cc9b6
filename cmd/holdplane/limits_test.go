package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"

	"github.com/holdplane/holdplane/internal/servers"
	"github.com/holdplane/holdplane/pkg/ratelimit"
)

// Processes that name one Redis count together.
func TestProcessesShareAQuota(t *testing.T) {
	redis := "redis://" + servers.StartRedis(t).Addr
	sharing := map[*server]string{}
	for range 2 {
		s := install(t).serve(t, "--redis", redis, "--redis-processes", "2")
		_, sharing[s.server] = s.newKey(t, owner, "*")
		if log := s.log.String(); strings.Contains(log, "WARN") {
			t.Errorf("a good Redis is warned of:\n%s", log)
		}
	}
	wantExact(t, 50, sharing)
}

// lacking is what the log and readiness say while Redis is away.
const lacking = "rate limits are counted locally"

// A server whose Redis is away starts, says so, and counts in Redis once that is there.
func TestRedisAway(t *testing.T) {
	away := servers.StartRedis(t) // takes any password
	away.Stop(t)
	s := install(t).serve(t, "--redis", "redis://default:planted-password@"+away.Addr)
	code, body := s.send(t, http.MethodGet, "", "/readyz", "")
	if code != http.StatusOK || !strings.Contains(body, lacking) {
		t.Errorf("readiness is %d %s", code, body)
	}
	_, key := s.newKey(t, owner, "*")
	wantExact(t, 50, map[*server]string{s.server: key})
	away.Start(t)
	back := time.Now()
	eventually(t, "Redis is back", func() bool {
		_, body := s.send(t, http.MethodGet, "", "/readyz", "")
		return body == `{"status":"ok"}`
	})
	if took := time.Since(back); took > 5*time.Second {
		t.Errorf("noticed after %v", took)
	}
	wantExact(t, 100, map[*server]string{s.server: key})
	s.stop()
	if log := s.log.String(); !strings.Contains(log, lacking) || strings.Contains(log, "planted-password") {
		t.Errorf("the log is wrong:\n%s", log)
	}
}

func TestRedisAtTheStart(t *testing.T) {
	strict := miniredis.RunT(t)
	strict.RequireAuth("right")
	for name, c := range map[string]struct{ url, warning string }{
		"another password": {"redis://:planted-password@" + strict.Addr(), lacking},
		"no password":      {"redis://" + strict.Addr(), lacking},
		"one that forgets": {"redis://" + servers.StartRedis(t, "--maxmemory-policy", "allkeys-lru").Addr, "noeviction"},
	} {
		t.Run(name, func(t *testing.T) {
			s := install(t).serve(t, "--redis", c.url)
			_, key := s.newKey(t, owner, "*")
			if got := s.status(t, key); got != http.StatusOK {
				t.Errorf("answers %d", got)
			}
			eventually(t, "the log warns", func() bool {
				log := s.log.String()
				return strings.Contains(log, `"level":"WARN"`) && strings.Contains(log, c.warning)
			})
			s.stop()
			if log := s.log.String(); strings.Contains(log, "planted-password") {
				t.Errorf("the log has the password:\n%s", log)
			}
		})
	}
}

// Nobody calls, so nobody's checks fail.
func TestReadinessTellsOfRedisWithoutCallers(t *testing.T) {
	redis := servers.StartRedis(t)
	s := install(t).serve(t, "--redis", "redis://"+redis.Addr)
	degraded := func() bool {
		res, err := http.Get(s.baseURL + "/readyz")
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		body, err := io.ReadAll(res.Body)
		if err != nil || res.StatusCode != http.StatusOK {
			t.Errorf("readyz answers %d, %v", res.StatusCode, err)
		}
		return strings.Contains(string(body), "rate limits are counted locally")
	}
	if degraded() {
		t.Error("degraded with Redis there")
	}
	redis.Kill(t)
	if !degraded() {
		t.Error("not degraded with Redis gone")
	}
	redis.Start(t)
	eventually(t, "Redis counts again", func() bool { return !degraded() })
}

// A process that keeps no data counts nothing, so its Redis is not asked.
func TestGatewayAloneNeedsNoRedis(t *testing.T) {
	in := install(t)
	alone, _ := apart("unix://" + in.file("grpc.sock"))
	c := in.startServe(t, append(alone, "--redis", "redis://127.0.0.1:1")...)
	in.await(t, c)
	c.stop(t)
	if strings.Contains(c.log.String(), "WARN") {
		t.Errorf("it warns:\n%s", c.log)
	}
}

func TestLimitsAreMeasured(t *testing.T) {
	for redis, want := range map[string]string{"": "holdplane_ratelimit_counters 1", "redis://127.0.0.1:1": "holdplane_ratelimit_degraded 1"} {
		in := install(t)
		log, _ := newLog(io.Discard, "info")
		p, err := newProcess(t.Context(), serverFlags{DataDir: in.data, MasterKey: in.key, Redis: redis}, everything(), log)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := p.limits.Check(t.Context(), ratelimit.Check{Kind: ratelimit.Fixed, Limit: 1, Duration: time.Hour, Cost: 1}); err != nil {
			t.Error(err)
		}
		w := httptest.NewRecorder()
		p.adminHandler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
		if !strings.Contains(w.Body.String(), want+"\n") {
			t.Errorf("with --redis %q: no %s in\n%s", redis, want, w.Body)
		}
		if err := p.close(); err != nil {
			t.Error(err)
		}
	}
}

// What can't be read as an address may be a password.
func TestBadRedisIsNotShown(t *testing.T) {
	for _, url := range []string{
		"redis://user:planted/password@127.0.0.1:6379", "redis://:planted%password@127.0.0.1", "redis://:1/planted@127.0.0.1:6379", "redis://:1?planted@127.0.0.1:6379",
		"redis://:x@1/planted@127.0.0.1", "redis://:x@1#planted@127.0.0.1", "planted:password@127.0.0.1:6379", "redis://:planted pass@127.0.0.1:6379", "planted://:planted@127.0.0.1",
	} {
		f := &serverFlags{Redis: url, Processes: 1}
		if err := f.checkRedis(); err == nil || strings.Contains(err.Error(), "planted") || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v", url, err)
		}
	}
}
