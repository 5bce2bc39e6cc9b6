package e2e_test

import (
	"bytes"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// sdk is a vendor's SDK and our program that runs through all of it. The program is a
// folder; its steps are files, and it prints a line for each test of a step.
type sdk struct {
	name     string // of the folder, and of its tenant
	language string
	shared   string // a folder of steps that it has in common with others, or empty
	statuses []int  // what the program must meet, and nothing else
}

var sdks = []sdk{
	{name: "api1", language: "node", statuses: []int{200, 400, 401, 403, 404, 409, 412}},
	{name: "api2", language: "node", statuses: []int{200, 400, 401, 403, 404, 409, 412}},
	{name: "ratelimit1", language: "node", statuses: []int{200, 400, 401, 403, 404}},
	{name: "ratelimit2", language: "node", statuses: []int{200, 400, 401, 403, 404}},
	{name: "unkey1", language: "python", statuses: []int{200, 400, 401, 403, 404, 409, 412}},
	{name: "unkey2", language: "python", statuses: []int{200, 400, 401, 403, 404, 409, 412}},
}

func TestSDKs(t *testing.T) {
	eachForm(t, func(t *testing.T, s server) { s.runAll(t, sdks) })
}

// runAll runs programs at once: each waits for the server most of the time.
func (s server) runAll(t *testing.T, sdks []sdk) {
	finish := make([]func(*testing.T), len(sdks))
	for i, sdk := range sdks {
		finish[i] = sdk.start(t, s.of(t, sdk.name))
	}
	for i, sdk := range sdks {
		t.Run(sdk.name, finish[i])
	}
}

// start starts the program, and returns what waits for its end and tells how it went.
func (k sdk) start(t *testing.T, s server) (finish func(*testing.T)) {
	t.Helper()
	proxy := record(t, s.baseURL)
	s.baseURL = proxy.url
	program := s.node
	ext := ".cjs"
	if k.language == "python" {
		program, ext = s.python(k.name), ".py"
	}
	cmd := program(t, filepath.Join(k.name, "main"+ext))
	if k.shared != "" {
		cmd.Env = append(cmd.Env, "PYTHONPATH=.:"+k.shared)
	}
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return func(t *testing.T) {
		err := cmd.Wait()
		failed := false
		for _, step := range k.steps(t, ext) {
			failed = !t.Run(step, func(t *testing.T) { report(t, out.String(), step) }) || failed
		}
		if err != nil && !failed {
			t.Errorf("%v\n%s", err, &out)
		}
		k.judge(t, proxy.exchanges())
	}
}

// steps are the files of the folders but the one that runs them and the one they share.
func (k sdk) steps(t *testing.T, ext string) []string {
	t.Helper()
	own, err := filepath.Glob(filepath.Join(k.language, k.name, "*"+ext))
	if err != nil {
		t.Fatal(err)
	}
	var others []string
	if k.shared != "" {
		if others, err = filepath.Glob(filepath.Join(k.language, k.shared, "*"+ext)); err != nil {
			t.Fatal(err)
		}
	}
	var steps []string
	for _, file := range slices.Concat(others, own) {
		if name := strings.TrimSuffix(filepath.Base(file), ext); name != "main" && name != "client" {
			steps = append(steps, name)
		}
	}
	return steps
}

// verdict is a test's line, and what follows it up to the next one.
var verdict = regexp.MustCompile(`(?m)^(not )?ok (\w+): .*\n(    .*\n|\n)*`)

// report fails with what a step's tests printed, if one did.
func report(t *testing.T, out, step string) {
	t.Helper()
	said := false
	for _, found := range verdict.FindAllStringSubmatch(out, -1) {
		if found[2] != step {
			continue
		}
		said = true
		if found[1] != "" {
			t.Error(found[0])
		}
	}
	if !said {
		t.Errorf("the step said nothing; the program printed:\n%s", out)
	}
}

// judge looks at what the program sent. Its tests never repeat a failing request: if the
// server sees one twice, the SDK has retried what no retry can mend.
func (k sdk) judge(t *testing.T, seen []exchange) {
	t.Helper()
	failed := map[request]int{}
	statuses := map[int]int{}
	for _, e := range seen {
		statuses[e.status]++
		if e.status < http.StatusBadRequest {
			continue
		}
		if failed[e.request]++; failed[e.request] == 2 {
			t.Errorf("%s %s %s was sent again after status %d", e.method, e.uri, e.body, e.status)
		}
	}
	if got := slices.Sorted(maps.Keys(statuses)); !slices.Equal(got, k.statuses) {
		t.Errorf("the SDK met the statuses %v, want %v", got, k.statuses)
	}
}

// python makes commands for the interpreter that has one of the SDKs.
func (s server) python(sdk string) func(t *testing.T, script string) *exec.Cmd {
	return func(t *testing.T, script string) *exec.Cmd {
		cmd := s.script(t, filepath.Join(setUp(t).cache, sdk, "bin", "python"), script)
		cmd.Dir = "python"
		// Without SSL_CERT_DIR each SDK made loads all certificates twice, for plain HTTP.
		cmd.Env = append(cmd.Env, "PYTHONDONTWRITEBYTECODE=1", "PYTHONPATH=.", "SSL_CERT_DIR=.")
		return cmd
	}
}

func (s server) node(t *testing.T, script string) *exec.Cmd {
	cmd := s.script(t, "node", script)
	cmd.Dir = "node"
	cmd.Env = append(cmd.Env, "NODE_PATH="+filepath.Join(setUp(t).cache, "node", "node_modules"))
	return cmd
}

// script makes the command that runs a script with the server's address and keys, and
// without any other setting of the caller's. It does not outlive the test.
func (s server) script(t *testing.T, interpreter, script string) *exec.Cmd {
	cmd := exec.CommandContext(t.Context(), interpreter, script)
	cmd.Env = []string{
		"BASE_URL=" + s.baseURL,
		"UNKEY_ROOT_KEY=" + s.rootKey,
		"READER_KEY=" + s.readerKey,
		"OTHER_KEY=" + s.otherKey,
		"PATH=" + os.Getenv("PATH"),
	}
	cmd.Env = slices.Concat(cmd.Env, s.people.env(s.baseURL), s.project.env(s.baseURL, "creator"), s.application.env())
	return cmd
}
