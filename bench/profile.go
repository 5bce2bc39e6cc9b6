package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"
)

// profileFor is how long processes are profiled.
const profileFor = 5 * time.Second

// profile keeps CPU profiles of a target's processes under load, when -profiles asks
// for them. It runs after the rounds that count: profiling costs time itself.
func (b *bench) profile(ctx context.Context, what string, t target) error {
	if b.profiles == "" {
		return nil
	}
	if err := os.MkdirAll(b.profiles, 0o755); err != nil {
		return err
	}
	long := *b
	long.round = profileFor + time.Second
	work, ctx := errgroup.WithContext(ctx)
	work.Go(func() error {
		_, err := long.load(ctx, t, clients)
		return err
	})
	name := strings.NewReplacer(" ", "-", ",", "", ";", "").Replace(what)
	for i, admin := range t.server.admins {
		work.Go(func() error {
			return fetchProfile(ctx, admin, filepath.Join(b.profiles, fmt.Sprintf("%s-%d.pprof", name, i)))
		})
	}
	return work.Wait()
}

func fetchProfile(ctx context.Context, admin, path string) error {
	url := fmt.Sprintf("http://%s/debug/pprof/profile?seconds=%d", admin, int(profileFor.Seconds()))
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	if err != nil {
		return err
	}
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s: %s", url, res.Status, data)
	}
	return os.WriteFile(path, data, 0o644)
}
