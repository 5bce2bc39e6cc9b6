package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/holdplane/holdplane/pkg/kv/boltkv"
	"github.com/holdplane/holdplane/pkg/kv/sealedkv"
	"github.com/holdplane/holdplane/pkg/seal"
)

// openStore opens a service's embedded store, sealed under the master key. failed is
// called when the disk below it fails.
func openStore(ctx context.Context, dataDir, service string, master seal.Master, failed func(error)) (*sealedkv.Store, error) {
	if err := checkDataDir(dataDir); err != nil {
		return nil, err
	}
	path := filepath.Join(dataDir, service+".db")
	file, err := boltkv.Open(path, boltkv.Options{OnFailure: failed})
	if err != nil {
		return nil, err
	}
	store, err := sealedkv.Open(ctx, file, sealedkv.Options{Service: service, Master: master})
	if err != nil {
		file.Close()
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	return store, nil
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
