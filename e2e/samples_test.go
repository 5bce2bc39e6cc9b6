package e2e_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// samples starts the interpreter that has an SDK, and returns what has it run a file. That
// returns what the file printed.
func (s server) samples(t *testing.T, sdk string) (run func(path string) string) {
	t.Helper()
	cmd := s.python(sdk)(t, "samples.py")
	var errors bytes.Buffer
	cmd.Stderr = &errors
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	said := bufio.NewScanner(out)
	return func(path string) (printed string) {
		t.Helper()
		_, err := fmt.Fprintln(in, path)
		if err != nil || !said.Scan() {
			t.Fatalf("%s: %v, %v\n%s", path, err, cmd.Wait(), &errors)
		}
		if err := json.Unmarshal(said.Bytes(), &printed); err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		return printed
	}
}

// fillSample writes a sample with values in the place of texts that it was printed with, in
// pairs as strings.NewReplacer takes them, and returns its path.
func fillSample(t *testing.T, folder, name string, values ...string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("python", folder, name+".py"))
	if err != nil {
		t.Fatal(err)
	}
	return write(t, t.TempDir(), name+".py", strings.NewReplacer(values...).Replace(string(text)))
}
