package docs_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// runners make the command that runs a snippet of a language in a folder.
var runners = map[string]func(t *testing.T, dir, text string) *exec.Cmd{
	"sh": func(t *testing.T, dir, text string) *exec.Cmd {
		cmd := exec.Command("sh", "-euc", text)
		cmd.Dir = dir
		cmd.Env = []string{"PATH=" + setUp(t).bin + string(os.PathListSeparator) + os.Getenv("PATH")}
		return cmd
	},
	"python": func(t *testing.T, dir, text string) *exec.Cmd {
		return exec.Command(setUp(t).python, write(t, dir, "snippet.py", text))
	},
	// What is shown needs no compiler: it is JavaScript as well. Modules find packages
	// in a folder above them only.
	"ts": func(t *testing.T, dir, text string) *exec.Cmd {
		if err := os.Symlink(setUp(t).modules, filepath.Join(dir, "node_modules")); err != nil && !os.IsExist(err) {
			t.Fatal(err)
		}
		return exec.Command("node", write(t, dir, "snippet.mjs", text))
	},
	// Outside the module's tree, so that internal packages are out of reach as they are
	// for readers; its requirements are the module's.
	"go": func(t *testing.T, dir, text string) *exec.Cmd {
		cmd := exec.Command("go", "run", write(t, dir, "snippet.go", text))
		cmd.Dir, cmd.Env = setUp(t).root, os.Environ()
		return cmd
	},
}

// TestClients runs every snippet of clients.md as it is printed, against a fresh server.
func TestClients(t *testing.T) {
	dir := workplace(t)
	vars := startDev(t, dir)
	seen := map[string]bool{}
	for _, s := range snippetsOf(t, "clients.md") {
		seen[s.lang] = true
		t.Run(fmt.Sprintf("%s at line %d", s.lang, s.line), func(t *testing.T) {
			runner, ok := runners[s.lang]
			if !ok {
				t.Fatalf("clients.md:%d: nothing runs %q", s.line, s.lang)
			}
			cmd := runner(t, dir, s.text)
			if cmd.Env == nil {
				cmd.Env = environ(dir)
			}
			cmd.Env = append(cmd.Env, vars...)
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("clients.md:%d: %v\n%s", s.line, err, out)
			}
		})
	}
	for lang := range runners {
		if !seen[lang] {
			t.Errorf("clients.md has no snippet in %s", lang)
		}
	}
}

// write makes a file of a snippet.
func write(t *testing.T, dir, name, text string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
