package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strconv"

	"github.com/holdplane/holdplane/bench/load"
	"github.com/holdplane/holdplane/bench/ratio"
)

// The counters of the Go runtime, as the admin listener names them.
const (
	mallocs   = "go_memstats_mallocs_total"
	allocated = "go_memstats_alloc_bytes_total"
)

var heapCounter = regexp.MustCompile("(?m)^(" + mallocs + "|" + allocated + `) (\S+)$`)

// addAllocations reports how much of the heap one request takes, all of the server's
// processes and net/http included. Unlike time, it doesn't depend on what else the
// machine does.
func (b *bench) addAllocations(ctx context.Context, what string, t target) error {
	before, err := heapUse(ctx, t.server)
	if err != nil {
		return err
	}
	// No warm-up: the counters would see it, the result does not.
	r, err := load.Load{Addr: t.server.addr, Clients: clients, Next: t.next, For: b.round, CPU: t.server.cpu}.Run(ctx)
	if err != nil {
		return err
	}
	after, err := heapUse(ctx, t.server)
	if err != nil {
		return err
	}
	perOp := func(name string) ratio.Series { return ratio.Series{(after[name] - before[name]) / float64(r.Ops)} }
	b.report.add(row{What: what + ", allocations", Ours: perOp(mallocs)})
	b.report.add(row{What: what + ", allocated", Unit: "bytes", Ours: perOp(allocated)})
	return nil
}

func heapUse(ctx context.Context, s *server) (map[string]float64, error) {
	sum := map[string]float64{}
	for _, admin := range s.admins {
		text, err := fetch(ctx, "http://"+admin+"/metrics")
		if err != nil {
			return nil, err
		}
		for _, m := range heapCounter.FindAllSubmatch(text, -1) {
			v, err := strconv.ParseFloat(string(m[2]), 64)
			if err != nil {
				return nil, err
			}
			sum[string(m[1])] += v
		}
	}
	return sum, nil
}

// fetch reads from an admin listener.
func fetch(ctx context.Context, url string) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s: %s", url, res.Status, data)
	}
	return data, err
}
