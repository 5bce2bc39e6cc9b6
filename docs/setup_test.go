package docs_test

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

// grpcurlVersion is the release that the documents are tried with.
const grpcurlVersion = "v1.9.4"

// tools are what the documents' readers have, as absolute paths.
type tools struct {
	root      string // of the project
	holdplane string // the binary
	sdks      string // the folder that e2e/install.sh fills
	bin       string // the folder that has grpcurl
}

// setUp returns the tools, made by the first test that needs them. What is downloaded is
// kept in .cache.
func setUp(t *testing.T) tools {
	t.Helper()
	made, err := makeTools()
	if err != nil {
		t.Fatal(err)
	}
	return made
}

var makeTools = sync.OnceValues(func() (tools, error) {
	root, err := projectRoot()
	if err != nil {
		return tools{}, err
	}
	cache := filepath.Join(root, ".cache")
	made := tools{
		root:      root,
		holdplane: os.Getenv("HOLDPLANE_BIN"),
		sdks:      filepath.Join(cache, "e2e"),
		bin:       filepath.Join(cache, "docs", "grpcurl-"+grpcurlVersion),
	}
	if err := run(root, nil, "./e2e/install.sh"); err != nil {
		return tools{}, err
	}
	if _, err := os.Stat(filepath.Join(made.bin, "grpcurl")); err != nil {
		env := []string{"GOBIN=" + made.bin, "GOFLAGS="}
		if err := run(root, env, "go", "install", "github.com/fullstorydev/grpcurl/cmd/grpcurl@"+grpcurlVersion); err != nil {
			return tools{}, err
		}
	}
	if made.holdplane == "" {
		made.holdplane = filepath.Join(cache, "docs", "holdplane")
		err = run(root, nil, "go", "build", "-o", made.holdplane, "./cmd/holdplane")
	}
	return made, err
})

// projectRoot returns the project's folder, and opens all folders below it, so that the
// go command does not repeat a cached result when any file changed.
var projectRoot = sync.OnceValues(func() (string, error) {
	root, err := filepath.Abs("..")
	if err != nil {
		return "", err
	}
	return root, filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err == nil && path != root && d.IsDir() && strings.HasPrefix(d.Name(), ".") {
			return fs.SkipDir
		}
		return err
	})
})

// run runs a command in dir and puts what it printed into the error.
func run(dir string, env []string, name string, args ...string) error {
	cmd := exec.Command(name, args...)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), env...)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", strings.Join(append([]string{name}, args...), " "), err, out)
	}
	return nil
}
