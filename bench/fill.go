package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/holdplane/holdplane/bench/floor"
	"github.com/holdplane/holdplane/pkg/id"
)

// pageRows is the most rows a page holds, and what the bench asks for.
const pageRows = 100

// api talks to a server as its customers do. It prepares; it does not measure.
type api struct {
	base, key string
	client    *http.Client
	header    http.Header // sent with every request, beside the usual ones
}

func newAPI(srv *server, s *site) *api {
	return &api{
		base: "http://" + srv.addr, key: s.rootKey,
		client: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: clients}, Timeout: time.Minute},
	}
}

func (a *api) call(ctx context.Context, method, path string, body []byte, into any) error {
	req, err := http.NewRequestWithContext(ctx, method, a.base+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	if a.header != nil {
		req.Header = a.header.Clone()
	}
	req.Header.Set("Authorization", "Bearer "+a.key)
	req.Header.Set("X-Auth-Token", a.key)
	req.Header.Set("Content-Type", "application/json")
	res, err := a.client.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	if err != nil {
		return err
	}
	if res.StatusCode/100 != 2 {
		return fmt.Errorf("%s %s: %s: %s", method, path, res.Status, answer)
	}
	return json.Unmarshal(answer, into)
}

// page is a page of identities.
type page struct {
	Identities []struct{ ID string }
	Cursor     string
	Total      int
}

// listPath is where a page is; an empty cursor means the first.
func listPath(cursor string) string {
	path := fmt.Sprintf("/v1/identities.listIdentities?limit=%d", pageRows)
	if cursor != "" {
		path += "&cursor=" + url.QueryEscape(cursor)
	}
	return path
}

func (a *api) page(ctx context.Context, cursor string) (p page, err error) {
	return p, a.call(ctx, http.MethodGet, listPath(cursor), nil, &p)
}

// ids are those of the first identities, n at most.
func (a *api) ids(ctx context.Context, n int) (ids []string, err error) {
	for cursor := ""; len(ids) < n; {
		p, err := a.page(ctx, cursor)
		if err != nil {
			return nil, err
		}
		for _, i := range p.Identities {
			ids = append(ids, i.ID)
		}
		if cursor = p.Cursor; cursor == "" {
			break
		}
	}
	return ids, nil
}

// identity is the body that creates one like the floors' sample.
func identity(externalID string) []byte {
	return fmt.Appendf(nil, `{"externalId":%q,"meta":%s,"ratelimits":[{"name":"requests","limit":1000,"duration":60000},{"name":"tokens","limit":200000,"duration":3600000}]}`,
		externalID, floor.Sample.GetMeta())
}

// fill creates identities until a site has n of them.
func (b *bench) fill(ctx context.Context, srv *server, s *site, n int) error {
	a := newAPI(srv, s)
	first, err := a.page(ctx, "")
	if err != nil {
		return fmt.Errorf("%w (if another build has filled the store, remove %s)", err, s.dir+"*")
	}
	if first.Total >= n {
		return nil
	}
	b.say("filling %s with %d identities, once", s.dir, n-first.Total)
	prefix, start := id.New("fill"), time.Now()
	var next atomic.Int64
	next.Store(int64(first.Total))
	writers, ctx := errgroup.WithContext(ctx)
	for range clients {
		writers.Go(func() error {
			for i := next.Add(1); i <= int64(n); i = next.Add(1) {
				if err := a.call(ctx, http.MethodPost, "/v1/identities.createIdentity", identity(fmt.Sprint(prefix, "_", i)), &struct{}{}); err != nil {
					return err
				}
				if i%100_000 == 0 {
					b.say("%d of %d, %v", i, n, time.Since(start).Round(time.Second))
				}
			}
			return nil
		})
	}
	return writers.Wait()
}
