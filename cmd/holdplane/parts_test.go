package main

import (
	"log/slog"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"google.golang.org/grpc"

	"github.com/holdplane/holdplane/gateway"
	"github.com/holdplane/holdplane/pkg/rpc"
)

// An installation of three services, whatever this binary has.
var three = []string{"identity", "notes", "vault"}

func at(names ...string) map[string]string {
	addrs := map[string]string{}
	for _, n := range names {
		addrs[n] = "unix:///" + n
	}
	return addrs
}

// Every service runs in this process, has an address, or is said not to be there.
func TestLayout(t *testing.T) {
	all := append([]string{gatewayName}, three...)
	const threeWays = "run it in this process (--services), or "
	tests := []struct {
		name string
		give layout
		want []string // in the error; none when the layout is right
	}{
		{"all in one process", layout{here: all}, nil},
		{"one process without the rest", layout{here: []string{"gateway", "identity"}, without: []string{"notes", "vault"}}, nil},
		{"gateway with all peers", layout{here: all[:1], peers: at(three...)}, nil},
		{"gateway, one service is not there", layout{here: all[:1], peers: at("identity", "vault"), without: []string{"notes"}}, nil},
		{"gateway without a peer", layout{here: all[:1], peers: at("identity", "vault")},
			[]string{"the gateway needs notes", threeWays, "--peer notes=ADDR", "--without notes"}},
		{"gateway without identity", layout{here: all[:1], peers: at("notes", "vault")}, []string{"the gateway needs identity", "--services", "--peer identity=ADDR"}},
		{"gateway with the internal peer only", layout{here: all[:1], peers: at("identity", "vault"), internal: at("notes")}, []string{"--peer notes"}},
		{"identity with all internal peers", layout{here: three[:1], internal: at("notes", "vault")}, nil},
		{"identity, one service is not there", layout{here: three[:1], internal: at("vault"), without: []string{"notes"}}, nil},
		{"identity alone", layout{here: three[:1]},
			[]string{"identity deletes tenants' data in notes", threeWays, "--internal-peer notes=unix:///path", "--without notes"}},
		{"identity without the last one", layout{here: three[:2]}, []string{"data in vault", "--internal-peer vault", "--without vault"}},
		{"identity with a peer for the gateway only", layout{here: three[:1], peers: at("notes", "vault")}, []string{"--internal-peer notes"}},
		{"gateway and identity, peers only", layout{here: all[:2], peers: at("notes", "vault")}, []string{"--internal-peer notes"}},
		{"gateway and identity, internal peers only", layout{here: all[:2], internal: at("notes", "vault")}, []string{"--peer notes"}},
		{"service that reaches identity", layout{here: three[1:2], internal: at("identity")}, nil},
		{"service that does not", layout{here: three[1:2], peers: at("identity")}, []string{"services need identity", "--services", "--internal-peer identity="}},
		{"unknown part", layout{here: []string{"note"}}, []string{`"note"`, "gateway, identity, notes, vault"}},
		{"without what is unknown", layout{here: all, without: []string{"note"}}, []string{"--without note", "identity, notes, vault"}},
		{"without the gateway", layout{here: three, without: []string{"gateway"}}, []string{"--without gateway", "no service"}},
		{"without identity", layout{here: all[:1], without: []string{"identity"}}, []string{"--without identity", "who their callers are"}},
		{"here and not there", layout{here: three, without: []string{"notes"}}, []string{"--services names notes", "--without notes"}},
		{"elsewhere and not there", layout{here: all[:1], peers: at(three...), without: []string{"notes"}}, []string{"--peer notes=unix:///notes", "--without notes"}},
		{"inside elsewhere and not there", layout{here: three[:1], internal: at("notes", "vault"), without: []string{"vault"}}, []string{"--internal-peer vault=", "--without vault"}},
		{"unknown peer", layout{here: all, peers: at("note")}, []string{"--peer note=", "no service"}},
		{"gateway as a peer", layout{here: three, internal: at("gateway")}, []string{"--internal-peer gateway=", "no service"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.give.services = three
			err := tt.give.check()
			if tt.want == nil && err != nil {
				t.Errorf("got %v, want no error", err)
			}
			for _, w := range tt.want {
				if err == nil || !strings.Contains(err.Error(), w) || strings.Contains(err.Error(), "\n") {
					t.Errorf("got %v, want one line with %q", err, w)
				}
			}
		})
	}
}

func TestPartsAreAllButThoseThatAreNotThere(t *testing.T) {
	all := &serverFlags{}
	if got := strings.Join(all.parts(nil), " "); got != strings.Join(everything(), " ") {
		t.Errorf("got %s, want everything", got)
	}
	f := &serverFlags{Without: []string{"identity"}}
	if got := f.parts(nil); strings.Contains(strings.Join(got, " "), "identity") || got[0] != gatewayName {
		t.Errorf("got %s", got)
	}
	if got := f.parts([]string{"identity"}); len(got) != 1 {
		t.Errorf("what is named is dropped in silence: %s", got)
	}
}

// The paths of a product whose service is not there are those of whoever comes next.
func TestDialectsOfAbsentServicesAreLeftOut(t *testing.T) {
	for without, want := range map[string]string{
		"identity": `{"code":404,"title":"Not Found","description":""}`,
		"notes":    `{"error":{"code":"NOT_FOUND","docs":`,
	} {
		known := append([]serviceSpec{{name: "notes", proto: "holdplane.notes."}}, services...)
		h, err := gateway.New(t.Context(), gateway.Config{
			Dialects: spoken(dialects(), known, []string{without}), Conn: func(string) grpc.ClientConnInterface { return rpc.NewLocal() },
			Log: slog.New(slog.DiscardHandler), Metrics: prometheus.NewRegistry(),
		})
		if err != nil {
			t.Fatal(err)
		}
		w, r := httptest.NewRecorder(), httptest.NewRequest("GET", "/v1/identities.none", nil)
		r.Header.Set("X-Auth-Token", "any")
		h.ServeHTTP(w, r)
		if w.Code != 404 || !strings.HasPrefix(w.Body.String(), want) {
			t.Errorf("without %s: got %d %s, want %s", without, w.Code, w.Body, want)
		}
	}
}

// Flag and variable say the same.
func TestWithoutIsRefusedAtTheStart(t *testing.T) {
	in := install(t)
	for _, c := range []*child{
		in.startServe(t, "--without", "identity"),
		startChildIn(t, []string{"HOLDPLANE_WITHOUT=identity"}, in.serveArgs()...),
		startChild(t, "dev", "--data-dir", in.file("dev"), "--without", "identity"),
	} {
		wantRefusal(t, c, "--without identity", "services ask it")
	}
	wantRefusal(t, in.startServe(t, "--services", "gateway", "--without", "nothing"), "--without nothing", "choose from identity")
	if _, err := os.Stat(in.file("dev")); !os.IsNotExist(err) {
		t.Errorf("dev made its folder all the same: %v", err)
	}
}
