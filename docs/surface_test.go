package docs_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	// route finds the paths of operations in protos.
	route = regexp.MustCompile(`(?:get|post): "/v[12]/(?:[a-z]+\.)?([A-Za-z]+)"`)
	// permission finds the permissions that identity asks for, and the actions that
	// those for APIs end with.
	permission = regexp.MustCompile(`auth\.Permission = "([a-z]+\.\*\.[a-z_]+)"`)
	action     = regexp.MustCompile(`action[A-Z]\w+ += "([a-z_]+)"`)
	// role finds those of OpenStack's that secret-container knows.
	role = regexp.MustCompile(`auth\.Permission = "openstack\.([a-z:-]+)"`)
	// vault finds those of connection-vault.
	vault = regexp.MustCompile(`auth\.Permission = "(vault\.[a-z.]+)"`)
)

// TestSurface checks that the README names every operation, and tenancy.md every
// permission and role; those over roles may go with those over permissions.
func TestSurface(t *testing.T) {
	readme, tenancy := read(t, "../README.md"), read(t, "tenancy.md")
	for _, path := range found(t, "../proto/holdplane/identity/v[12]/*.proto", route) {
		if !strings.Contains(readme, "`"+path+"`") && !strings.Contains(readme, "."+path+"`") && !strings.Contains(readme, " "+path+"`") {
			t.Errorf("README.md does not name the operation %s", path)
		}
	}
	all := found(t, "../services/identity/*.go", permission)
	for _, name := range found(t, "../services/identity/*.go", action) {
		all = append(all, "api.*."+name)
	}
	all = append(all, found(t, "../services/connectionvault/caller.go", vault)...)
	for _, name := range all {
		alike := strings.ReplaceAll(name, "role", "permission")
		if !strings.Contains(tenancy, "`"+name+"`") && !strings.Contains(tenancy, "`"+alike+"`") {
			t.Errorf("tenancy.md does not name the permission %s", name)
		}
	}
	for _, name := range found(t, "../services/secretcontainer/policy.go", role) {
		if !strings.Contains(tenancy, "`"+name+"`") {
			t.Errorf("tenancy.md does not name the role %s", name)
		}
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// found is what an expression finds in files, of which there are some.
func found(t *testing.T, files string, what *regexp.Regexp) (all []string) {
	t.Helper()
	paths, err := filepath.Glob(files)
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		for _, m := range what.FindAllStringSubmatch(read(t, path), -1) {
			all = append(all, m[1])
		}
	}
	if len(all) == 0 {
		t.Fatalf("%s has nothing like %s", files, what)
	}
	return all
}
