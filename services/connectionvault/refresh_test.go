package connectionvault_test

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"google.golang.org/grpc/codes"

	connectionvaultv1 "github.com/holdplane/holdplane/gen/holdplane/connectionvault/v1"
	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/services/connectionvault"
)

// wantToken checks the access token of ann's connection to rotator.
func (f *flow) wantToken(p *process, want string) {
	f.t.Helper()
	got, err := p.token(f.reader, "ann", "rotator")
	if err != nil || got.GetAccessToken() != want {
		f.t.Errorf("got %v, %v, want %s", got, err, want)
	}
}

// wantNone checks that there is no token for a reason.
func (f *flow) wantNone(p *process, code codes.Code, reason string) *fault.Error {
	f.t.Helper()
	got, err := p.token(f.reader, "ann", "rotator")
	none := fault.From(err)
	if none == nil {
		f.t.Fatalf("got %v, want %s", got, reason)
	}
	if none.Code != code || none.Reason != reason {
		f.t.Errorf("got %v %v, want %v %s", none.Code, err, code, reason)
	}
	return none
}

// change changes what is kept of a token.
func (f *flow) change(consumer, service string, change func(*storev1.VaultToken)) {
	f.t.Helper()
	if err := f.process.service.ChangeToken(f.t.Context(), acme, "shop", consumer, "crm", service, change); err != nil {
		f.t.Fatal(err)
	}
}

// counted is a counter of a process.
func (p *process) counted(t testing.TB, name string) (total float64) {
	t.Helper()
	registry := prometheus.NewPedanticRegistry()
	registry.MustRegister(p.service)
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, family := range families {
		for _, m := range family.GetMetric() {
			if family.GetName() == name {
				total += m.GetCounter().GetValue()
			}
		}
	}
	return total
}

func TestRefreshBeforeTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFlow(t)
		f.authorize("ann", "rotator")
		time.Sleep(59 * time.Second)
		f.wantToken(f.process, "access/2")
		time.Sleep(2 * time.Second)
		f.wantToken(f.process, "access/3")
		f.wantToken(f.process, "access/3")
		f.provider.set(func(p *provider) { p.still = true })
		time.Sleep(2 * time.Minute)
		f.wantToken(f.process, "access/4") // without a refresh token
		f.provider.set(func(p *provider) { p.still = false })
		time.Sleep(2 * time.Minute)
		f.wantToken(f.process, "access/5") // by the one before
		if f.provider.reused != 0 {
			t.Errorf("%d refresh tokens came twice", f.provider.reused)
		}
	})
}

// TestOneRefresh has callers of several processes on one store ask for the token at once, each
// time it has ended.
func TestOneRefresh(t *testing.T) {
	const rounds, callers = 20, 100
	synctest.Test(t, func(t *testing.T) {
		f := newFlow(t)
		processes := []*process{f.process}
		for range 3 {
			processes = append(processes, f.world.process(f.store, slog.DiscardHandler))
		}
		f.authorize("ann", "rotator")
		for round := range rounds {
			time.Sleep(2 * time.Minute)
			var all sync.WaitGroup
			for i := range callers {
				all.Go(func() { f.wantToken(processes[i%len(processes)], fmt.Sprintf("access/%d", round+3)) })
			}
			all.Wait()
		}
		if n, _ := f.provider.seen(); n != rounds+1 || f.provider.reused != 0 {
			t.Errorf("the provider was asked %d times, %d refresh tokens came twice", n, f.provider.reused)
		}
		f.wantState("ann", "rotator", "callable", "ok")
	})
}

func answerWith(status int, body string) func(http.ResponseWriter, url.Values) bool {
	return func(w http.ResponseWriter, _ url.Values) bool {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		fmt.Fprint(w, body)
		return true
	}
}

