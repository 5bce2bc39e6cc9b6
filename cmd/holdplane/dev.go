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

	"github.com/holdplane/holdplane/gateway"
	"github.com/holdplane/holdplane/pkg/id"
	"github.com/holdplane/holdplane/pkg/seal"
)

// devTenant owns what dev makes.
const devTenant = "default"

// devKeyName is the variable that keeps dev's root key between starts.
const devKeyName = "UNKEY_ROOT_KEY"

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
	key, err := devKey(kept)
	if err != nil {
		return err
	}
	start.Tenants = append(start.Tenants, bootstrapTenant{
		ID: devTenant, Name: devTenant,
		RootKeys: []bootstrapRootKey{{Name: "dev", Key: secret{text: key}, Permissions: devPermissions()}},
	})
	log, flush := newLog(t.err, c.LogLevel)
	if isTerminal(t.err) {
		log = slog.New(slog.NewTextHandler(t.err, nil))
	}
	return errors.Join(serve(ctx, c.serverFlags, names, start, log, gateway.LoopbackHost, func(p *process, l *listeners) error {
		vars := append(addresses(l), variable{devKeyName, key})
		mails := p.mailsURL()
		if mails != "" {
			vars = append(vars, variable{"MAILS_URL", mails})
		}
		if err := writeEnvFile(kept, vars); err != nil {
			return err
		}
		if c.EnvFile != "" {
			if err := writeEnvFile(c.EnvFile, vars); err != nil {
				return err
			}
		}
		return c.greet(t, kept, key, mails, l)
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

// devKey is the root key of earlier starts, or a new one.
func devKey(kept string) (string, error) {
	vars, err := readEnvFile(kept)
	if err != nil {
		return "", fmt.Errorf("read %s: %w", kept, err)
	}
	if key := vars[devKeyName]; key != "" {
		return key, nil
	}
	return id.Secret("hp_root"), nil
}

// devPermissions open everything to dev's root key.
func devPermissions() []text {
	var all []text
	for _, p := range allPermissions() {
		all = append(all, text(p))
	}
	return all
}

// greet shows how to go on. Credentials go to a terminal only: what a script or a
// service manager catches ends in logs.
func (c *devCmd) greet(t *terminal, kept, key, mails string, l *listeners) error {
	base, grpc := "http://"+l.httpOn.Addr().String(), l.publicOn.Addr().String()
	if !isTerminal(t.out) {
		_, err := fmt.Fprintf(t.out, "holdplane dev is ready at %s and %s; credentials are in %s\n", base, grpc, kept)
		return err
	}
	if mails != "" {
		mails = "\n  mails " + mails + "     (opens once)"
	}
	_, err := fmt.Fprintf(t.out, `
holdplane dev is ready. Data lies in %[4]s; not for production (then: holdplane init, holdplane serve).

  JSON  %[1]s     gRPC  %[2]s     metrics  http://%[5]s/metrics
  key   %[3]s     (also in %[6]s)%[7]s

  curl %[1]s/v1/identities.createIdentity -H 'Authorization: Bearer %[3]s' \
    -H 'Content-Type: application/json' -d '{"externalId":"user_123","meta":{"plan":"pro"}}'

  Python       Unkey(bearer_auth="%[3]s", server_url="%[1]s")
  TypeScript   new Unkey({ rootKey: "%[3]s", baseUrl: "%[1]s" })
  grpcurl      grpcurl -plaintext -H 'authorization: Bearer %[3]s' %[2]s holdplane.identity.v1.IdentityService/ListIdentities

`, base, grpc, key, c.DataDir, c.AdminAddr, kept, mails)
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
