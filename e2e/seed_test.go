package e2e_test

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestSeed001 runs the five samples of unkey.py's own README as they are printed there,
// with only the server's address, the key and the ids put in. The SDK raises on
// everything but 200, so a sample that ends well was answered well.
func TestSeed001(t *testing.T) {
	eachForm(t, func(t *testing.T, s server) {
		const tokens = `{"name":"tokens","limit":10,"duration":1000}`
		proxy := record(t, s.baseURL)
		run := s.samples(t)
		sample := func(name, id string) {
			t.Helper()
			run(s.fill(t, proxy.url, name, id))
		}

		sample("create", "")
		got := s.ok(t, getPath+"?externalId=user_123", "")
		id, _ := decode(t, got).(map[string]any)["id"].(string)
		want := fmt.Sprintf(`{"id":%q,"externalId":"user_123","meta":{},"ratelimits":[%s]}`, id, tokens)
		equal(t, got, want)

		sample("get", id)

		for i := range 100 {
			s.create(t, fmt.Sprintf(`{"externalId":"more_%d"}`, i))
		}
		sample("list", "")

		s.ok(t, updatePath, fmt.Sprintf(`{"identityId":%q,"ratelimits":[]}`, id))
		sample("update", id)
		equal(t, s.ok(t, getPath+"?identityId="+id, ""), want)

		sample("delete", id)
		s.do(t, call{path: getPath + "?identityId=" + id, key: s.rootKey}).refused(t, 404, "NOT_FOUND")

		// The list sample asks for a second page, as there are 101 identities.
		if n := len(proxy.exchanges()); n != 6 {
			t.Errorf("the five samples sent %d requests, want 6: %+v", n, proxy.exchanges())
		}
	})
}

// samples starts an interpreter, and returns what has it run a file.
func (s server) samples(t *testing.T) (run func(path string)) {
	t.Helper()
	cmd := s.python("unkey1")(t, "samples.py")
	var errors bytes.Buffer
	cmd.Stderr = &errors
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	said := bufio.NewScanner(out)
	return func(path string) {
		t.Helper()
		_, err := fmt.Fprintln(in, path)
		if err != nil || !said.Scan() {
			t.Fatalf("%s: %v, %v\n%s", path, err, cmd.Wait(), &errors)
		}
	}
}

// fill writes a sample with the given values in the place of the ones it was printed with,
// and returns its path.
func (s server) fill(t *testing.T, baseURL, name, id string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("python", "seed001", name+".py"))
	if err != nil {
		t.Fatal(err)
	}
	filled := strings.NewReplacer(
		`bearer_auth="UNKEY_ROOT_KEY",`, fmt.Sprintf("bearer_auth=%q,\n    server_url=%q,", s.rootKey, baseURL),
		"id_1234", id,
		"user_1234", "user_123",
	).Replace(string(text))
	return write(t, t.TempDir(), name+".py", filled)
}