func TestRefusedRefresh(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFlow(t)
		f.authorize("ann", "rotator")
		f.provider.set(func(p *provider) { p.instead = answerWith(400, `{"error":"invalid_grant","error_description":"gone"}`) })
		time.Sleep(2 * time.Minute)
		none := f.wantNone(f.process, codes.Unauthenticated, "PROVIDER_REFUSED")
		if none.Metadata["error"] != "invalid_grant" || none.Metadata["cooldown_ms"] != "30000" || !strings.Contains(none.Message, "gone") {
			t.Errorf("callers are told %q, %v", none.Message, none.Metadata)
		}
		f.wantState("ann", "rotator", "invalid", "pending_refresh")
		time.Sleep(10 * time.Second)
		if none := f.wantNone(f.process, codes.Unauthenticated, "PROVIDER_REFUSED"); none.Metadata["cooldown_ms"] != "20000" {
			t.Errorf("callers are told %v", none.Metadata)
		}
		if n, _ := f.provider.seen(); n != 2 {
			t.Errorf("the provider was asked %d times, want 2", n)
		}
		f.provider.set(func(p *provider) { p.instead = nil })
		time.Sleep(20 * time.Second)
		f.wantToken(f.process, "access/3") // it has changed its mind
		f.wantState("ann", "rotator", "callable", "ok")
		f.provider.set(func(p *provider) { p.instead = answerWith(401, `{}`) })
		time.Sleep(2 * time.Minute)
		f.wantNone(f.process, codes.Unauthenticated, "PROVIDER_REFUSED")
		f.change("ann", "rotator", func(token *storev1.VaultToken) {
			if left := time.Until(time.UnixMilli(token.GetForgottenAtMs())); left != 7*24*time.Hour {
				t.Errorf("what was refused is kept for %v more", left)
			}
			token.ForgottenAtMs = time.Now().Add(time.Second).UnixMilli()
		})
		time.Sleep(time.Second)
		f.wantState("ann", "rotator", "added", "needs_auth")
		if none := f.wantNone(f.process, codes.FailedPrecondition, "CONNECTION_STATE"); none.Metadata["health"] != "needs_auth" {
			t.Errorf("callers are told %v", none.Metadata)
		}
	})
}

func TestUnreachableProvider(t *testing.T) {
	for name, instead := range map[string]func(http.ResponseWriter, url.Values) bool{
		"unavailable": answerWith(503, "<html>later</html>"),
		"not found":   answerWith(404, ""),
		"too many":    answerWith(429, `{"error":"slow_down"}`),
		"passing":     answerWith(400, `{"error":"temporarily_unavailable"}`),
		"no OAuth":    answerWith(200, "welcome"),
		"hung up":     func(http.ResponseWriter, url.Values) bool { panic(http.ErrAbortHandler) },
		"silent":      func(http.ResponseWriter, url.Values) bool { time.Sleep(time.Minute); return true },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFlow(t)
				f.authorize("ann", "rotator")
				f.provider.set(func(p *provider) { p.instead = instead })
				time.Sleep(70 * time.Second)
				f.wantToken(f.process, "access/2") // it lives for 30 s yet
				f.wantState("ann", "rotator", "callable", "degraded")
				time.Sleep(time.Minute)
				f.wantNone(f.process, codes.Unauthenticated, "PROVIDER_UNREACHABLE")
				f.wantState("ann", "rotator", "callable", "pending_refresh")
				f.provider.set(func(p *provider) { p.instead = nil })
				time.Sleep(time.Minute)
				f.wantToken(f.process, "access/3")
				f.wantState("ann", "rotator", "callable", "ok")
			})
		})
	}
}

func TestValidationRefreshes(t *testing.T) {
	f := newFlow(t)
	validate := func() *connectionvaultv1.ValidateConnectionResponse {
		r, err := f.process.connections.ValidateConnection(f.app, &connectionvaultv1.ValidateConnectionRequest{
			ApplicationId: "shop", ConsumerId: "ann", UnifiedApi: "crm", ServiceId: "rotator",
		})
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	f.authorize("ann", "rotator")
	if r := validate(); r.GetState() != "callable" || r.GetId() != "crm+rotator" {
		t.Errorf("got %v", r)
	}
	f.wantToken(f.process, "access/3")
	f.provider.set(func(p *provider) { p.instead = answerWith(400, `{"error":"invalid_grant"}`) })
	if r := validate(); r.GetState() != "invalid" {
		t.Errorf("got %v", r)
	}
}

var _ prometheus.Collector = (*connectionvault.Service)(nil)
