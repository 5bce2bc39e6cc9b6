package docs_test

import (
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// maxModules is how many modules the module's own code, tests aside, may need directly.
const maxModules = 25

// named finds the modules that decision 2 gives a reason for: rows of its tables.
var named = regexp.MustCompile("(?m)^\\| `([^`]+)` \\| .*[a-z].*\\|$")

// TestDependencies holds go.mod to decision 2, and decision 2 to go.mod.
func TestDependencies(t *testing.T) {
	decision, err := os.ReadFile("decisions/0002-dependencies.md")
	if err != nil {
		t.Fatal(err)
	}
	var reasons []string
	for _, row := range named.FindAllStringSubmatch(string(decision), -1) {
		reasons = append(reasons, row[1])
	}
	direct := directModules(t)
	for _, m := range direct {
		if !slices.Contains(reasons, m) {
			t.Errorf("go.mod requires %s, which has no reason in decisions/0002-dependencies.md", m)
		}
	}
	for _, m := range reasons {
		if !slices.Contains(direct, m) {
			t.Errorf("decisions/0002-dependencies.md names %s, which go.mod does not require directly", m)
		}
	}
	if n := len(needed(t, direct)); n == 0 || n > maxModules {
		t.Errorf("code other than tests needs %d modules directly, want 1 to %d", n, maxModules)
	}
}

// directModules are those that go.mod requires and not marks as indirect.
func directModules(t *testing.T) []string {
	t.Helper()
	var file struct {
		Require []struct {
			Path     string
			Indirect bool
		}
	}
	if err := json.Unmarshal([]byte(goCommand(t, "mod", "edit", "-json")), &file); err != nil {
		t.Fatal(err)
	}
	var paths []string
	for _, r := range file.Require {
		if !r.Indirect {
			paths = append(paths, r.Path)
		}
	}
	return paths
}

// needed are the modules of which something other than tests imports a package.
func needed(t *testing.T, modules []string) map[string]bool {
	t.Helper()
	found := map[string]bool{}
	for _, p := range packages(t) {
		for _, imported := range p.Imports {
			for _, m := range modules {
				if strings.HasPrefix(imported+"/", m+"/") {
					found[m] = true
				}
			}
		}
	}
	return found
}
