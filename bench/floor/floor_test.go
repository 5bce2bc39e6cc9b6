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

	"github.com/jackc/pgx/v5"

	"github.com/holdplane/holdplane/bench/floor"
	"github.com/holdplane/holdplane/bench/load"
	"github.com/holdplane/holdplane/internal/servers"
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

func TestPostgresCountsWhatItWrote(t *testing.T) {
	const d = 30 * time.Millisecond
	dsn := servers.Postgres(t)
	p, err := floor.OpenPostgres(t.Context(), dsn, func() (time.Duration, error) { return 0, nil })
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	creates := 0
	for name, write := range map[string]func(context.Context, time.Duration, int) (load.Result, error){
		"transaction": p.Transaction, "pipeline": p.Pipeline,
	} {
		r, err := write(t.Context(), d, 8)
		if err != nil || r.Ops == 0 || r.Elapsed < d || r.P50 <= 0 {
			t.Errorf("%s: %+v, %v", name, r, err)
		}
		creates += r.Ops
	}
	c, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(context.Background())
	var rows int
	if err := c.QueryRow(t.Context(), "SELECT count(*) FROM floor").Scan(&rows); err != nil || rows != 4*creates {
		t.Errorf("%d rows for %d creates, %v", rows, creates, err)
	}
}
