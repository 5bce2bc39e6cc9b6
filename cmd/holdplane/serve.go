package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"runtime/debug"

	"golang.org/x/sync/errgroup"
)

// serveCmd runs the gateway and services.
type serveCmd struct {
	Services []string `name:"services" env:"HOLDPLANE_SERVICES" help:"Parts to run in this process: gateway and names of services. Default: all but those of --without."`
	serverFlags
}

func (c *serveCmd) Run(ctx context.Context, t *terminal) error {
	names := c.parts(c.Services)
	if len(servicesIn(names)) > 0 && c.MasterKey == "" {
		return errors.New("--master-key-file is missing: name the file that holdplane init made")
	}
	start, err := c.bootstrap(fromFile)
	if err != nil {
		return err
	}
	log, flush := newLog(t.err, c.LogLevel)
	return errors.Join(serve(ctx, c.serverFlags, names, start, log, nil, func(p *process, l *listeners) error {
		return c.writeEnv(p, l)
	}), flush())
}

// gcPercent trades memory for work: little lives on the heap (the stores' pages don't),
// so collecting at five times that instead of twice costs some megabytes and spares a
// busy gateway a fifth of its time. GOGC overrides it.
const gcPercent = 400

// serve runs a process until ctx ends or something fails. ready is called once
// everything listens.
func serve(ctx context.Context, flags serverFlags, names []string, start *bootstrap, log *slog.Logger, allowHost func(string) bool, ready func(*process, *listeners) error) error {
	if err := flags.check(names); err != nil {
		return err
	}
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
	p, err := newProcess(ctx, flags, names, log)
	if err != nil {
		return err
	}
	return errors.Join(p.run(ctx, start, allowHost, ready), p.close())
}

func (p *process) run(ctx context.Context, start *bootstrap, allowHost func(string) bool, ready func(*process, *listeners) error) error {
	if err := start.apply(ctx, p); err != nil {
		return err
	}
	l, err := p.listen(ctx, allowHost)
	if err != nil {
		return err
	}
	if err := ready(p, l); err != nil {
		l.closeAll()
		return err
	}
	told := ctx
	work, ctx := errgroup.WithContext(ctx)
	// Services outlive the requests that need them.
	background, stop := context.WithCancel(context.WithoutCancel(ctx))
	for name, s := range p.instances {
		work.Go(func() error {
			if err := s.Run(background); err != nil {
				return fmt.Errorf("service %s: %w", name, err)
			}
			return nil
		})
	}
	work.Go(func() error {
		defer stop()
		return l.serve(ctx, told)
	})
	work.Go(func() error {
		select {
		case <-ctx.Done():
			return nil
		case err := <-p.failure:
			return err
		}
	})
	p.warnOfNowhere(ctx)
	p.log.InfoContext(ctx, "ready", "parts", p.names, "version", version())
	err = work.Wait()
	select {
	case failure := <-p.failure: // while stopping
		err = errors.Join(err, failure)
	default:
	}
	p.log.InfoContext(ctx, "stopped")
	return err
}
