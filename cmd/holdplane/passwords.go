package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
)

// maxSecretFile bounds what is read as a secret, in bytes.
const maxSecretFile = 4096

// passwordFlag says where a password comes from. It has no flag for the password itself:
// other users see the arguments of a process, and shells keep them.
type passwordFlag struct {
	PasswordFile string `name:"password-file" help:"File that holds the password, in its first line; - for stdin. Default: it is asked for on the terminal."`
}

// password reads the password, or asks for it twice.
func (f *passwordFlag) password(ctx context.Context, t *terminal) (password string, err error) {
	if f.PasswordFile != "" {
		password, err = readSecret(f.PasswordFile, t)
	} else {
		password, err = askTwice(ctx, t)
	}
	if err == nil && password == "" {
		err = errors.New("the password is empty; nothing was changed")
	}
	return password, err
}

func askTwice(ctx context.Context, t *terminal) (string, error) {
	in, ok := t.in.(*os.File)
	if !ok || !isTerminal(in) {
		return "", errors.New("there is no terminal to ask for the password; name a file with --password-file, - for stdin")
	}
	lines := bufio.NewReader(in)
	first, err := ask(ctx, t, in, lines, "Password: ")
	if err != nil {
		return "", err
	}
	again, err := ask(ctx, t, in, lines, "The same again: ")
	if err == nil && again != first {
		err = errors.New("the two passwords differ; nothing was changed")
	}
	return first, err
}

// readSecret returns the one line of a file, or of stdin.
func readSecret(path string, t *terminal) (string, error) {
	in := io.NopCloser(t.in)
	if path != "-" {
		f, err := os.Open(path)
		if err != nil {
			return "", err
		}
		in = f
	}
	defer in.Close()
	text, err := io.ReadAll(io.LimitReader(in, maxSecretFile+1))
	if err != nil {
		return "", fmt.Errorf("read %s: %w", path, err)
	}
	line, rest, _ := strings.Cut(string(text), "\n")
	if len(text) > maxSecretFile || rest != "" {
		return "", fmt.Errorf("%s holds more than one short line, so it is no password", path)
	}
	return strings.TrimSuffix(line, "\r"), nil
}

// ask reads a line that the terminal does not show. What happens meanwhile, it shows again
// afterwards: also when somebody interrupts it.
func ask(ctx context.Context, t *terminal, in *os.File, lines *bufio.Reader, question string) (string, error) {
	if err := stty(in, "-echo"); err != nil {
		return "", fmt.Errorf("the terminal can't be kept from showing the password (%w); use --password-file", err)
	}
	fmt.Fprint(t.err, question)
	type answer struct {
		line string
		err  error
	}
	read := make(chan answer, 1)
	go func() { // ends with the program, at the latest
		line, err := lines.ReadString('\n')
		read <- answer{strings.TrimRight(line, "\r\n"), err}
	}()
	var a answer
	select {
	case a = <-read:
	case <-ctx.Done():
		a.err = ctx.Err()
	}
	fmt.Fprintln(t.err)
	return a.line, errors.Join(a.err, stty(in, "echo"))
}

// stty changes a terminal's settings.
func stty(terminal *os.File, settings ...string) error {
	cmd := exec.Command("stty", settings...)
	cmd.Stdin = terminal
	return cmd.Run()
}
