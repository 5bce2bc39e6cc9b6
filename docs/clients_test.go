package docs_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// runner makes the command that runs a snippet in a folder.
type runner func(t *testing.T, dir, text string) *exec.Cmd

// runners are there for each language, and for each release of SDKs that share a name.
var runners = map[string]runner{
	"sh":              shell(func(t *testing.T) string { return setUp(t).bin }),
	"python v1":       python("unkey1"),
	"python v2":       python("unkey2"),
	"python contabo":  python("contabo"),
	"python keystone": python("keystone"),
	"python barbican": python("barbican2"),
	"sh openstack":    shell(func(t *testing.T) string { return filepath.Join(setUp(t).sdks, "barbican2", "bin") }),
	"ts v1":           node("@unkey/api", "ratelimit1"),
	"ts v2":           node("api2", "ratelimit2"),
	"ts apideck":      apideck,
	"go":              golang("."),
	"go gophercloud":  golang("e2e/gophercloud"),
}

// shell runs commands, with those of a folder before others.
func shell(folder func(*testing.T) string) runner {
	return func(t *testing.T, dir, text string) *exec.Cmd {
		cmd := exec.Command("sh", "-euc", text)
		cmd.Dir = dir
		cmd.Env = []string{"HOME=" + dir, "PATH=" + folder(t) + string(os.PathListSeparator) + os.Getenv("PATH")}
		return cmd
	}
}

// golang runs a program with the requirements of a module, outside its tree, so that internal
// packages are out of reach as they are for readers.
func golang(module string) runner {
	return func(t *testing.T, dir, text string) *exec.Cmd {
		cmd := exec.Command("go", "run", write(t, dir, "snippet.go", text))
		cmd.Dir, cmd.Env = filepath.Join(setUp(t).root, filepath.FromSlash(module)), os.Environ()
		return cmd
	}
}

// python runs a program with the SDK of a virtual environment.
func python(release string) runner {
	return func(t *testing.T, dir, text string) *exec.Cmd {
		return exec.Command(filepath.Join(setUp(t).sdks, release, "bin", "python"), write(t, dir, "snippet.py", text))
	}
}

// node runs a module to which the packages that are installed under these names are
// @unkey/api and @unkey/ratelimit. What is shown needs no compiler: it is JavaScript as
// well. Modules find packages in a folder above them only.
func node(api, ratelimit string) runner {
	return func(t *testing.T, dir, text string) *exec.Cmd {
		place := filepath.Join(dir, ratelimit)
		scope := filepath.Join(place, "node_modules", "@unkey")
		if err := os.MkdirAll(scope, 0o700); err != nil {
			t.Fatal(err)
		}
		for name, installed := range map[string]string{"api": api, "ratelimit": ratelimit} {
			err := os.Symlink(filepath.Join(setUp(t).sdks, "node", "node_modules", installed), filepath.Join(scope, name))
			if err != nil && !os.IsExist(err) {
				t.Fatal(err)
			}
		}
		return exec.Command("node", write(t, place, "snippet.mjs", text))
	}
}

// apideck runs a module beside both of Apideck's SDKs. They are installed under their own
// names; what they need themselves is found from where they are.
func apideck(t *testing.T, dir, text string) *exec.Cmd {
	place := filepath.Join(dir, "apideck")
	if err := os.MkdirAll(filepath.Join(place, "node_modules"), 0o700); err != nil {
		t.Fatal(err)
	}
	err := os.Symlink(filepath.Join(setUp(t).sdks, "node", "node_modules", "@apideck"), filepath.Join(place, "node_modules", "@apideck"))
	if err != nil && !os.IsExist(err) {
		t.Fatal(err)
	}
	return exec.Command("node", write(t, place, "snippet.mjs", text))
}

// TestClients runs every snippet of clients.md as it is printed, against a fresh server.
func TestClients(t *testing.T) {
	dir := workplace(t)
	vars := startDev(t, dir)
	seen := map[string]bool{}
	for _, s := range snippetsOf(t, "clients.md") {
		seen[s.lang] = true
		t.Run(fmt.Sprintf("%s at line %d", s.lang, s.line), func(t *testing.T) {
			command, ok := runners[s.lang]
			if !ok {
				t.Fatalf("clients.md:%d: nothing runs %q", s.line, s.lang)
			}
			cmd := command(t, dir, s.text)
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
