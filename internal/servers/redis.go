package servers

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"
)

// Redis returns host:port of a Redis that the tests of this binary share. They have to
// keep their keys apart.
func Redis(t testing.TB) string {
	t.Helper()
	s, err := sharedRedis()
	if err != nil {
		t.Fatal(err)
	}
	return s.Addr
}

var sharedRedis = sync.OnceValues(func() (*Server, error) { return newRedis(nil) })

// StartRedis starts a Redis for one test, with more of redis-server's options, such as
// "--maxmemory", "2mb". It keeps nothing on disk unless they say so.
func StartRedis(t testing.TB, options ...string) *Server {
	t.Helper()
	s, err := newRedis(options)
	if err != nil {
		t.Fatal(err)
	}
	s.own(t)
	return s
}

// RunRedis starts a Redis for a program that is no test, which closes it.
func RunRedis() (*Server, error) { return newRedis(nil) }

func newRedis(options []string) (*Server, error) {
	program, err := exec.LookPath("redis-server")
	if err != nil {
		return nil, fmt.Errorf("no Redis to test with; run scripts/install-servers.sh: %w", err)
	}
	return onFreePort(func(addr string) (*Server, error) { return tryRedis(program, addr, options) })
}

// onFreePort starts a server at an address, and at another if that fails: between finding
// a free port and using it somebody else may take it.
func onFreePort(start func(addr string) (*Server, error)) (s *Server, err error) {
	for range 3 {
		var addr string
		if addr, err = freeAddr(); err != nil {
			return nil, err
		}
		if s, err = start(addr); err == nil {
			return s, nil
		}
	}
	return nil, err
}

func tryRedis(program, addr string, options []string) (*Server, error) {
	dir, err := makeDir(credential())
	if err != nil {
		return nil, err
	}
	_, port, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, err
	}
	s := &Server{
		Addr: addr, name: "Redis", dir: dir, as: credential(), stop: "TERM", crash: "KILL",
		command: append([]string{program, "--bind", "127.0.0.1", "--port", port, "--dir", dir, "--save", ""}, options...),
		ready:   func() bool { return answers(addr, "PING\r\n", "+PONG") },
	}
	if err := s.start(); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	return s, nil
}

func freeAddr() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	return l.Addr().String(), nil
}

// answers tells whether the server at addr meets what is asked with what is wanted.
func answers(addr, ask, want string) bool {
	conn, err := net.DialTimeout("tcp", addr, time.Second)
	if err != nil {
		return false
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(time.Second)); err != nil {
		return false
	}
	if _, err := io.WriteString(conn, ask); err != nil {
		return false
	}
	answer := make([]byte, len(want))
	_, err = io.ReadFull(conn, answer)
	return err == nil && string(answer) == want
}
