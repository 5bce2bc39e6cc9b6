package egresstest

import (
	"errors"
	"net"
	"os"

	"google.golang.org/grpc/test/bufconn"
)

// buffer is what a connection holds unread in each direction, as a socket does.
const buffer = 64 << 10

// listener is one without a network.
type listener struct{ *bufconn.Listener }

func newListener() listener { return listener{bufconn.Listen(buffer)} }

// Accept is net.Listener.
func (l listener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, net.ErrClosed
	}
	return conn{c}, nil
}

// conn times out as sockets do. crypto/tls ends a connection after bufconn's own error,
// and so http.Server would end it after each request.
type conn struct{ net.Conn }

func (c conn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	var timeout net.Error
	if errors.As(err, &timeout) && timeout.Timeout() {
		err = os.ErrDeadlineExceeded
	}
	return n, err
}
