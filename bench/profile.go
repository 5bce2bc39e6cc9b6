package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"
)

// profileFor is how long processes are profiled.
const profileFor = 5 * time.Second

// profileLoad is profile under HTTP requests.
func (b *bench) profileLoad(ctx context.Context, what string, t target) error {
	return b.profile(ctx, what, t.server, func(ctx context.Context, long *bench) error {
		_, err := long.load(ctx, t, clients)
		return err
	})
}

// profile keeps CPU profiles of a server's processes under load, when -profiles asks for
// them. It runs after the rounds that count: profiling costs time itself.
func (b *bench) profile(ctx context.Context, what string, s *server, under func(context.Context, *bench) error) error {
	if b.profiles == "" {
		return nil
	}
	if err := os.MkdirAll(b.profiles, 0o755); err != nil {
		return err
	}
	long := *b
	long.round = profileFor + time.Second
	work, ctx := errgroup.WithContext(ctx)
	work.Go(func() error { return under(ctx, &long) })
	name := strings.NewReplacer(" ", "-", ",", "", ";", "", "/", "-").Replace(what)
	for i, admin := range s.admins {
		work.Go(func() error {
			return fetchProfile(ctx, admin, filepath.Join(b.profiles, fmt.Sprintf("%s-%d.pprof", name, i)))
		})
	}
	return work.Wait()
}

func fetchProfile(ctx context.Context, admin, path string) error {
	data, err := fetch(ctx, fmt.Sprintf("http://%s/debug/pprof/profile?seconds=%d", admin, int(profileFor.Seconds())))
	if err != nil {
		return err
	}
	return os.WriteFile(path, data, 0o644)
}
