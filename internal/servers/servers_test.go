package servers_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/holdplane/holdplane/internal/servers"
)

// childEnv makes the test binary one that starts servers, says where, and waits to be killed.
const childEnv = "SERVERS_TEST_CHILD"

func TestPostgresGivesEachTestADatabase(t *testing.T) {
	first, second := servers.Postgres(t), servers.Postgres(t)
	if first == second {
		t.Errorf("both are %s", first)
	}
	for _, dsn := range []string{first, second} {
		if got := psql(t, dsn, "create table t (n int); select count(*) from t"); got != "0" {
			t.Errorf("psql says %q", got)
		}
	}
}

func TestServersKeepDataAndAddress(t *testing.T) {
	pg := servers.StartPostgres(t)
	psql(t, pg.Addr, "create table t (n int); insert into t values (42)")
	redis := servers.StartRedis(t, "--appendonly", "yes", "--appendfsync", "always")
	tell(t, redis.Addr, "SET k 42")
	gateway := servers.StartVersityGW(t) // package versitygw's tests look at its data
	for name, end := range map[string]func(*servers.Server, testing.TB){"stop": (*servers.Server).Stop, "kill": (*servers.Server).Kill} {
		t.Run(name, func(t *testing.T) {
			end(pg, t)
			end(redis, t)
			end(gateway, t)
			for _, addr := range []string{redis.Addr, strings.TrimPrefix(gateway.Addr, "http://")} {
				if conn, err := net.Dial("tcp", addr); err == nil {
					conn.Close()
					t.Errorf("%s still listens", addr)
				}
			}
			if _, err := os.Stat(socket(t, pg.Addr)); name == "stop" && !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("PostgreSQL's socket is still there: %v", err)
			}
			pg.Start(t)
			redis.Start(t)
			gateway.Start(t) // waits until it answers
			if got := psql(t, pg.Addr, "select n from t"); got != "42" {
				t.Errorf("PostgreSQL says %q", got)
			}
			if got := tell(t, redis.Addr, "GET k"); got != "$2" {
				t.Errorf("Redis says %q", got)
			}
		})
	}
}

// TestServersEndWithTheBinary kills a binary that has started servers.
func TestServersEndWithTheBinary(t *testing.T) {
	if os.Getenv(childEnv) != "" {
		fmt.Printf("\n%s\n%s\n", servers.Postgres(t), servers.Redis(t))
		_, _ = io.Copy(io.Discard, os.Stdin)
		return
	}
	cmd := exec.Command(os.Args[0], "-test.run", "^"+t.Name()+"$")
	cmd.Env = append(os.Environ(), childEnv+"=1")
	if _, err := cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var lines []string
	for scan := bufio.NewScanner(out); len(lines) < 3 && scan.Scan(); {
		lines = append(lines, scan.Text())
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // it was killed
	if len(lines) != 3 {
		t.Fatalf("the child says %q", lines)
	}
	folder := filepath.Dir(socket(t, lines[1]))
	eventually(t, "PostgreSQL and its folder are gone", func() bool {
		_, err := os.Stat(folder)
		return errors.Is(err, fs.ErrNotExist)
	})
	eventually(t, "Redis is gone", func() bool {
		conn, err := net.Dial("tcp", lines[2])
		if err == nil {
			conn.Close()
		}
		return err != nil
	})
}

func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for late := time.After(20 * time.Second); !is(); {
		select {
		case <-tick.C:
		case <-late:
			t.Fatalf("not after 20 s: %s", what)
		}
	}
}

// socket is the unix socket of a PostgreSQL by its address.
func socket(t *testing.T, dsn string) string {
	t.Helper()
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Join(u.Query().Get("host"), ".s.PGSQL.5432")
}

func psql(t *testing.T, dsn, sql string) string {
	t.Helper()
	out, err := exec.Command("psql", "-X", "-q", "-t", "-A", "-v", "ON_ERROR_STOP=1", "-d", dsn, "-c", sql).CombinedOutput()
	if err != nil {
		t.Fatalf("psql: %v\n%s", err, out)
	}
	return strings.TrimSpace(string(out))
}

// tell sends Redis a command and returns the first line of its answer.
func tell(t *testing.T, addr, command string) string {
	t.Helper()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, command+"\r\n"); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(conn).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(line)
}

// A server whose start fails is left to its guard, and its folder is removed meanwhile.
func TestServersEndWithoutTheirFolder(t *testing.T) {
	redis, err := servers.RunRedis()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(tellAll(t, redis.Addr, "CONFIG GET dir", 4)); err != nil {
		t.Fatal(err)
	}
	if err := redis.Close(); err != nil { // waits for the guard
		t.Error(err)
	}
	late := time.Now().Add(10 * time.Second)
	for {
		conn, err := net.Dial("tcp", redis.Addr)
		if err != nil {
			return
		}
		conn.Close()
		if time.Now().After(late) {
			t.Fatal("Redis outlives its guard")
		}
	}
}

// tellAll gives Redis a command and returns the given line of the answer, from 0.
func tellAll(t *testing.T, addr, command string, line int) string {
	t.Helper()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, command+"\r\n"); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(conn)
	for range line + 1 {
		lines.Scan()
	}
	return lines.Text()
}
