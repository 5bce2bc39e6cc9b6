package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/holdplane/holdplane/bench/child"
)

// startWithin is how long a server may take until it answers.
const startWithin = 30 * time.Second

// server is what answers HTTP at an address, in one process or several.
type server struct {
	addr      string
	admins    []string // admin listeners, of holdplane alone
	processes []*child.Process
}

// cpu is the processor time that all of the server's processes have used so far.
func (s *server) cpu() (time.Duration, error) { return child.CPU(s.processes...) }

// start adds a process.
func (s *server) start(log, program string, args ...string) error {
	p, err := child.Start(log, program, args...)
	if err == nil {
		s.processes = append(s.processes, p)
	}
	return err
}

// stop ends the processes, the gateway before what it calls.
func (s *server) stop() error {
	var errs []error
	for i := len(s.processes) - 1; i >= 0; i-- {
		errs = append(errs, s.processes[i].Stop())
	}
	return errors.Join(errs...)
}

// stopInto adds what goes wrong with stopping to the error of what used the server.
func (s *server) stopInto(err *error) { *err = errors.Join(*err, s.stop()) }

// await asks for path until the answer is 200, and stops the server when it never is.
func (s *server) await(ctx context.Context, path string) error {
	ctx, cancel := context.WithTimeout(ctx, startWithin)
	defer cancel()
	last := errors.New("no answer")
	for {
		if last = s.ask(ctx, path); last == nil {
			return nil
		}
		for _, p := range s.processes {
			select {
			case <-p.Ended():
				return errors.Join(p.Failure(), s.stop())
			default:
			}
		}
		select {
		case <-ctx.Done():
			return errors.Join(fmt.Errorf("%s: %w", path, last), s.stop())
		case <-time.After(time.Millisecond):
		}
	}
}

func (s *server) ask(ctx context.Context, path string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+s.addr+path, nil)
	if err != nil {
		return err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return errors.New(res.Status)
	}
	return nil
}
