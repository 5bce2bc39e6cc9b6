package docs_test

import (
	"fmt"
	"os/exec"
	"regexp"
	"strings"
	"testing"
)

// rootKeyID is how a command names the key it made.
var rootKeyID = regexp.MustCompile(`key_[1-9A-Za-z]{22}`)

// TestReadme runs the README's commands as a reader would, one block after the other in
// one folder: on the server of `make dev`, then on two of their own. Only addresses are
// put in, and the id of the key that a command printed.
func TestReadme(t *testing.T) {
	dir, addrs := workplace(t), freeAddrs(t, 3)
	env := append(environ(dir), startDev(t, dir)...)
	env = append(env, "HOLDPLANE_HTTP_ADDR="+addrs[0], "HOLDPLANE_ADMIN_ADDR="+addrs[1])
	addresses := strings.NewReplacer("127.0.0.1:8080", addrs[0], "127.0.0.1:8083", addrs[2])
	for _, s := range snippetsOf(t, "../README.md") {
		if s.lang != "sh" {
			t.Fatalf("README.md:%d: nothing runs %q", s.line, s.lang)
		}
		text := addresses.Replace(s.text)
		if strings.Contains(text, "&\n") {
			// The shell stays until its servers have ended.
			cmd := exec.Command("sh", "-euc", "trap : TERM\n"+text+"wait || wait")
			cmd.Dir, cmd.Env = dir, env
			start(t, cmd)
			ready(t, "http://"+addrs[0])
			continue
		}
		cmd := exec.Command("sh", "-euc", text)
		cmd.Dir, cmd.Env = dir, env
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Errorf("README.md:%d: %v\n%s", s.line, err, out)
		}
		if id := rootKeyID.Find(out); id != nil {
			env = append(env, fmt.Sprintf("KEY_ID=%s", id))
		}
	}
}
