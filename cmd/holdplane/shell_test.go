package main

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"
)

// forms are the two ways to run the whole: one process, or the gateway and the services
// as two that meet on unix sockets. What has the services gets more arguments.
var forms = map[string]func(t *testing.T, in *installation, more ...string) *server{
	"one process": func(t *testing.T, in *installation, more ...string) *server {
		return in.await(t, in.startServe(t, more...))
	},
	"two processes": func(t *testing.T, in *installation, more ...string) *server {
		alone, services := apart("unix://" + in.file("grpc.sock"))
		in.await(t, in.startServe(t, append(services, more...)...))
		return in.await(t, in.startServe(t, alone...))
	},
}

// shell is somebody at the command line of an installation.
type shell struct {
	*installation
	t *testing.T
}

// run runs a command and returns its words.
func (o shell) run(args ...string) string {
	o.t.Helper()
	return mustRun(o.t, append(args, "--data-dir", o.data)...)
}

// rows runs a command with --json and returns the objects that it prints.
func (o shell) rows(args ...string) (rows []map[string]any) {
	o.t.Helper()
	out := o.run(append(args, "--json")...)
	for line := range strings.Lines(out) {
		var row map[string]any
		if err := json.Unmarshal([]byte(line), &row); err != nil {
			o.t.Fatalf("holdplane %q prints %q: %v", args, line, err)
		}
		rows = append(rows, row)
	}
	return rows
}

func (o shell) row(args ...string) map[string]any {
	o.t.Helper()
	rows := o.rows(args...)
	if len(rows) != 1 {
		o.t.Fatalf("holdplane %q prints %d rows, want 1", args, len(rows))
	}
	return rows[0]
}

// column is one member of every row.
func column(rows []map[string]any, name string) (values []string) {
	for _, r := range rows {
		v, _ := r[name].(string)
		values = append(values, v)
	}
	return values
}

// status is that of a request with a key.
func (s *server) status(t *testing.T, key string) int {
	t.Helper()
	status, _ := s.send(t, http.MethodGet, key, "/v1/identities.listIdentities", "")
	return status
}

// wantRefusedWithin polls until a key is refused.
func (s *server) wantRefusedWithin(t *testing.T, key string, limit time.Duration) {
	t.Helper()
	start := time.Now()
	eventually(t, "the key is refused", func() bool { return s.status(t, key) == http.StatusUnauthorized })
	if took := time.Since(start); took > limit {
		t.Errorf("the key is refused after %v, want %v", took, limit)
	}
}
