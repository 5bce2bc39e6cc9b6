package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"github.com/holdplane/holdplane/bench/ratio"
	"github.com/holdplane/holdplane/pkg/id"
	"github.com/holdplane/holdplane/services/connectionvault/catalog"
)

const (
	// listed is how many connections the list has: all of the connectors that are shipped, and
	// of connectors in files of the operator's as many more as that takes.
	listed = 200
	// added is how many of those the consumer has.
	added = 20
	// perConnection is what each may add to a list beyond a get, in microseconds of CPU.
	perConnection = 4
)

// connections compares listing connections with reading one.
func connections(ctx context.Context, b *bench) (err error) {
	v := &vault{}
	s, srv, err := b.own(ctx, "connections", v.prepare)
	if err != nil {
		return err
	}
	defer srv.stopInto(&err)
	if err := v.connect(ctx, newAPI(srv, s)); err != nil {
		return err
	}
	all := target{srv, always(v.request("/vault/connections"))}
	one := target{srv, inTurn(v.reads())}
	var list, get series
	if err := b.alternate(b.roundOf(ctx, all, clients, &list), b.roundOf(ctx, one, clients, &get)); err != nil {
		return err
	}
	var limit ratio.Series
	for _, cpu := range get.cpu {
		limit = append(limit, cpu+listed*perConnection)
	}
	what := fmt.Sprintf("%d connections listed", listed)
	b.report.add(row{What: fmt.Sprintf("%s; get + %d x %d us, CPU", what, listed, perConnection), Unit: "us", Ours: list.cpu, Floor: limit, Goal: ratio.AtMost(1)})
	b.report.add(row{What: what + "; a connection read, CPU", Unit: "us", Ours: list.cpu, Floor: get.cpu})
	b.report.add(row{What: what + "; a connection read, p50", Unit: "ms", Ours: list.p50, Floor: get.p50})
	if err := b.addAllocations(ctx, what, all); err != nil {
		return err
	}
	return errors.Join(b.profileLoad(ctx, what, all), b.profileLoad(ctx, "a connection read", one))
}

// vault is an application that integrates everything, and its key.
type vault struct {
	key  string
	more int // connectors that are not shipped
}

// prepare has the site's first start make the application.
func (v *vault) prepare(s *site) error {
	shipped, err := catalog.Load()
	if err != nil {
		return err
	}
	v.key, v.more = id.Secret("sk"), listed
	var text strings.Builder
	integrate := func(service string) {
		fmt.Fprintf(&text, "          - {service_id: %s, client_id: bench, client_secret: bench}\n", service)
	}
	for c := range shipped.All() {
		v.more -= len(c.UnifiedAPIs)
		integrate(c.ServiceID)
	}
	files := s.dir + "-connectors"
	if err := os.Mkdir(files, 0o700); err != nil {
		return err
	}
	for i := range v.more {
		integrate(own(i))
		if err := os.WriteFile(filepath.Join(files, own(i)+".yaml"), fmt.Appendf(nil, ownConnector, own(i)), 0o600); err != nil {
			return err
		}
	}
	return s.append(fmt.Sprintf("    apps:\n      - id: shop\n        name: shop\n        api_key: %s\n        redirect_uris: [https://shop.example.com/]\n"+
		"        integrations:\n%sconnectors: [%s]\n", v.key, text.String(), files))
}

// own is the id of a connector that is not shipped.
func own(i int) string { return fmt.Sprintf("own-%03d", i) }

// ownConnector has as much to show as those that are shipped and have the most.
const ownConnector = `service_id: %[1]s
name: Our own
unified_apis: [crm]
website: https://www.example.com
icon: https://www.example.com/%[1]s/icon.png
logo: https://www.example.com/%[1]s/logo.png
tag_line: What is our own and nobody else has
auth_type: oauth2
oauth:
  grant: authorization_code
  authorize_url: https://www.example.com/authorize
  token_url: https://www.example.com/token
fields:
  - {id: host, label: Host name, prefix: 'https://', placeholder: acme.example.com, pattern: '^[a-z]+\.example\.com$'}
  - {id: region, label: Region, type: select, options: [{label: Europe, value: eu}, {label: America, value: us}]}
`

// connect has a consumer add connections.
func (v *vault) connect(ctx context.Context, a *api) error {
	a.key, a.header = v.key, http.Header{"X-Apideck-App-Id": {"shop"}, "X-Apideck-Consumer-Id": {"bench"}}
	for i := range added {
		body := `{"credentials":{"access_token":"access","refresh_token":"refresh","expires_in":86400},"settings":{"host":"acme.example.com","region":"eu"},"metadata":{"plan":"pro"}}`
		if err := a.call(ctx, "POST", v.path(i)+"/import", []byte(body), &struct{}{}); err != nil {
			return err
		}
	}
	return v.check(ctx, a)
}

// check refuses a list that is not what is to be measured.
func (v *vault) check(ctx context.Context, a *api) error {
	var list struct{ Data []struct{ State string } }
	if err := a.call(ctx, "GET", "/vault/connections", nil, &list); err != nil {
		return err
	}
	callable := 0
	for _, c := range list.Data {
		if c.State == "callable" {
			callable++
		}
	}
	if len(list.Data) != listed || callable != added {
		return fmt.Errorf("%d connections are listed and %d callable, want %d and %d", len(list.Data), callable, listed, added)
	}
	return nil
}

// path is that of a connection which the consumer has added, or could.
func (v *vault) path(i int) string { return "/vault/connections/crm/" + own(i*v.more/added) }

// reads are requests for each connection that was added.
func (v *vault) reads() (all [][]byte) {
	for i := range added {
		all = append(all, v.request(v.path(i)))
	}
	return all
}

// request is a whole request as Apideck's clients send it.
func (v *vault) request(path string) []byte {
	return fmt.Appendf(nil, "GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer %s\r\nx-apideck-app-id: shop\r\nx-apideck-consumer-id: bench\r\n\r\n", path, v.key)
}
