package e2e_test

import (
	"crypto/rand"
	"fmt"
	"strings"
	"testing"
)

// server is a running Holdplane, whatever its form, and the keys of one of its tenants.
type server struct {
	baseURL  string // of the JSON gateway
	grpcAddr string // of the public gRPC listener, as grpc.NewClient takes it
	// adminAddr is where metrics are; empty but for processes of a cluster.
	adminAddr string
	keys
	sdks map[string]keys // of the tenant that each SDK has to itself
	people
	tenants map[string]people // by the tenant, whose name is an SDK's
	project
	projects map[string]project // by the name, which is a client's
	application
	apps       map[string]application // by the tenant, which is an SDK's
	connectors string                 // file of the provider's, or empty
	mails      *mailServer            // nil where dev keeps the mails
}

// keys are root keys.
type keys struct {
	rootKey   string // may do everything
	readerKey string // may read identities of the same tenant
	otherKey  string // may do everything in another tenant
}

func newServer() server {
	s := server{keys: newKeys(), sdks: map[string]keys{}}
	for _, sdk := range sdks {
		s.sdks[sdk.name] = newKeys()
	}
	return s
}

// newPeopled is a server whose tenants have people, of whom each costs a start some time.
func newPeopled() server {
	s := server{keys: newKeys(), tenants: map[string]people{}}
	foreign := ""
	for _, tenant := range peopled {
		p := newPeople(tenant)
		p.foreignID, foreign = foreign, p.helper.id
		s.tenants[tenant] = p
	}
	return s
}

func newKeys() keys { return keys{rootKey: newKey(), readerKey: newKey(), otherKey: newKey()} }

func newKey() string { return "hp_root_" + rand.Text() }

// of is the server for one SDK, whose tenant nobody else changes.
func (s server) of(t *testing.T, sdk string) server {
	t.Helper()
	keys, keyed := s.sdks[sdk]
	people, peopled := s.tenants[sdk]
	project, projected := s.projects[sdk]
	app, applied := s.apps[sdk]
	if !keyed && !peopled && !projected && !applied {
		t.Fatalf("no tenant for %s", sdk)
	}
	s.keys, s.people, s.project, s.application = keys, people, project, app
	return s
}

// bootstrap is the file that brings the server's keys in.
func (s server) bootstrap() string {
	var b strings.Builder
	if s.connectors != "" {
		fmt.Fprintf(&b, "connectors: [%s]\n", s.connectors)
	}
	b.WriteString("tenants:\n")
	s.keys.write(&b, "default")
	for name, k := range s.sdks {
		k.write(&b, name)
	}
	for _, p := range s.tenants {
		p.write(&b)
	}
	for _, p := range s.projects {
		p.write(&b)
	}
	for _, a := range s.apps {
		a.write(&b)
	}
	return b.String()
}

func (k keys) write(b *strings.Builder, tenant string) {
	fmt.Fprintf(b, `  - id: %[1]s
    name: %[1]s
    root_keys:
      - {name: e2e-root, key: %[2]s, permissions: ["*"]}
      - {name: e2e-reader, key: %[3]s, permissions: [identity.*.read_identity]}
  - id: %[1]s-other
    name: %[1]s-other
    root_keys:
      - {name: e2e-other, key: %[4]s, permissions: ["*"]}
`, tenant, k.rootKey, k.readerKey, k.otherKey)
}
