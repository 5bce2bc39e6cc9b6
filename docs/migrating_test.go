package docs_test

import (
	"os/exec"
	"strings"
	"testing"
)

// TestMigrating runs the commands of migrating.md in one shell, as a reader would, and
// looks for what they should print.
func TestMigrating(t *testing.T) {
	dir := workplace(t)
	vars := startDev(t, dir)
	var script strings.Builder
	for _, s := range snippetsOf(t, "migrating.md") {
		if s.lang != "sh" {
			t.Fatalf("migrating.md:%d: nothing runs %q", s.line, s.lang)
		}
		script.WriteString(s.text)
	}
	const again = `bin/holdplane keys import keys.jsonl --tenant acme --api "$API_ID"` + "\n"
	cmd := exec.Command("sh", "-euc", script.String()+again)
	cmd.Dir, cmd.Env = dir, append(environ(dir), vars...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	rest := string(out)
	for _, want := range []string{
		"Would add 2 keys; 0 were there already; 0 refused.",
		"Added 2 keys; 0 were there already; 0 refused.",
		`"valid":true`, `"remaining":99`, `"roles":["editor"]`,
		`"code":"VALID"`, `"credits":98`, `"meta":{"plan":"pro"}`,
		"Added 0 keys; 2 were there already; 0 refused.",
	} {
		_, after, found := strings.Cut(rest, want)
		if !found {
			t.Fatalf("it does not print %s in its place:\n%s", want, out)
		}
		rest = after
	}
}
