package e2e_test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// commandLine is a command of OpenStack's and who uses it.
type commandLine struct {
	path string
	env  []string
}

// commandLine is the command of a client's, for the project's creator.
func (s server) commandLine(t *testing.T, client, name string) commandLine {
	t.Helper()
	return commandLine{
		path: filepath.Join(setUp(t).cache, client, "bin", name),
		env:  append(s.project.env(s.baseURL, "creator"), "HOME="+t.TempDir(), "PATH="+os.Getenv("PATH"), "PYTHONDONTWRITEBYTECODE=1"),
	}
}

// run returns what a command printed, and what it complained of.
func (c commandLine) run(t *testing.T, args ...string) (printed, complaint string, err error) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), c.path, args...)
	cmd.Env = c.env
	var out, errors bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errors
	err = cmd.Run()
	return out.String(), errors.String(), err
}

// do runs what must succeed.
func (c commandLine) do(t *testing.T, args ...string) string {
	t.Helper()
	printed, complaint, err := c.run(t, args...)
	if err != nil {
		t.Fatalf("%s %q: %v\n%s%s", filepath.Base(c.path), args, err, printed, complaint)
	}
	return strings.TrimRight(printed, "\n")
}

// fail runs what must be refused with some words.
func (c commandLine) fail(t *testing.T, words string, args ...string) {
	t.Helper()
	printed, complaint, err := c.run(t, args...)
	if err == nil || !strings.Contains(complaint, words) {
		t.Errorf("%s %q: %v, want a complaint with %q\n%s%s", filepath.Base(c.path), args, err, words, printed, complaint)
	}
}

// show runs what shows one thing, and returns its columns.
func (c commandLine) show(t *testing.T, args ...string) (columns map[string]any) {
	t.Helper()
	c.decode(t, args, &columns)
	return columns
}

// list runs what lists things, and returns their columns.
func (c commandLine) list(t *testing.T, args ...string) (rows []map[string]any) {
	t.Helper()
	c.decode(t, args, &rows)
	return rows
}

func (c commandLine) decode(t *testing.T, args []string, into any) {
	t.Helper()
	printed := c.do(t, append(args, "-f", "json")...)
	if err := json.Unmarshal([]byte(printed), into); err != nil {
		t.Fatalf("%q printed %s: %v", args, printed, err)
	}
}

// text is a column of a row.
func text(t *testing.T, row map[string]any, column string) string {
	t.Helper()
	s, ok := row[column].(string)
	if !ok {
		t.Fatalf("no %s in %v", column, row)
	}
	return s
}

// column is one of all rows.
func column(t *testing.T, rows []map[string]any, name string) string {
	t.Helper()
	var all []string
	for _, row := range rows {
		all = append(all, text(t, row, name))
	}
	return strings.Join(all, " ")
}

// same fails unless two texts are the same.
func same(t *testing.T, what, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("%s: %q, want %q", what, got, want)
	}
}
