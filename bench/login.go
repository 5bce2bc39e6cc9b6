package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"sync"

	"github.com/holdplane/holdplane/bench/floor"
	"github.com/holdplane/holdplane/bench/load"
	"github.com/holdplane/holdplane/bench/ratio"
)

// logins is how many log in at the same time while others are served.
const logins = 4

// readers is how many are served meanwhile: few, as many would wait for each other.
const readers = 2

// login compares logins with bare argon2id, and other calls while some log in with the same
// calls while nobody does.
func login(ctx context.Context, b *bench) (err error) {
	s, srv, err := b.own(ctx, "login", (*site).addUsers)
	if err != nil {
		return err
	}
	defer srv.stopInto(&err)
	reading := target{srv, always(request("/v1/identities.listIdentities?limit=1", s.rootKey))}
	entering := target{srv, func(client int) []byte { return loginOf(client) }}
	var one, bare, calm, busy series
	err = b.alternate(
		b.roundOf(ctx, entering, 1, &one),
		func() error {
			r, err := floor.Argon(ctx, b.round)
			if err == nil {
				bare.add(r)
			}
			return err
		},
		b.roundOf(ctx, reading, readers, &calm),
		func() error { return b.during(ctx, entering, reading, &busy) },
	)
	if err != nil {
		return err
	}
	b.report.add(row{What: "login, CPU; bare argon2id", Unit: "us", Ours: one.cpu, Floor: bare.cpu, Goal: ratio.AtMost(1.1)})
	b.report.add(row{What: "login, p50; bare argon2id", Unit: "ms", Ours: one.p50, Floor: bare.p50})
	b.report.add(row{What: "list under 4 logins at once, p99; without", Unit: "ms", Ours: busy.p99, Floor: calm.p99, Goal: ratio.AtMost(3)})
	b.report.add(row{What: "list under 4 logins at once, p50; without", Unit: "ms", Ours: busy.p50, Floor: calm.p50})
	return nil
}

// during measures reading while others log in all the time.
func (b *bench) during(ctx context.Context, entering, reading target, into *series) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var others sync.WaitGroup
	var failed error
	others.Go(func() { _, failed = b.load(ctx, entering, logins) })
	var r load.Result
	r, err := b.load(ctx, reading, readers)
	others.Wait()
	if err := errors.Join(err, failed); err != nil {
		return err
	}
	into.add(r)
	return nil
}

// loginOf is a whole login request of one of the users.
func loginOf(client int) []byte {
	body := url.Values{
		"grant_type": {"password"}, "client_id": {"bench"}, "client_secret": {"the secret of the bench's client"},
		"username": {fmt.Sprintf("user-%d@example.com", client%logins)}, "password": {"the password of the bench"},
	}.Encode()
	return fmt.Appendf(nil, "POST /auth/realms/contabo/protocol/openid-connect/token HTTP/1.1\r\nHost: 127.0.0.1\r\n"+
		"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
}

// addUsers has the site's first start make users.
func (s *site) addUsers() error {
	text := "    oauth_client: {client_id: bench, client_secret: the secret of the bench's client}\n    users:\n"
	for i := range logins {
		text += fmt.Sprintf("      - {id: user-%[1]d, email: user-%[1]d@example.com, password: the password of the bench}\n", i)
	}
	return s.append(text)
}
