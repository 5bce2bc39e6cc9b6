package e2e_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sync/errgroup"
)

// Registrations of consumers at once, of which the last repeat the first.
const (
	atOnce   = 40
	repeated = 10
)

// consumersAtOnce registers consumers with one container, all at once. A peer on SQLite
// refuses most of them.
func (s server) consumersAtOnce(t *testing.T) {
	k := s.keyManager(t, "creator")
	path := k.path(t, k.made(t, "/v1/containers", `{"type":"generic","name":"crowded"}`, "container_ref")) + "/consumers"
	var all errgroup.Group
	for i := range atOnce {
		body := fmt.Sprintf(`{"name":"consumer %02d","URL":"https://example.com/"}`, i%(atOnce-repeated))
		all.Go(func() error {
			r, err := s.send(t.Context(), call{path: path, body: body, header: k.header})
			if err == nil && r.status != http.StatusOK {
				err = fmt.Errorf("%s: status %d: %s", body, r.status, r.body)
			}
			return err
		})
	}
	if err := all.Wait(); err != nil {
		t.Fatal(err)
	}
	var listed struct {
		Consumers []struct{ Name string }
		Total     int
	}
	fill(t, k.ok(t, http.MethodGet, path+"?limit=100", ""), &listed)
	names := make([]string, len(listed.Consumers))
	for i, c := range listed.Consumers {
		names[i] = c.Name
	}
	if listed.Total != atOnce-repeated || len(names) != listed.Total || !slices.IsSorted(names) {
		t.Errorf("%d consumers, want %d, ordered by name: %q", listed.Total, atOnce-repeated, names)
	}
}

// keyManager asks the key manager as one of the project's.
type keyManager struct {
	server
	header http.Header
}

func (s server) keyManager(t *testing.T, role string) keyManager {
	t.Helper()
	m := s.members[role]
	body := fmt.Sprintf(`{"auth":{"identity":{"methods":["password"],"password":{"user":{"id":%q,"password":%q}}},"scope":{"project":{"id":%q}}}}`,
		m.id, m.password, s.project.name)
	r := s.do(t, call{path: "/v3/auth/tokens", body: body})
	if r.status != http.StatusCreated {
		t.Fatalf("login of %s: status %d: %s", m.username, r.status, r.body)
	}
	return keyManager{server: s, header: http.Header{"X-Auth-Token": {r.header.Get("X-Subject-Token")}}}
}

// ok does what must be answered with 200.
func (k keyManager) ok(t *testing.T, method, path, body string) []byte {
	t.Helper()
	r := k.do(t, call{method: method, path: path, body: body, header: k.header})
	if r.status != http.StatusOK {
		t.Fatalf("%s %s %s: status %d, want 200: %s", method, path, body, r.status, r.body)
	}
	return r.body
}

// made makes something, and returns the reference that the answer has in a field.
func (k keyManager) made(t *testing.T, path, body, field string) string {
	t.Helper()
	r := k.do(t, call{path: path, body: body, header: k.header})
	ref, _ := decode(t, r.body).(map[string]any)[field].(string)
	if r.status != http.StatusCreated || ref == "" || r.header.Get("Location") != ref {
		t.Fatalf("%s %s: status %d at %q, want 201 and a %s: %s", path, body, r.status, r.header.Get("Location"), field, r.body)
	}
	return ref
}

// path is where a reference leads to. It has the server's address.
func (k keyManager) path(t *testing.T, ref string) string {
	t.Helper()
	path, found := strings.CutPrefix(ref, k.baseURL)
	if !found {
		t.Fatalf("%s is not at %s", ref, k.baseURL)
	}
	return path
}
