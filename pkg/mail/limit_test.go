package mail_test

import (
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// TestCancelled ends the context while the server thinks about the recipient.
func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	returned := make(chan struct{})
	s := serve(t, func(s *server) {
		s.answer = func(command string) error {
			if command == "RCPT" {
				cancel()
				<-returned
			}
			return nil
		}
	})
	sender := open(t, "smtp://"+s.addr+from+"&tls=off", nil)
	err := sender.Send(ctx, message)
	close(returned)
	if !errors.Is(err, context.Canceled) || refused(err) || !strings.Contains(err.Error(), "RCPT") {
		t.Errorf("got %v", err)
	}
	if err := sender.Send(ctx, message); !errors.Is(err, context.Canceled) {
		t.Errorf("a second mail: %v", err)
	}
	if _, mails := s.seen(); len(mails) > 0 {
		t.Error("it was delivered all the same")
	}
}

// TestSilence connects to a server that takes everything and says nothing.
func TestSilence(t *testing.T) {
	for _, scheme := range []string{"smtp://", "smtps://"} {
		synctest.Test(t, func(t *testing.T) {
			s := open(t, scheme+"mail.example.com"+from, nil)
			s.SetDial(func(context.Context, string, string) (net.Conn, error) {
				here, there := net.Pipe()
				go func() { _, _ = io.Copy(io.Discard, there) }()
				return here, nil
			})
			start := time.Now()
			err := s.Send(t.Context(), message)
			if !errors.Is(err, context.DeadlineExceeded) || refused(err) || !strings.Contains(err.Error(), "greeting") {
				t.Errorf("got %v", err)
			}
			if took := time.Since(start); took != 30*time.Second {
				t.Errorf("it took %v", took)
			}
		})
	}
}

// endless never stops saying one thing.
type endless struct{ net.Conn }

func (endless) Read(p []byte) (int, error) { return copy(p, strings.Repeat("2", len(p))), nil }

func TestEndlessAnswer(t *testing.T) {
	s := open(t, "smtp://mail.example.com"+from, nil)
	s.SetDial(func(context.Context, string, string) (net.Conn, error) {
		here, _ := net.Pipe()
		return endless{here}, nil
	})
	if err := s.Send(t.Context(), message); err == nil || refused(err) {
		t.Errorf("got %v", err)
	}
}
