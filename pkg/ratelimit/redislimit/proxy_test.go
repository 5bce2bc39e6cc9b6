package redislimit_test

import (
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
	delay  atomic.Int64 // of each answer, a time.Duration

	mu    sync.Mutex
	broke bool
	conns map[net.Conn]bool
}

func newProxy(t *testing.T, target string) *proxy {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{addr: listener.Addr().String(), target: target, conns: make(map[net.Conn]bool)}
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
	both.Go(func() { p.copy(server, client, new(atomic.Int64)) })
	both.Go(func() { p.copy(client, server, &p.delay) })
	both.Wait()
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.conns, client)
	delete(p.conns, server)
}

// copy passes on what it reads, each piece after the delay.
func (p *proxy) copy(to, from net.Conn, delay *atomic.Int64) {
	defer to.Close()
	defer from.Close()
	buffer := make([]byte, 64<<10)
	for {
		n, err := from.Read(buffer)
		if d := time.Duration(delay.Load()); d > 0 {
			<-time.After(d)
		}
		if _, werr := to.Write(buffer[:n]); err != nil || werr != nil {
			return
		}
	}
}
