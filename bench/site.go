package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/holdplane/holdplane/pkg/id"
)

// allServices are those of every server that is measured: what none asks for costs, too.
const allServices = "identity,user-admin,secret-container,connection-vault"

// site is a data folder and what a server needs to run on it.
type site struct {
	name      string
	dir       string
	masterKey string
	bootstrap string
	rootKey   string
}

var keyLine = regexp.MustCompile(`key: (\w+)`)

// site makes a data folder below parent, or finds the one of an earlier run.
func (b *bench) site(ctx context.Context, parent, name string) (*site, error) {
	dir := filepath.Join(parent, name)
	s := &site{name: name, dir: dir, masterKey: dir + ".key", bootstrap: dir + ".yaml"}
	kept, err := os.ReadFile(s.bootstrap)
	if errors.Is(err, fs.ErrNotExist) {
		return s, s.make(ctx, b.binary)
	}
	if err != nil {
		return nil, err
	}
	key := keyLine.FindSubmatch(kept)
	if key == nil {
		return nil, fmt.Errorf("%s holds no key; remove it and %s", s.bootstrap, dir)
	}
	s.rootKey = string(key[1])
	return s, nil
}

func (s *site) make(ctx context.Context, binary string) error {
	init := exec.CommandContext(ctx, binary, "init", "--data-dir", s.dir, "--master-key-file", s.masterKey)
	if said, err := init.CombinedOutput(); err != nil {
		return fmt.Errorf("holdplane init: %w: %s", err, bytes.TrimSpace(said))
	}
	s.rootKey = id.Secret("hp_root")
	yaml := fmt.Sprintf("tenants:\n  - id: bench\n    name: bench\n    root_keys:\n      - {name: bench, permissions: [\"*\", openstack.admin], key: %s}\n", s.rootKey)
	return os.WriteFile(s.bootstrap, []byte(yaml), 0o600)
}

// append adds to what the site's first start makes: text in YAML, as members of the tenant
// and, behind those, of the whole file.
func (s *site) append(text string) error {
	f, err := os.OpenFile(s.bootstrap, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	return errors.Join(err, f.Close())
}

// own starts holdplane in one process on a site that is a measure's own, and of this run.
// What prepare does comes before the start.
func (b *bench) own(ctx context.Context, name string, prepare ...func(*site) error) (*site, *server, error) {
	s, err := b.site(ctx, b.fresh, name)
	if err != nil {
		return nil, nil, err
	}
	for _, p := range prepare {
		if err := p(s); err != nil {
			return nil, nil, err
		}
	}
	srv, err := b.whole(ctx, s)
	return s, srv, err
}

// whole starts holdplane in one process.
func (b *bench) whole(ctx context.Context, s *site) (*server, error) {
	srv, err := b.startWhole(s)
	if err != nil {
		return nil, err
	}
	return srv, srv.await(ctx, "/readyz")
}

func (b *bench) startWhole(s *site) (srv *server, err error) {
	srv = &server{}
	if srv.addr, err = freeAddr(); err != nil {
		return nil, err
	}
	return srv, b.part(srv, s, "gateway,"+allServices, append(b.storeFlags(s), "--http-addr", srv.addr)...)
}

// halves starts holdplane as two processes with a unix socket between.
func (b *bench) halves(ctx context.Context, s *site) (srv *server, err error) {
	srv = &server{}
	if srv.addr, err = freeAddr(); err != nil {
		return nil, err
	}
	if err := b.part(srv, s, allServices, b.storeFlags(s)...); err != nil {
		return nil, err
	}
	flags := []string{"--http-addr", srv.addr}
	for service := range strings.SplitSeq(allServices, ",") {
		flags = append(flags, "--peer", service+"="+b.socket("grpc"))
	}
	err = b.part(srv, s, "gateway", flags...)
	if err != nil {
		return nil, errors.Join(err, srv.stop())
	}
	return srv, srv.await(ctx, "/readyz")
}

// storeFlags are those of a process that runs services.
func (b *bench) storeFlags(s *site) []string {
	return []string{
		"--data-dir", s.dir, "--master-key-file", s.masterKey, "--bootstrap", s.bootstrap,
		"--grpc-addr", b.socket("grpc"), "--internal-addr", b.socket("internal"),
	}
}

func (b *bench) socket(name string) string { return "unix://" + filepath.Join(b.work, name+".sock") }

// part starts a process that runs some services. Its request log goes to a file, its
// metrics and profiles are on.
func (b *bench) part(srv *server, s *site, services string, flags ...string) error {
	admin, err := freeAddr()
	if err != nil {
		return err
	}
	srv.admins = append(srv.admins, admin)
	args := append([]string{"serve", "--services", services, "--admin-addr", admin}, flags...)
	return srv.start(b.logName(s.name, services), b.binary, args...)
}
