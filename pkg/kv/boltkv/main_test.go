package boltkv_test

import (
	"bufio"
	"os"
	"os/exec"
	"testing"

	"go.uber.org/goleak"
)

// childEnv tells the test binary to play another process: a role, and the store's path.
const (
	childEnv = "BOLTKV_TEST_CHILD"
	pathEnv  = "BOLTKV_TEST_PATH"
)

var children = map[string]func(path string) error{
	"write until killed":     writeUntilKilled,
	"hold the file":          holdFile,
	"write until files full": writeUntilFull,
}

func TestMain(m *testing.M) {
	role, ok := children[os.Getenv(childEnv)]
	if !ok {
		goleak.VerifyTestMain(m)
		return
	}
	if err := role(os.Getenv(pathEnv)); err != nil {
		os.Stderr.WriteString(err.Error() + "\n")
		os.Exit(1)
	}
}

// child is another process with the test's own binary.
type child struct {
	*exec.Cmd
	lines *bufio.Scanner // what it prints
}

func start(t *testing.T, role, path string, stdin *os.File) *child {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childEnv+"="+role, pathEnv+"="+path)
	cmd.Stderr = os.Stderr
	if stdin != nil {
		cmd.Stdin = stdin
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return &child{Cmd: cmd, lines: bufio.NewScanner(out)}
}

// say prints one line in one system call, so that it is never cut.
func say(line string) error {
	_, err := os.Stdout.WriteString(line + "\n")
	return err
}
