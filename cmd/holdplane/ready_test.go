package main

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"
)

// One peer of several may go away: the gateway stays in traffic, and answers for that
// peer's product what its clients understand, at once.
func TestReadyOnceEveryPeerHasServed(t *testing.T) {
	in := install(t)
	public := "unix://" + in.file("grpc.sock")
	alone, services := apart(public)
	services = append(services, "--env-file", in.file("services.env")) // not the gateway's
	gw := in.startServe(t, alone...)
	s := in.await(t, gw)
	if got := s.probe(t); got != http.StatusServiceUnavailable {
		t.Errorf("before identity has come up: got %d, want 503", got)
	}
	s.wantUnavailable(t)
	service := startChild(t, in.serveArgs(services...)...)
	eventually(t, "the gateway is ready", func() bool { return s.probe(t) == http.StatusOK })
	_, key := s.newKey(t, "acme", "*")
	eventually(t, "identity answers", func() bool {
		status, _ := s.send(t, http.MethodGet, key, "/v1/identities.listIdentities", "")
		return status == http.StatusOK
	})
	service.kill()
	if got := s.probe(t); got != http.StatusOK {
		t.Errorf("after identity has gone: got %d, want 200", got)
	}
	s.wantUnavailable(t)
	startChild(t, in.serveArgs(services...)...)
	eventually(t, "identity answers again", func() bool {
		status, _ := s.send(t, http.MethodGet, key, "/v1/identities.listIdentities", "")
		return status == http.StatusOK
	})
	gw.stop(t)
}

func TestNotReadyWhileStopping(t *testing.T) {
	l := &listeners{}
	if err := l.ready(t.Context(), &process{}); err != nil {
		t.Errorf("without peers: %v", err)
	}
	l.draining.Store(true)
	if err := l.ready(t.Context(), &process{}); err == nil {
		t.Error("ready while stopping")
	}
}

// apart are arguments that put the gateway into one process, and all services into
// another one that listens on public.
func apart(public string) (alone, services []string) {
	names := everything()[1:]
	alone = []string{"--services", gatewayName}
	for _, n := range names {
		alone = append(alone, "--peer", n+"="+public)
	}
	return alone, []string{"--services", strings.Join(names, ","), "--grpc-addr", public}
}

func (s *server) probe(t *testing.T) int {
	t.Helper()
	status, _ := s.send(t, http.MethodGet, "", "/readyz", "")
	return status
}

// wantUnavailable calls a product whose service is away.
func (s *server) wantUnavailable(t *testing.T) {
	t.Helper()
	start := time.Now()
	status, body := s.send(t, http.MethodGet, "hp_root_any", "/v1/identities.listIdentities", "")
	var answer struct {
		Error struct{ Code, Message, RequestID string }
	}
	if err := json.Unmarshal([]byte(body), &answer); err != nil || answer.Error.RequestID == "" || answer.Error.Message == "" {
		t.Errorf("%s is not Unkey's envelope", body)
	}
	if status != http.StatusServiceUnavailable || answer.Error.Code != "INTERNAL_SERVER_ERROR" {
		t.Errorf("got %d %s, want 503 INTERNAL_SERVER_ERROR", status, body)
	}
	if took, deadline := time.Since(start), 10*time.Second; took >= deadline {
		t.Errorf("the answer took %v, as long as the gateway waits at most", took)
	}
}
