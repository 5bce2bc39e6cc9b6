package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestEnvFile reads odd values back, and has a shell read them too.
func TestEnvFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "env")
	values := []string{
		"", "plain", "two words", " around ", "'", "''", "it's", `"`, `\`, `\'`, "$HOME", "`id`", "$(id)", "a;b&c|d", "#no comment",
		"a=b=c", "line\nbreak", "\n", "tab\there", "ünïcödé 🙂", "~", "*", "{a,b}", "!x", "-n", "'quoted'", "http://[::1]:8080/?a=b&c=d",
	}
	var vars []variable
	for i, v := range values {
		vars = append(vars, variable{"V" + strings.Repeat("X", i), v})
	}
	for range 2 { // the second one replaces the first
		if err := writeEnvFile(path, vars); err != nil {
			t.Fatal(err)
		}
	}
	got, err := readEnvFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range vars {
		if got[v.name] != v.value {
			t.Errorf("%q reads back as %q", v.value, got[v.name])
		}
		out, err := exec.Command("sh", "-c", `. "$0"; eval "printf %s. \"\$$1\""`, path, v.name).CombinedOutput()
		if err != nil || string(out) != v.value+"." {
			t.Errorf("a shell reads %q as %q (%v)", v.value, out, err)
		}
	}
	if len(got) != len(vars) {
		t.Errorf("%d variables read, want %d", len(got), len(vars))
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode() != 0o600 {
		t.Errorf("mode %v, %v; want 0600", info.Mode(), err)
	}
	if left, err := filepath.Glob(filepath.Join(filepath.Dir(path), ".*")); err != nil || len(left) > 0 {
		t.Errorf("left behind: %q, %v", left, err)
	}
}
