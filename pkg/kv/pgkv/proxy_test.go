package pgkv_test

import (
	"bytes"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
)

// What a proxy does about a message that holds a commit.
const (
	forward   = iota
	cutBefore // ends both sides without forwarding it
	cutAfter  // forwards it and ends the client's side before the answer
	stall     // forwards it and keeps the answer
)

// boundCommit is how a message begins that runs the prepared statement.
var boundCommit = []byte("\x00commit\x00")

// proxy stands between a store and the server.
type proxy struct {
	dsn    string
	socket string // the server's
	mode   atomic.Int32
	conns  sync.WaitGroup
}

func startProxy(t *testing.T, dsn string) *proxy {
	t.Helper()
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	dir, err := os.MkdirTemp("", "hp") // a socket's path is short
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{socket: filepath.Join(u.Query().Get("host"), ".s.PGSQL.5432")}
	u.RawQuery = url.Values{"host": {dir}}.Encode()
	p.dsn = u.String()
	l, err := net.Listen("unix", filepath.Join(dir, ".s.PGSQL.5432"))
	if err != nil {
		t.Fatal(err)
	}
	p.conns.Go(func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			p.conns.Go(func() { p.serve(client) })
		}
	})
	t.Cleanup(func() {
		l.Close()
		p.conns.Wait()
		os.RemoveAll(dir)
	})
	return p
}

func (p *proxy) serve(client net.Conn) {
	defer client.Close()
	server, err := net.Dial("unix", p.socket)
	if err != nil {
		return
	}
	defer server.Close()
	var silent atomic.Bool
	p.conns.Go(func() {
		defer client.Close()
		buf := make([]byte, 64<<10)
		for {
			n, err := server.Read(buf)
			if err != nil {
				return
			}
			if silent.Load() {
				continue
			}
			if _, err := client.Write(buf[:n]); err != nil {
				return
			}
		}
	})
	buf := make([]byte, 64<<10)
	for {
		n, err := client.Read(buf)
		if err != nil {
			return
		}
		mode := int(p.mode.Load())
		if mode != forward && bytes.Contains(buf[:n], boundCommit) {
			if mode == cutBefore {
				p.mode.Store(forward)
				return
			}
			silent.Store(true)
		} else {
			mode = forward
		}
		if _, err := server.Write(buf[:n]); err != nil {
			return
		}
		if mode == cutAfter {
			p.mode.Store(forward)
			return
		}
	}
}
