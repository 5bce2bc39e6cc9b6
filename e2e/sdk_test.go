package e2e_test

import (
	"maps"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"testing"
)

func TestSDKs(t *testing.T) {
	for _, sdk := range []struct {
		name   string
		script func(s server, name string) *exec.Cmd
	}{
		{"python", func(s server, name string) *exec.Cmd { return s.python(t, name+".py") }},
		{"node", func(s server, name string) *exec.Cmd { return s.node(t, name+".cjs") }},
	} {
		t.Run(sdk.name, func(t *testing.T) {
			eachForm(t, func(t *testing.T, s server) {
				// First, as it wants a tenant without identities.
				t.Run("paging", func(t *testing.T) { check(t, sdk.script(s, "unkey_paging")) })
				t.Run("operations", func(t *testing.T) { check(t, sdk.script(s, "unkey_operations")) })
				t.Run("errors", func(t *testing.T) {
					proxy := record(t, s.baseURL)
					s.baseURL = proxy.url
					check(t, sdk.script(s, "unkey_errors"))
					checkErrors(t, proxy.exchanges())
				})
			})
		})
	}
}

// checkErrors looks at what the error tests sent. They never repeat a failing request:
// if the server sees one twice, the SDK has retried what no retry can mend.
func checkErrors(t *testing.T, seen []exchange) {
	t.Helper()
	failed := map[request]int{}
	statuses := map[int]int{}
	for _, e := range seen {
		statuses[e.status]++
		if e.status == http.StatusOK {
			continue
		}
		if failed[e.request]++; failed[e.request] == 2 {
			t.Errorf("%s %s %s was sent again after status %d", e.method, e.uri, e.body, e.status)
		}
	}
	if got, want := slices.Sorted(maps.Keys(statuses)), []int{200, 400, 401, 403, 404, 409}; !slices.Equal(got, want) {
		t.Errorf("the SDK met the statuses %v, want %v", got, want)
	}
}

// check runs a command and shows what it printed when it fails.
func check(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v: %v\n%s", cmd.Args, err, out)
	}
}

func (s server) python(t *testing.T, script string) *exec.Cmd {
	cmd := s.script(setUp(t).python, script)
	cmd.Dir = "python"
	cmd.Env = append(cmd.Env, "PYTHONDONTWRITEBYTECODE=1")
	return cmd
}

func (s server) node(t *testing.T, script string) *exec.Cmd {
	cmd := s.script("node", script)
	cmd.Dir = "node"
	cmd.Env = append(cmd.Env, "NODE_PATH="+setUp(t).modules)
	return cmd
}

// script makes the command that runs a script with the server's address and keys, and
// without any other setting of the caller's.
func (s server) script(interpreter, script string) *exec.Cmd {
	cmd := exec.Command(interpreter, script)
	cmd.Env = []string{
		"BASE_URL=" + s.baseURL,
		"UNKEY_ROOT_KEY=" + s.rootKey,
		"READER_KEY=" + s.readerKey,
		"OTHER_KEY=" + s.otherKey,
		"PATH=" + os.Getenv("PATH"),
	}
	return cmd
}
