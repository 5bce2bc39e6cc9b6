package e2e_test

import (
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// keyManagerSDKs are OpenStack's own clients of Barbican.
var keyManagerSDKs = []sdk{
	{name: "barbican1", language: "python", shared: "barbican", statuses: []int{200, 201, 202, 204, 400, 401, 403, 404, 406, 409, 413}},
	{name: "barbican2", language: "python", shared: "barbican", statuses: []int{200, 201, 202, 204, 300, 400, 401, 403, 404, 405, 406, 409, 413}},
}

// TestKeyManager runs the clients of secrets and containers.
func TestKeyManager(t *testing.T) {
	whole := true // the slow command line: once
	eachFormOf(t, newProjected, func(t *testing.T, s server) {
		t.Run("clients", func(t *testing.T) {
			for _, k := range keyManagerSDKs {
				t.Run(k.name, func(t *testing.T) {
					t.Parallel()
					k.start(t, s.of(t, k.name))(t)
				})
			}
			for name, test := range map[string]func(server, *testing.T){
				"commands":    func(s server, t *testing.T) { s.commands(t, whole) },
				"gophercloud": server.gophercloud,
				"seed002":     server.seed002,
				"consumers":   server.consumersAtOnce,
			} {
				t.Run(name, func(t *testing.T) {
					t.Parallel()
					test(s.of(t, name), t)
				})
			}
		})
		whole = false
	})
}

// gophercloud runs our tests of gophercloud's key manager, and its own. Those of orders are
// for who is called admin.
func (s server) gophercloud(t *testing.T) {
	const own = "github.com/gophercloud/gophercloud/v2/internal/acceptance/openstack/keymanager/v1"
	for role, args := range map[string][]string{
		"creator": {"./..."},
		"admin":   {"-tags", "acceptance", own},
	} {
		t.Run(args[len(args)-1], func(t *testing.T) {
			t.Parallel()
			cmd := exec.CommandContext(t.Context(), "go", slices.Concat([]string{"test", "-count=1", "-v"}, args)...)
			cmd.Dir = "gophercloud"
			cmd.Env = slices.Concat(withoutOpenStack(os.Environ()), s.project.env(s.baseURL, role), []string{"OS_DOMAIN_NAME=Default"})
			out, err := cmd.CombinedOutput()
			if err != nil || strings.Contains(string(out), "--- SKIP") || !strings.Contains(string(out), "--- PASS") {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
}

// withoutOpenStack is an environment without what OpenStack's clients read.
func withoutOpenStack(env []string) []string {
	return slices.DeleteFunc(env, func(v string) bool { return strings.HasPrefix(v, "OS_") })
}
