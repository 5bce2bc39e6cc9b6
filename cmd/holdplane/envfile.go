package main

import (
	"errors"
	"fmt"
	"io/fs"
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
	_, err = f.WriteString(b.String())
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return os.Rename(f.Name(), path)
}

// readEnvFile reads what writeEnvFile wrote; an absent file has no variables.
func readEnvFile(path string) (map[string]string, error) {
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return map[string]string{}, nil
	}
	if err != nil {
		return nil, err
	}
	vars, rest := map[string]string{}, string(data)
	for rest != "" {
		name, after, ok := strings.Cut(rest, "=")
		if !ok {
			break
		}
		vars[name], rest = cutWord(after)
	}
	return vars, nil
}

// cutWord reads a word as quote writes it, up to the end of its line. Between single
// quotes a line's end is part of the word.
func cutWord(s string) (word, rest string) {
	var b strings.Builder
	for i, quoted := 0, false; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\'':
			quoted = !quoted
		case c == '\n' && !quoted:
			return b.String(), s[i+1:]
		case c == '\\' && !quoted && i+1 < len(s):
			i++
			b.WriteByte(s[i])
		default:
			b.WriteByte(c)
		}
	}
	return b.String(), ""
}

// quote leaves plain words alone and puts the rest in single quotes, as a POSIX shell
// reads them.
func quote(s string) string {
	if s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:@") == "" {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
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
