package e2e_test

import (
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// tools are what the tests run.
type tools struct {
	holdplane string // the binary
	cache     string // the folder that install.sh fills
}

// setUp returns the tools, made by the first test that needs them.
func setUp(t *testing.T) tools {
	t.Helper()
	made, err := makeTools()
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// makeTools runs inside a test and not in TestMain: the go command repeats a cached
// result while all that the tests opened is unchanged, and does not watch TestMain.
var makeTools = sync.OnceValues(func() (tools, error) {
	root, err := filepath.Abs("..")
	if err != nil {
		return tools{}, err
	}
	made := tools{holdplane: os.Getenv("HOLDPLANE_BIN"), cache: filepath.Join(root, ".cache", "e2e")}
	if err := readFolders(root); err != nil {
		return tools{}, err
	}
	if err := run("./install.sh"); err != nil {
		return tools{}, err
	}
	if made.holdplane == "" {
		made.holdplane = filepath.Join(made.cache, "holdplane")
		err = run("go", "build", "-o", made.holdplane, "../cmd/holdplane")
	}
	return made, err
})

// run runs a command and puts what it printed into the error.
func run(name string, args ...string) error {
	if out, err := exec.Command(name, args...).CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", strings.Join(append([]string{name}, args...), " "), err, out)
	}
	return nil
}

// readFolders opens the project's folders, so that the go command runs the tests again
// when any file changed; what a built binary was made of it can't see.
func readFolders(root string) error {
	return filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err == nil && path != root && d.IsDir() && strings.HasPrefix(d.Name(), ".") {
			return fs.SkipDir
		}
		return err
	})
}
