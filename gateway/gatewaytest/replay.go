package gatewaytest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
)

// Replay sends the requests of a recording, in order, to the gateway at base, and
// returns how the responses differ; nil when they do not. Recordings count what they
// find: each wants a tenant, or a server, of its own. Vars gives variables their values.
func Replay(ctx context.Context, base, file string, vars map[string]string) error {
	steps, err := readFile(file)
	if err != nil {
		return err
	}
	if len(steps) == 0 {
		return fmt.Errorf("%s has no request", file)
	}
	known := variables{}
	maps.Copy(known, vars)
	var errs []error
	for _, s := range steps {
		if s.status == 0 {
			return fmt.Errorf("%s: request %s has no response", file, s.name)
		}
		if err := s.replay(ctx, base, known); err != nil {
			errs = append(errs, fmt.Errorf("request %s: %w", s.name, err))
		}
	}
	return errors.Join(errs...)
}

// client follows no redirects and keeps no connections: a recording stands for itself.
var client = &http.Client{
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	Transport:     &http.Transport{DisableKeepAlives: true, DisableCompression: true},
}

func (s step) replay(ctx context.Context, base string, vars variables) error {
	req, err := http.NewRequestWithContext(ctx, s.method, base+vars.fill(s.target), strings.NewReader(vars.fill(s.body)))
	if err != nil {
		return err
	}
	for _, h := range s.header {
		req.Header.Add(h[0], vars.fill(h[1]))
	}
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	body, err := io.ReadAll(resp.Body)
	if err := errors.Join(err, resp.Body.Close()); err != nil {
		return err
	}
	if resp.StatusCode != s.status {
		return fmt.Errorf("status is %d, want %d; body: %s", resp.StatusCode, s.status, body)
	}
	if err := compareBody(s.want, string(body), vars); err != nil {
		return fmt.Errorf("body: %w\n got %s\nwant %s", err, body, s.want)
	}
	return compareHeaders(s.response, resp.Header, vars)
}

func compareHeaders(want, got http.Header, vars variables) error {
	var errs []error
	for _, name := range slices.Sorted(maps.Keys(want)) {
		wanted, has := strings.Join(want[name], ", "), strings.Join(got[name], ", ")
		if !vars.match(wanted, has) {
			errs = append(errs, fmt.Errorf("header %s is %q, want %q", name, has, wanted))
		}
	}
	for name := range got {
		if _, ok := want[name]; !ok && !ofTransport[name] {
			errs = append(errs, fmt.Errorf("header %s: %s is not in the recording", name, got[name]))
		}
	}
	return errors.Join(errs...)
}

// ofTransport are the headers that HTTP itself needs.
var ofTransport = map[string]bool{"Date": true, "Content-Length": true, "Connection": true}
