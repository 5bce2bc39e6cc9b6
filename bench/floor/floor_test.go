package floor_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/holdplane/holdplane/bench/floor"
	"github.com/holdplane/holdplane/bench/load"
)

func listen(t *testing.T) net.Listener {
	t.Helper()
	on, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { on.Close() })
	return on
}

func TestGatewaysAnswerTheSample(t *testing.T) {
	direct, grpc, front := listen(t), listen(t), listen(t)
	go floor.Direct(t.Context(), direct)
	go floor.GRPC(grpc)
	go floor.Gateway(t.Context(), front, grpc.Addr().String())
	for name, on := range map[string]net.Listener{"direct": direct, "over TCP": front} {
		res, err := http.Get("http://" + on.Addr().String() + "/v1/identities.getIdentity?identityId=id_1")
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(res.Body)
		res.Body.Close()
		if err != nil || res.StatusCode != http.StatusOK || !strings.Contains(string(body), floor.Sample.GetExternalId()) {
			t.Errorf("%s: %s %s, %v", name, res.Status, body, err)
		}
	}
}

func TestBoltCountsWhatItWrote(t *testing.T) {
	b, err := floor.OpenBolt(filepath.Join(t.TempDir(), "bolt"))
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	const d = 30 * time.Millisecond
	for name, write := range map[string]func() (load.Result, error){
		"update": func() (load.Result, error) { return b.Update(t.Context(), d) },
		"batch":  func() (load.Result, error) { return b.Batch(t.Context(), d, 8) },
	} {
		r, err := write()
		if err != nil || r.Ops == 0 || r.Elapsed < d || r.P50 <= 0 {
			t.Errorf("%s: %+v, %v", name, r, err)
		}
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := b.Update(ended, time.Hour); err == nil {
		t.Error("writes on after its context has ended")
	}
}
