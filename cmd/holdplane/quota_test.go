package main

import (
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	"github.com/holdplane/holdplane/pkg/auth"
)

// TestQuotaOnAndOff has the operator change a tenant's quota, in both forms.
func TestQuotaOnAndOff(t *testing.T) {
	for name, start := range forms {
		t.Run(name, func(t *testing.T) {
			o := shell{install(t), t}
			s := start(t, o.installation)
			o.run("tenants", "create", "acme")
			key, _ := o.row("keys", "create", "--tenant", "acme", "--permission", "*")["secret"].(string)
			if got := s.status(t, key); got != http.StatusOK {
				t.Fatalf("without a quota: %d", got)
			}
			if out := o.run("tenants", "quota", "acme", "2"); !strings.Contains(out, "2/min") {
				t.Errorf("tenants quota prints %q", out)
			}
			// The window may end in between; identity's own process knows at once.
			eventually(t, "the quota is used up", func() bool { return s.status(t, key) == http.StatusTooManyRequests })
			if got := o.row("tenants", "list")["requestsPerMinute"]; got != 2.0 {
				t.Errorf("listed with a quota of %v, want 2", got)
			}
			if out := o.run("tenants", "list"); !strings.Contains(out, "2/min") || !strings.Contains(out, "QUOTA") {
				t.Errorf("tenants list prints\n%s", out)
			}
			if got := o.row("tenants", "quota", "acme", "off")["id"]; got != "acme" {
				t.Errorf("tenants quota answers for %v", got)
			}
			if got := s.status(t, key); got != http.StatusOK {
				t.Errorf("right after the quota was lifted: %d", got)
			}
			if got := strings.Join(column(o.rows("audit", "--limit", "2"), "event"), " "); got != "tenant.quota tenant.quota" {
				t.Errorf("audit shows %q", got)
			}
			for _, wrong := range []string{"0", "-1", "1.5", "many", "2147483648", ""} {
				if _, err := runWith(t, "", "tenants", "quota", "--data-dir", o.data, "acme", "--", wrong); err == nil {
					t.Errorf("%q is a quota", wrong)
				}
			}
			if _, err := runWith(t, "", "tenants", "quota", "--data-dir", o.data, "nobody", "1"); err == nil || !strings.Contains(err.Error(), "does not exist") {
				t.Errorf("of nobody: %v", err)
			}
		})
	}
}

// burst is many callers at once, by gRPC.
type burst struct {
	passed, refused, other atomic.Int64
}

// run makes calls with a key through all servers, and looks at what they tell of a quota.
func (b *burst) run(t *testing.T, quota, calls int, servers map[*server]string) {
	t.Helper()
	var callers sync.WaitGroup
	for s, key := range servers {
		for range 8 {
			callers.Go(func() {
				ctx := metadata.AppendToOutgoingContext(t.Context(), "authorization", "Bearer "+key)
				for range calls / 8 {
					var header metadata.MD
					_, err := identityv1.NewIdentityServiceClient(s.public).ListIdentities(ctx, &identityv1.ListIdentitiesRequest{}, grpc.Header(&header))
					b.count(err)
					if told := header.Get(auth.QuotaLimit); len(told) != 1 || told[0] != strconv.Itoa(quota) {
						t.Errorf("told of a quota of %q, want %d (%v)", told, quota, err)
					}
				}
			})
		}
	}
	callers.Wait()
}

func (b *burst) count(err error) {
	switch status.Code(err) {
	case codes.OK:
		b.passed.Add(1)
	case codes.ResourceExhausted:
		b.refused.Add(1)
	default:
		b.other.Add(1)
	}
}

// wantExact has callers use up a quota, or the next one if a minute ends in between: a
// changed quota counts afresh.
func wantExact(t *testing.T, quota int, servers map[*server]string) {
	t.Helper()
	const calls = 160
	for ; ; quota++ {
		for s := range servers {
			_, err := identityv1.NewTenantServiceClient(s.internal).SetQuota(t.Context(), &identityv1.SetQuotaRequest{Id: owner, RequestsPerMinute: int32(quota)})
			if err != nil {
				t.Fatal(err)
			}
		}
		minute := time.Now().Truncate(time.Minute)
		var b burst
		b.run(t, quota, calls, servers)
		if !time.Now().Truncate(time.Minute).Equal(minute) {
			continue
		}
		want := [3]int64{int64(quota), int64(calls*len(servers) - quota), 0}
		if got := [3]int64{b.passed.Load(), b.refused.Load(), b.other.Load()}; got != want {
			t.Errorf("passed, refused and failed are %v, want %v", got, want)
		}
		return
	}
}

func TestQuotaIsExact(t *testing.T) {
	s := startDev(t)
	_, key := s.newKey(t, owner, "*")
	wantExact(t, 50, map[*server]string{s: key})
	_, other := s.newKey(t, "stranger", "*")
	for range 3 {
		if got := s.status(t, other); got != http.StatusOK {
			t.Errorf("another tenant's call answers %d", got)
		}
	}
}

// TestQuotaHeaders reads what HTTP clients are told, of both versions: on every answer
// while a quota is set, and when it is used up.
func TestQuotaHeaders(t *testing.T) {
	for name, start := range forms {
		t.Run(name, func(t *testing.T) {
			s := start(t, install(t))
			_, key := s.newKey(t, owner, "*")
			_, err := identityv1.NewTenantServiceClient(s.internal).SetQuota(t.Context(), &identityv1.SetQuotaRequest{Id: owner, RequestsPerMinute: 2})
			if err != nil {
				t.Fatal(err)
			}
			for _, at := range []struct{ version, verb, path, body string }{
				{"v1", http.MethodGet, "/v1/identities.listIdentities", ""},
				{"v2", http.MethodPost, "/v2/identities.listIdentities", "{}"},
			} {
				eventually(t, at.version+" says that the quota is used up", func() bool {
					res := s.exchange(t, key, at.verb, at.path, at.body)
					told := res.Header.Get("RateLimit-Limit") + " " + res.Header.Get("RateLimit-Remaining")
					reset, err := strconv.Atoi(res.Header.Get("RateLimit-Reset"))
					if err != nil || reset < 0 || reset > 60 {
						t.Errorf("%s: RateLimit-Reset %q", at.version, res.Header.Get("RateLimit-Reset"))
					}
					if res.StatusCode != http.StatusTooManyRequests {
						return false
					}
					if told != "2 0" || res.Header.Get("Retry-After") != res.Header.Get("RateLimit-Reset") {
						t.Errorf("%s tells %q, Retry-After %q", at.version, told, res.Header.Get("Retry-After"))
					}
					return true
				})
			}
		})
	}
}

// exchange sends a request and returns the answer without its body.
func (s *server) exchange(t *testing.T, key, verb, path, body string) *http.Response {
	t.Helper()
	r, err := http.NewRequest(verb, s.baseURL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+key)
	r.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	return res
}
