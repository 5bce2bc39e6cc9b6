package main

import (
	"context"
	"fmt"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"github.com/holdplane/holdplane/bench/ratio"
)

// A container with many consumers, and one with few.
const (
	manyConsumers = 100_000
	fewConsumers  = 10
)

// consumers compares what a container with many consumers costs with one that has few.
func consumers(ctx context.Context, b *bench) (err error) {
	s, srv, err := b.own(ctx, "consumers")
	if err != nil {
		return err
	}
	defer srv.stopInto(&err)
	a := newAPI(srv, s)
	large, err := a.container(ctx, manyConsumers)
	if err != nil {
		return err
	}
	deep := s.asKeystone("GET", fmt.Sprintf("/v1/containers/%s/consumers?limit=100&offset=%d", large, manyConsumers-200), "", "")
	first := s.asKeystone("GET", "/v1/containers/"+large+"/consumers?limit=100", "", "")
	what := fmt.Sprintf("page after %d consumers; the first page", manyConsumers-200)
	if err := b.compare(ctx, what, target{srv, always(deep)}, target{srv, always(first)}, ratio.AtMost(1.5)); err != nil {
		return err
	}
	small, err := b.smallContainers(ctx, a)
	if err != nil {
		return err
	}
	what = fmt.Sprintf("consumer registered beside %d; beside %d", manyConsumers, fewConsumers)
	return b.compare(ctx, what, target{srv, s.registrations(func(int64) string { return large })}, target{srv, s.registrations(small)}, ratio.AtMost(1.5))
}

// smallContainers returns one for each registration, so that they stay small.
func (b *bench) smallContainers(ctx context.Context, a *api) (func(int64) string, error) {
	var small []string
	for range 2000 {
		of, err := a.container(ctx, fewConsumers)
		if err != nil {
			return nil, err
		}
		small = append(small, of)
	}
	return func(n int64) string { return small[n%int64(len(small))] }, nil
}

// container makes one with so many consumers.
func (a *api) container(ctx context.Context, many int) (string, error) {
	var made struct {
		Ref string `json:"container_ref"`
	}
	if err := a.call(ctx, "POST", "/v1/containers", []byte(`{"type":"generic"}`), &made); err != nil {
		return "", err
	}
	of := idOf(made.Ref)
	var next atomic.Int64
	writers, ctx := errgroup.WithContext(ctx)
	for range min(many, clients) {
		writers.Go(func() error {
			for n := next.Add(1); n <= int64(many); n = next.Add(1) {
				if err := a.call(ctx, "POST", "/v1/containers/"+of+"/consumers", []byte(consumer(n)), &struct{}{}); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return of, writers.Wait()
}

func consumer(n int64) string {
	return fmt.Sprintf(`{"name":"consumer %d","URL":"https://example.com/%d"}`, n%1000, n)
}

// registrations are of consumers that are all different, each in the container that of picks.
func (s *site) registrations(of func(n int64) string) func(int) []byte {
	var n atomic.Int64
	n.Store(2 * manyConsumers)
	return func(int) []byte {
		i := n.Add(1)
		return s.asKeystone("POST", "/v1/containers/"+of(i)+"/consumers", "", consumer(i))
	}
}
