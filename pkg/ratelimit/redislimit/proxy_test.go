package redislimit_test

import (
	"bytes"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// proxy is a way to a server that can be slow or cut.
type proxy struct {
	addr   string
	target string
	delay  atomic.Int64      // of each answer, a time.Duration
	piece  atomic.Int64      // bytes of an answer that go at a time; 0 for all there are
	swap   map[string]string // words of the client's, and what the server gets to see

	mu    sync.Mutex
	broke bool
	conns map[net.Conn]bool
}

func newProxy(t *testing.T, target string) *proxy { return newSwapper(t, target, nil) }

func newSwapper(t *testing.T, target string, swap map[string]string) *proxy {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{addr: listener.Addr().String(), target: target, swap: swap, conns: make(map[net.Conn]bool)}
	var running sync.WaitGroup
	running.Go(func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			running.Go(func() { p.serve(client) })
		}
	})
	t.Cleanup(func() {
		_ = listener.Close()
		p.cut(true)
		running.Wait()
	})
	return p
}

// cut ends all connections, and refuses others until it is undone.
func (p *proxy) cut(broke bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.broke = broke
	if broke {
		for c := range p.conns {
			_ = c.Close()
		}
	}
}

func (p *proxy) serve(client net.Conn) {
	defer client.Close()
	server, err := net.Dial("tcp", p.target)
	if err != nil {
		return
	}
	defer server.Close()
	p.mu.Lock()
	if p.broke {
		p.mu.Unlock()
		return
	}
	p.conns[client], p.conns[server] = true, true
	p.mu.Unlock()
	var both sync.WaitGroup
	both.Go(func() { p.ask(server, client) })
	both.Go(func() { p.answer(client, server) })
	both.Wait()
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.conns, client)
	delete(p.conns, server)
}

// ask passes on what the client says, with words swapped. None is cut by the end of a
// buffer, as Redis' words end their lines.
func (p *proxy) ask(server, client net.Conn) {
	defer server.Close()
	defer client.Close()
	buffer, held := make([]byte, 64<<10), 0
	for {
		n, err := client.Read(buffer[held:])
		end := held + n
		if p.swap != nil {
			end = bytes.LastIndexByte(buffer[:end], '\n') + 1
		}
		lines := buffer[:end]
		for word, other := range p.swap {
			lines = bytes.ReplaceAll(lines, []byte(word), []byte(other))
		}
		if _, werr := server.Write(lines); err != nil || werr != nil {
			return
		}
		held = copy(buffer, buffer[end:held+n])
	}
}

// answer passes on what the server says, late or in pieces if it is to be.
func (p *proxy) answer(client, server net.Conn) {
	defer client.Close()
	defer server.Close()
	buffer := make([]byte, 64<<10)
	for {
		n, err := server.Read(buffer)
		if d := time.Duration(p.delay.Load()); d > 0 {
			<-time.After(d)
		}
		for rest := buffer[:n]; len(rest) > 0; {
			size := len(rest)
			if piece := int(p.piece.Load()); piece > 0 {
				size = min(size, piece)
			}
			if _, err := client.Write(rest[:size]); err != nil {
				return
			}
			rest = rest[size:]
		}
		if err != nil {
			return
		}
	}
}
