package main

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// variable is one line of an environment file.
type variable struct{ name, value string }

// writeEnvFile writes shell lines, for this user only, in one step: a reader sees the
// old file or the new one.
func writeEnvFile(path string, vars []variable) error {
	var b strings.Builder
	for _, v := range vars {
		fmt.Fprintf(&b, "%s=%s\n", v.name, quote(v.value))
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".env-*") // mode 0600
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	defer os.Remove(f.Name())
	if _, err := f.WriteString(b.String()); err != nil {
		f.Close()
		return fmt.Errorf("write %s: %w", path, err)
	}
	if err := f.Close(); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return os.Rename(f.Name(), path)
}

// readEnvFile reads what writeEnvFile wrote; an absent file has no variables.
func readEnvFile(path string) (map[string]string, error) {
	f, err := os.Open(path)
	if os.IsNotExist(err) {
		return map[string]string{}, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	vars := map[string]string{}
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		name, value, ok := strings.Cut(lines.Text(), "=")
		if ok {
			vars[name] = unquote(value)
		}
	}
	return vars, lines.Err()
}

// quote leaves plain words alone and puts the rest in single quotes, as a POSIX shell
// reads them.
func quote(s string) string {
	if s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:@") == "" {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

func unquote(s string) string {
	if len(s) < 2 || s[0] != '\'' {
		return s
	}
	return strings.ReplaceAll(s[1:len(s)-1], `'\''`, "'")
}

// writeEnv writes where a server of serve listens, when --env-file asks for it.
func (f *serverFlags) writeEnv(p *process, l *listeners, more ...variable) error {
	if f.EnvFile == "" {
		return nil
	}
	return writeEnvFile(f.EnvFile, append(addresses(l), more...))
}

// addresses are where a process listens, as clients name it.
func addresses(l *listeners) []variable {
	var vars []variable
	if l.httpOn != nil {
		vars = append(vars, variable{"BASE_URL", "http://" + l.httpOn.Addr().String()})
	}
	if l.publicOn != nil {
		addr := l.publicOn.Addr().String()
		if l.publicOn.Addr().Network() == "unix" {
			addr = "unix://" + addr
		}
		vars = append(vars, variable{"GRPC_ADDR", addr})
	}
	return vars
}
