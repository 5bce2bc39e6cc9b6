package servers

import (
	"crypto/rand"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
)

// User and Password are of the PostgreSQL superuser that the addresses name.
const (
	User     = "holdplane"
	Password = "p@ss/w:rd"
)

// Postgres returns the address of a new, empty database on a PostgreSQL that the tests of
// this binary share, and with which it goes.
func Postgres(t testing.TB) string {
	t.Helper()
	s, err := sharedPostgres()
	if err != nil {
		t.Fatal(err)
	}
	name := strings.ToLower(rand.Text())
	if err := s.client("createdb", name); err != nil {
		t.Fatal(err)
	}
	return s.database(name)
}

var sharedPostgres = sync.OnceValues(newPostgres)

// StartPostgres starts a PostgreSQL for one test. Its Addr names the database "postgres".
func StartPostgres(t testing.TB) *Server {
	t.Helper()
	s, err := newPostgres()
	if err != nil {
		t.Fatal(err)
	}
	s.own(t)
	return s
}

// RunPostgres starts a PostgreSQL for a program that is no test, which closes it.
func RunPostgres() (*Server, error) { return newPostgres() }

func newPostgres() (*Server, error) {
	bin, err := postgresFolder()
	if err != nil {
		return nil, err
	}
	dir, err := makeDir(credential())
	if err != nil {
		return nil, err
	}
	data := filepath.Join(dir, "data")
	s := &Server{
		name: "PostgreSQL", dir: dir, as: credential(), stop: "INT", crash: "QUIT",
		command: []string{
			filepath.Join(bin, "postgres"), "-D", data, "-k", dir,
			"-c", "listen_addresses=", "-c", "shared_buffers=32MB",
		},
		ready: func() bool { // the last line of this file tells
			text, err := os.ReadFile(filepath.Join(data, "postmaster.pid"))
			return err == nil && strings.HasSuffix(strings.TrimRight(string(text), " \n"), "\nready")
		},
	}
	s.Addr = s.database("postgres")
	if err = s.initialise(data); err == nil {
		err = s.start()
	}
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	return s, nil
}

func (s *Server) initialise(data string) error {
	file := filepath.Join(s.dir, "password")
	if err := os.WriteFile(file, []byte(Password), 0o644); err != nil {
		return err
	}
	// The password goes over the socket as it is: SCRAM would cost each of a test's many
	// connections milliseconds. What initdb doesn't sync goes to disk with the server's
	// checkpoints.
	return s.run("initdb", "-D", data, "-U", User, "-A", "password", "--pwfile", file,
		"-E", "UTF8", "--no-sync", "--no-instructions")
}

// postgresFolder is where the newest PostgreSQL's programs are.
func postgresFolder() (string, error) {
	// Debian keeps them out of the PATH. The names sort as the versions do, for now.
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/postgres")
	if err == nil && len(found) > 0 {
		return filepath.Dir(found[len(found)-1]), nil
	}
	path, err := exec.LookPath("postgres")
	if err != nil {
		return "", fmt.Errorf("no PostgreSQL to test with; run scripts/install-servers.sh: %w", err)
	}
	return filepath.Dir(path), nil
}

// database is the address of a database by its name.
func (s *Server) database(name string) string {
	u := url.URL{
		Scheme: "postgres", User: url.UserPassword(User, Password), Path: "/" + name,
		RawQuery: url.Values{"host": {s.dir}}.Encode(),
	}
	return u.String()
}

// client runs one of the programs that come with PostgreSQL as its user.
func (s *Server) client(program string, args ...string) error {
	return s.run(program, append([]string{"-h", s.dir, "-U", User, "-w"}, args...)...)
}

func (s *Server) run(program string, args ...string) error {
	cmd := exec.Command(filepath.Join(filepath.Dir(s.command[0]), program), args...)
	cmd.Dir, cmd.Env = s.dir, append(environment, "PGPASSWORD="+Password)
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: s.as}
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", program, err, out)
	}
	return nil
}
