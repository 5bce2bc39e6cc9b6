package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"
)

// TestStopDrains tells a server to stop in the middle of a request. The request
// finishes, new ones are sent elsewhere, and the process ends cleanly.
func TestStopDrains(t *testing.T) {
	for name, start := range forms {
		t.Run(name, func(t *testing.T) {
			in := install(t)
			s := start(t, in)
			gateway := in.last
			_, key := s.newKey(t, "acme", "*")
			addr := strings.TrimPrefix(s.baseURL, "http://")
			const body = `{"externalId":"user_1"}`
			slow := begin(t, addr, fmt.Sprintf("POST /v1/identities.createIdentity HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\n"+
				"Content-Type: application/json\r\nContent-Length: %d\r\nExpect: 100-continue\r\n\r\n", addr, key, len(body)))
			if got := slow.answer(t); got != http.StatusContinue {
				t.Fatalf("the server does not wait for the body: %d", got)
			}
			if err := gateway.cmd.Process.Signal(syscall.SIGTERM); err != nil {
				t.Fatal(err)
			}
			eventually(t, "the listener closes", func() bool {
				c, err := net.Dial("tcp", addr)
				if err == nil {
					c.Close()
				}
				return err != nil
			})
			if got := slow.finish(t, body); got != http.StatusOK {
				t.Errorf("the request under way answers %d, want 200", got)
			}
			if code := gateway.exitCode(t); code != 0 {
				t.Errorf("exit code %d, want 0\n%s", code, gateway.log)
			}
		})
	}
}

// TestDrainTime stops a server that is to give load balancers time: readiness goes
// first, and requests are still answered.
func TestDrainTime(t *testing.T) {
	in := install(t)
	c := in.startServe(t, "--drain", "2s")
	s := in.await(t, c)
	_, key := s.newKey(t, "acme", "*")
	ready := func() int {
		status, _ := s.send(t, http.MethodGet, "", "/readyz", "")
		return status
	}
	if got := ready(); got != http.StatusOK {
		t.Errorf("/readyz answers %d, want 200", got)
	}
	if err := c.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	eventually(t, "readiness goes", func() bool { return ready() == http.StatusServiceUnavailable })
	if got := s.status(t, key); got != http.StatusOK {
		t.Errorf("a request answers %d while draining, want 200", got)
	}
	if code := c.exitCode(t); code != 0 {
		t.Errorf("exit code %d, want 0\n%s", code, c.log)
	}
}

// halfRequest is one that is sent in two parts.
type halfRequest struct {
	net.Conn
	answers *bufio.Reader
}

func begin(t *testing.T, addr, part string) halfRequest {
	t.Helper()
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	if _, err := io.WriteString(c, part); err != nil {
		t.Fatal(err)
	}
	return halfRequest{c, bufio.NewReader(c)}
}

func (r halfRequest) finish(t *testing.T, rest string) (status int) {
	t.Helper()
	if _, err := io.WriteString(r, rest); err != nil {
		t.Fatal(err)
	}
	return r.answer(t)
}

func (r halfRequest) answer(t *testing.T) (status int) {
	t.Helper()
	res, err := http.ReadResponse(r.answers, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if _, err := io.Copy(io.Discard, res.Body); err != nil {
		t.Error(err)
	}
	return res.StatusCode
}
