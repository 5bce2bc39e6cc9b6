package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/kv/boltkv"
	"github.com/holdplane/holdplane/pkg/kv/pgkv"
	"github.com/holdplane/holdplane/pkg/kv/sealedkv"
	"github.com/holdplane/holdplane/pkg/seal"
)

// embedded is the --store that keeps files in the data folder; so does none.
const embedded = "bolt"

func (f *serverFlags) isEmbedded() bool { return f.Store == "" || f.Store == embedded }

// openStore opens a service's store, sealed under the master key. failed is called when
// the disk below an embedded one fails; metrics gets the figures of one that has some.
func openStore(ctx context.Context, flags serverFlags, service string, master seal.Master, metrics prometheus.Registerer, failed func(error)) (*sealedkv.Store, error) {
	var inner kv.Store
	var err error
	place := filepath.Join(flags.DataDir, service+".db")
	if flags.isEmbedded() {
		inner, err = openFile(flags.DataDir, place, failed)
	} else {
		place = "schema " + schemaOf(service)
		inner, err = openSchema(ctx, flags, schemaOf(service), metrics)
	}
	if err != nil {
		return nil, err
	}
	store, err := sealedkv.Open(ctx, inner, sealedkv.Options{Service: service, Master: master})
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open %s: %w", place, err), inner.Close())
	}
	return store, nil
}

func openFile(dataDir, path string, failed func(error)) (kv.Store, error) {
	if err := checkDataDir(dataDir); err != nil {
		return nil, err
	}
	return boltkv.Open(path, boltkv.Options{OnFailure: failed})
}

// openSchema needs the data folder for the internal listener only, and not even for that
// when it listens elsewhere.
func openSchema(ctx context.Context, flags serverFlags, schema string, metrics prometheus.Registerer) (kv.Store, error) {
	if flags.DataDir != "" {
		if err := checkDataDir(flags.DataDir); err != nil {
			return nil, err
		}
	}
	s, err := pgkv.Open(ctx, pgkv.Options{DSN: flags.Store, Schema: schema, AllowPlaintext: flags.AllowPlaintext})
	switch {
	case errors.Is(err, pgkv.ErrPlaintext):
		return nil, fmt.Errorf("--store: %w, or allow it with --allow-plaintext", err)
	case err != nil:
		return nil, fmt.Errorf("--store: %w", err)
	}
	if err := metrics.Register(s); err != nil {
		return nil, errors.Join(fmt.Errorf("--store: %w", err), s.Close())
	}
	return s, nil
}

// schemaOf is where PostgreSQL keeps a service's data.
func schemaOf(service string) string { return "holdplane_" + strings.ReplaceAll(service, "-", "_") }

// checkStore refuses what is no store. It doesn't show what may be a password.
func (f *serverFlags) checkStore() error {
	if f.isEmbedded() || strings.HasPrefix(f.Store, "postgres://") || strings.HasPrefix(f.Store, "postgresql://") {
		return nil
	}
	return fmt.Errorf("--store is neither %s nor an address like postgres://user@host:5432/database", embedded)
}

func checkDataDir(dir string) error {
	info, err := os.Stat(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("the data folder %s does not exist; make it with: holdplane init --data-dir %s --master-key-file FILE", dir, dir)
	}
	if err != nil {
		return err
	}
	if !info.IsDir() {
		return fmt.Errorf("%s is not a folder; choose another --data-dir", dir)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return fmt.Errorf("the data folder %s is open to other users (mode %04o); close it with: chmod 700 %s", dir, info.Mode().Perm(), dir)
	}
	return nil
}

// makeDataDir makes the folder for this user only; an existing one is left as it is.
func makeDataDir(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("make the data folder: %w", err)
	}
	return checkDataDir(dir)
}
