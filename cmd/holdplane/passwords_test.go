package main

import (
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// TestPasswordOnTheTerminal has a terminal, which shows all that is typed but what a program
// keeps it from.
func TestPasswordOnTheTerminal(t *testing.T) {
	o := shell{install(t), t}
	s := o.await(t, o.startServe(t))
	o.run("tenants", "create", "acme")
	o.run("users", "create", "ann@example.com", "--tenant", "acme", "--id", "ann", "--password-file", o.write(t, "password", secondPassword, 0o600))
	const interrupt = "\x03"
	for _, c := range []struct {
		name, want string
		typed      []string
	}{
		{"the same twice", "Set the password of ann", []string{firstPassword + "\n", firstPassword + "\n"}},
		{"another the second time", "the two passwords differ", []string{secondPassword + "\n", firstPassword + "\n"}},
		{"nothing", "the password is empty", []string{"\n", "\n"}},
		{"an interrupt", "context canceled", []string{secondPassword + interrupt}},
	} {
		shown := typeIn(t, c.typed, "users", "set-password", "ann", "--tenant", "acme", "--data-dir", o.data)
		if !strings.Contains(shown, c.want) || strings.Contains(shown, firstPassword) || strings.Contains(shown, secondPassword) {
			t.Errorf("%s: the terminal shows %q, want %q and no password", c.name, shown, c.want)
		}
		if settings := strings.Fields(shown); !slices.Contains(settings, "echo") {
			t.Errorf("%s: the terminal shows nothing that is typed any more", c.name)
		}
	}
	if !s.has(t, "ann", firstPassword) {
		t.Error("the password that was typed twice is not ann's")
	}
}

// prompts are what the operator is asked.
var prompts = []string{"Password: ", "The same again: "}

// typeIn runs holdplane on a terminal, types a line when it is asked for one, and returns
// what the terminal has shown, with its settings after that.
func typeIn(t *testing.T, lines []string, args ...string) string {
	t.Helper()
	command := "trap : INT; " + quote(os.Args[0])
	for _, a := range args {
		command += " " + quote(a)
	}
	cmd := exec.Command("script", "-qec", command+"; stty -a", "/dev/null")
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "GORACE=atexit_sleep_ms=0", childEnv + "=1"}
	shown := &logBuffer{}
	cmd.Stdout = shown
	keyboard, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for i, line := range lines {
		eventually(t, prompts[i], func() bool { return strings.Contains(shown.String(), prompts[i]) })
		if _, err := io.WriteString(keyboard, line); err != nil {
			t.Fatal(err)
		}
	}
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
	return shown.String()
}
