package main

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"google.golang.org/grpc"

	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	"github.com/holdplane/holdplane/pkg/rpc"
)

// server is a whole holdplane in this test's process: what it does, the race detector
// sees.
type server struct {
	baseURL  string
	dir      string
	rootKey  string
	public   *grpc.ClientConn
	internal *grpc.ClientConn
	log      *logBuffer
}

// logBuffer collects what a server writes.
type logBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *logBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *logBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

// startDev runs `holdplane dev`, with more flags, until the test ends; it must then end without
// an error.
func startDev(t *testing.T, more ...string) *server {
	t.Helper()
	dir, err := os.MkdirTemp("", "hp") // a socket's path is short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	s := &server{dir: filepath.Join(dir, "data"), log: &logBuffer{}}
	envFile := filepath.Join(dir, "env")
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		done <- run(ctx, append([]string{"dev", "--data-dir", s.dir, "--http-addr", "127.0.0.1:0", "--grpc-addr", "127.0.0.1:0",
			"--admin-addr", "127.0.0.1:0", "--env-file", envFile}, more...), strings.NewReader(""), s.log, s.log)
	}()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Errorf("holdplane dev ended with: %v\n%s", err, s.log)
		}
	})
	vars := waitForEnv(t, envFile, done)
	s.baseURL, s.rootKey = vars["BASE_URL"], vars["UNKEY_ROOT_KEY"]
	s.public = dial(t, vars["GRPC_ADDR"])
	s.internal = dial(t, internalIn(s.dir))
	return s
}

// waitForEnv returns the variables once the server has written them, when all of it listens.
func waitForEnv(t *testing.T, path string, done chan error) map[string]string {
	t.Helper()
	late := time.After(20 * time.Second)
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		vars, err := readEnvFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if vars["BASE_URL"] != "" {
			return vars
		}
		select {
		case err := <-done:
			done <- nil
			t.Fatalf("holdplane dev ended before it was ready: %v", err)
		case <-late:
			t.Fatal("holdplane dev is not ready after 20 s")
		case <-tick.C:
		}
	}
}

func dial(t *testing.T, addr string) *grpc.ClientConn {
	t.Helper()
	c, err := rpc.Dial(addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// newKey makes a root key of a tenant, which is made when it is not there.
func (s *server) newKey(t *testing.T, tenant string, permissions ...string) (id, secret string) {
	t.Helper()
	// It may be there already; if it can't be made, the key can't either.
	_, _ = identityv1.NewTenantServiceClient(s.internal).CreateTenant(t.Context(), &identityv1.CreateTenantRequest{Id: tenant})
	r, err := identityv1.NewAccessServiceClient(s.internal).CreateRootKey(t.Context(),
		&identityv1.CreateRootKeyRequest{Tenant: tenant, Permissions: permissions})
	if err != nil {
		t.Fatal(err)
	}
	return r.GetKey().GetId(), r.GetSecret()
}

// post sends JSON as an SDK does, and returns status and body.
func (s *server) post(t *testing.T, key, path string, body any) (int, string) {
	t.Helper()
	b, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	return s.send(t, http.MethodPost, key, path, string(b))
}

func (s *server) send(t *testing.T, method, key, path, body string) (int, string) {
	t.Helper()
	o := outgoing{method: method, path: path, body: body, header: http.Header{"Content-Type": {"application/json"}}}
	if key != "" {
		o.header.Set("Authorization", "Bearer "+key)
	}
	return s.deliver(t, o)
}

// outgoing is a request for the gateway.
type outgoing struct {
	method, path, body string
	header             http.Header
}

func (s *server) deliver(t *testing.T, o outgoing) (int, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), o.method, s.baseURL+o.path, strings.NewReader(o.body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header = o.header
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var answer bytes.Buffer
	if _, err := answer.ReadFrom(res.Body); err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, answer.String()
}
