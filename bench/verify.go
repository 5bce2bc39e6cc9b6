package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
)

// verify measures the verification of keys through JSON, as a product in front of its
// users does it, beside a stock gateway's get.
func verify(ctx context.Context, b *bench) (err error) {
	s, ours, err := b.own(ctx, "verify")
	if err != nil {
		return err
	}
	defer ours.stopInto(&err)
	floor, err := b.direct(ctx)
	if err != nil {
		return err
	}
	defer floor.stopInto(&err)
	keys, err := makeKeys(ctx, ours, s)
	if err != nil {
		return err
	}
	var bare series
	rounds := []func() error{b.roundOf(ctx, target{floor, always(request(anyGet, "any"))}, clients, &bare)}
	kinds := make([]series, len(keys))
	for i, k := range keys {
		rounds = append(rounds, b.roundOf(ctx, target{ours, always(post(k.path, s.rootKey, k.body))}, clients, &kinds[i]))
	}
	if err := b.alternate(rounds...); err != nil {
		return err
	}
	for i, k := range keys {
		b.report.add(row{What: "verifyKey " + k.name + ", CPU; stock gateway's get", Unit: "us", Ours: kinds[i].cpu, Floor: bare.cpu})
		b.report.add(row{What: "verifyKey " + k.name + ", requests/s", Ours: kinds[i].rate, Floor: bare.rate})
		b.report.add(row{What: "verifyKey " + k.name + ", p99", Unit: "ms", Ours: kinds[i].p99, Floor: bare.p99})
	}
	return b.profileLoad(ctx, "verifyKey v2", target{ours, always(post(keys[1].path, s.rootKey, keys[1].body))})
}

// verified is one kind of verification.
type verified struct{ name, path, body string }

// makeKeys makes a key of each kind; no kind runs out while it is measured.
func makeKeys(ctx context.Context, srv *server, s *site) ([]verified, error) {
	call := func(path, body string) (answer struct{ APIID, Key string }, err error) {
		var wrapped struct {
			Data struct{ APIID, Key string }
		}
		err = srv.call(ctx, path, s.rootKey, body, &wrapped)
		return wrapped.Data, err
	}
	api, err := call("/v2/apis.createApi", `{"name":"bench"}`)
	if err != nil {
		return nil, err
	}
	var kinds []verified
	for _, k := range []struct{ name, path, more string }{
		{"v1", "/v1/keys.verifyKey", ""},
		{"v2", "/v2/keys.verifyKey", ""},
		{"v2 with a limit", "/v2/keys.verifyKey", `,"ratelimits":[{"name":"calls","limit":1000000000,"duration":60000,"autoApply":true}]`},
		{"v2 with credits", "/v2/keys.verifyKey", `,"credits":{"remaining":1000000000}`},
	} {
		made, err := call("/v2/keys.createKey", `{"apiId":"`+api.APIID+`"`+k.more+`}`)
		if err != nil {
			return nil, err
		}
		kinds = append(kinds, verified{k.name, k.path, `{"key":"` + made.Key + `"}`})
	}
	return kinds, nil
}

// call posts JSON and reads the answer.
func (s *server) call(ctx context.Context, path, key, body string, answer any) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+s.addr+path, bytes.NewReader([]byte(body)))
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+key)
	req.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	said, err := io.ReadAll(res.Body)
	if err != nil {
		return err
	}
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s: %s", path, res.Status, said)
	}
	return json.Unmarshal(said, answer)
}

// post is a whole POST request.
func post(path, key, body string) []byte {
	return fmt.Appendf(nil, "POST %s HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s",
		path, key, len(body), body)
}
