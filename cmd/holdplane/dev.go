package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/holdplane/holdplane/gateway"
	"github.com/holdplane/holdplane/pkg/seal"
	"github.com/holdplane/holdplane/services/connectionvault"
	"github.com/holdplane/holdplane/services/useradmin"
)

// devCmd runs everything in one process with nothing prepared. It listens on loopback
// only and answers no foreign Host, so that no web page can reach it by a name of its own.
type devCmd struct {
	serverFlags
}

func (c *devCmd) Run(ctx context.Context, t *terminal) error {
	names := c.parts(nil)
	if err := c.prepare(names); err != nil {
		return err
	}
	start, err := c.bootstrap(anyFile)
	if err != nil {
		return err
	}
	kept := filepath.Join(c.DataDir, "dev.env")
	secrets, err := readDevSecrets(kept)
	if err != nil {
		return err
	}
	start.Tenants = secrets.join(start.Tenants)
	here := devParts{users: slices.Contains(names, useradmin.Name), vault: slices.Contains(names, connectionvault.Name)}
	log, flush := newLog(t.err, c.LogLevel)
	if isTerminal(t.err) {
		log = slog.New(slog.NewTextHandler(t.err, nil))
	}
	return errors.Join(serve(ctx, c.serverFlags, names, start, log, gateway.LoopbackHost, func(p *process, l *listeners) error {
		base, vars := "http://"+l.httpOn.Addr().String(), addresses(l)
		if p.mailbox != nil {
			vars = append(vars, variable{"MAILS_URL", p.mailsURL()})
		}
		// All secrets are kept, also those of a service that is left out this time.
		if err := writeEnvFile(kept, slices.Concat(vars, secrets.variables(base, devParts{users: true, vault: true}))); err != nil {
			return err
		}
		if c.EnvFile != "" {
			if err := writeEnvFile(c.EnvFile, slices.Concat(vars, secrets.variables(base, here))); err != nil {
				return err
			}
		}
		return c.greet(t, kept, base, l.publicOn.Addr().String(), secrets.greeting(here, p.mailsURL()))
	}), flush())
}

// prepare fills in what serve asks for, and makes the folder and the key once.
func (c *devCmd) prepare(names []string) error {
	if err := c.layout(names).check(); err != nil {
		return err
	}
	if c.DataDir == "" {
		c.DataDir = ".holdplane"
	}
	if c.MasterKey == "" {
		c.MasterKey = filepath.Clean(c.DataDir) + ".key"
	}
	c.Reflection, c.keepMails = true, true
	for flag, addr := range c.listening(names) {
		if err := checkAddr(addr); err != nil {
			return fmt.Errorf("%s: %w", flag, err)
		}
		if !isLocal(addr) {
			return fmt.Errorf("%s %s: dev listens on loopback only; for others to reach it use: holdplane serve", flag, addr)
		}
	}
	if err := makeDataDir(c.DataDir); err != nil {
		return err
	}
	return makeMasterKey(c.MasterKey, c.DataDir)
}

// makeMasterKey makes a key where there is none. Data without its key is not a case for
// a new one.
func makeMasterKey(path, dataDir string) error {
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	stores, err := filepath.Glob(filepath.Join(dataDir, "*.db"))
	if err != nil {
		return err
	}
	if len(stores) > 0 {
		return fmt.Errorf("the master key %s is missing, and %s can't be read without it; put it back, or name another --data-dir to begin anew", path, dataDir)
	}
	_, err = seal.CreateMasterFile(path)
	return err
}

// greet shows how to go on. Credentials go to a terminal only: what a script or a
// service manager catches ends in logs.
func (c *devCmd) greet(t *terminal, kept, base, grpc, greeting string) error {
	if !isTerminal(t.out) {
		_, err := fmt.Fprintf(t.out, "holdplane dev is ready at %s and %s; credentials are in %s\n", base, grpc, kept)
		return err
	}
	_, err := strings.NewReplacer(
		"{base}", base, "{grpc}", grpc, "{admin}", c.AdminAddr, "{data}", c.DataDir, "{kept}", kept,
	).WriteString(t.out, greeting)
	return err
}

// isTerminal tells whether somebody is looking.
func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
