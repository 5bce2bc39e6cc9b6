package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/holdplane/holdplane/bench/ratio"
	"github.com/holdplane/holdplane/pkg/id"
)

// keptSecrets is how many secrets are read in turn.
const keptSecrets = 10_000

// secret compares keeping and reading secrets of 32 bytes with a bare sealed file.
func secret(ctx context.Context, b *bench) (err error) {
	s, srv, err := b.own(ctx, "secret")
	if err != nil {
		return err
	}
	defer srv.stopInto(&err)
	floor, err := b.vault(ctx)
	if err != nil {
		return err
	}
	defer floor.stopInto(&err)
	keep := func(int) []byte { return s.keepSecret() }
	fill := func(int) []byte { return keepBare(id.UUID()) }
	if err := b.compare(ctx, "32-byte secret stored; bare sealed file", target{srv, keep}, target{floor, fill}, ratio.AtMost(2.5)); err != nil {
		return err
	}
	ours, theirs, err := b.keptBoth(ctx, srv, floor, s)
	if err != nil {
		return err
	}
	return b.compare(ctx, "payload read, audited; bare sealed file", target{srv, inTurn(ours)}, target{floor, inTurn(theirs)}, ratio.AtMost(3.5))
}

// vault starts the bare sealed file.
func (b *bench) vault(ctx context.Context) (*server, error) {
	s := &server{}
	var err error
	if s.addr, err = freeAddr(); err != nil {
		return nil, err
	}
	if err := s.startFloor(b, "secrets", s.addr, filepath.Join(b.fresh, "vault.bolt")); err != nil {
		return nil, err
	}
	a := api{base: "http://" + s.addr, client: newAPI(s, &site{}).client}
	for {
		// The first one that it keeps says that it is there.
		err := a.call(ctx, "POST", "/v1/secret/data/"+id.UUID(), []byte(bareSecret), &struct{}{})
		if err == nil {
			return s, nil
		}
		select {
		case <-ctx.Done():
			return nil, errors.Join(err, s.stop())
		case <-s.processes[0].Ended():
			return nil, errors.Join(s.processes[0].Failure(), s.stop())
		default:
		}
	}
}

// keptBoth fills both sides and returns requests that read what they have.
func (b *bench) keptBoth(ctx context.Context, srv, floor *server, s *site) (ours, theirs [][]byte, err error) {
	a, bare := newAPI(srv, s), newAPI(floor, s)
	for range keptSecrets {
		of := id.UUID()
		if err := bare.call(ctx, "POST", "/v1/secret/data/"+of, []byte(bareSecret), &struct{}{}); err != nil {
			return nil, nil, err
		}
		theirs = append(theirs, []byte("GET /v1/secret/data/"+of+" HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"))
		var made struct {
			Ref string `json:"secret_ref"`
		}
		if err := a.call(ctx, "POST", "/v1/secrets", []byte(oneSecret), &made); err != nil {
			return nil, nil, err
		}
		ours = append(ours, s.asKeystone("GET", "/v1/secrets/"+idOf(made.Ref)+"/payload", "Accept: text/plain\r\n", ""))
	}
	return ours, theirs, nil
}

// idOf is what an address ends with.
func idOf(ref string) string { return filepath.Base(ref) }

const (
	oneSecret  = `{"name":"bench","payload":"0123456789abcdef0123456789abcdef","payload_content_type":"text/plain"}`
	bareSecret = `{"data":{"v":"0123456789abcdef0123456789abcdef"}}`
)

func (s *site) keepSecret() []byte { return s.asKeystone("POST", "/v1/secrets", "", oneSecret) }

func keepBare(of string) []byte {
	return fmt.Appendf(nil, "POST /v1/secret/data/%s HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", of, len(bareSecret), bareSecret)
}

// asKeystone is a whole request as clients of OpenStack send it.
func (s *site) asKeystone(method, path, header, body string) []byte {
	if body != "" {
		header += fmt.Sprintf("Content-Type: application/json\r\nContent-Length: %d\r\n", len(body))
	}
	return fmt.Appendf(nil, "%s %s HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Auth-Token: %s\r\n%s\r\n%s", method, path, s.rootKey, header, body)
}
