package mail

import (
	"context"
	"net"
)

// SetDial replaces how s connects.
func (s *SMTP) SetDial(dial func(ctx context.Context, network, addr string) (net.Conn, error)) {
	s.dial = dial
}
