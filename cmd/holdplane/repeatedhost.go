package main

import (
	"bytes"
	"net"
)

// repeatedHost lets the first request of a connection say twice who it is for, if it says the
// same. RFC 9112 has servers refuse that, and net/http does, in words of no product. Tools
// made with Python's http.client send it when they are handed a Host of their own; the
// recordings of Barbican are replayed by one. For development only: nothing stands in front
// that could have understood the request otherwise.
type repeatedHost struct{ net.Listener }

// Accept returns the next connection.
func (l repeatedHost) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &onceHost{Conn: c, head: make([]byte, 0, 1024)}, nil
}

// maxFirstHead is how much of a connection is looked at. What is longer passes as it is.
const maxFirstHead = 16 << 10

// onceHost is a connection whose first head is gathered before any of it is read.
type onceHost struct {
	net.Conn
	head     []byte // what is gathered and not yet read
	gathered bool
	err      error // of gathering
}

// Read reads like the connection, but for repetitions in the first head. It is called by one
// goroutine at a time, as net/http does.
func (c *onceHost) Read(p []byte) (int, error) {
	for !c.gathered {
		c.gather()
	}
	if len(c.head) > 0 {
		n := copy(p, c.head)
		c.head = c.head[n:]
		return n, nil
	}
	if c.err != nil {
		return 0, c.err
	}
	return c.Conn.Read(p)
}

var headEnd = []byte("\r\n\r\n")

func (c *onceHost) gather() {
	n := len(c.head)
	c.head = append(c.head, make([]byte, 1024)...)
	more, err := c.Conn.Read(c.head[n:])
	c.head, c.err = c.head[:n+more], err
	end := bytes.Index(c.head, headEnd)
	c.gathered = end >= 0 || err != nil || len(c.head) > maxFirstHead
	if end >= 0 {
		c.head = withoutRepetition(c.head[:end], c.head[end:])
	}
}

// withoutRepetition leaves a host out of a head that has it already.
func withoutRepetition(head, rest []byte) []byte {
	var kept, host []byte
	for line := range bytes.SplitSeq(head, []byte("\r\n")) {
		name, value, ok := bytes.Cut(line, []byte(":"))
		if ok && bytes.EqualFold(name, []byte("host")) {
			value = bytes.TrimSpace(value)
			if host != nil && bytes.Equal(host, value) {
				continue
			}
			host = value
		}
		kept = append(append(kept, line...), '\r', '\n')
	}
	return append(kept[:len(kept)-2], rest...)
}
