package main

import (
	"context"
	"log/slog"
	"net/netip"
	"slices"
	"strings"

	"github.com/prometheus/client_golang/prometheus"
	"google.golang.org/grpc"

	"github.com/holdplane/holdplane/gateway"
	"github.com/holdplane/holdplane/gateway/apideck"
	"github.com/holdplane/holdplane/gateway/barbican"
	"github.com/holdplane/holdplane/gateway/contabo"
	"github.com/holdplane/holdplane/gateway/keystone"
	"github.com/holdplane/holdplane/gateway/unkey"
	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	operationsv1 "github.com/holdplane/holdplane/gen/holdplane/operations/v1"
	"github.com/holdplane/holdplane/pkg/audit"
	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/egress"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/mail"
	"github.com/holdplane/holdplane/pkg/objectstorage"
	recorddriver "github.com/holdplane/holdplane/pkg/objectstorage/record"
	"github.com/holdplane/holdplane/pkg/objectstorage/versitygw"
	"github.com/holdplane/holdplane/pkg/page"
	"github.com/holdplane/holdplane/pkg/password"
	"github.com/holdplane/holdplane/pkg/ratelimit"
	"github.com/holdplane/holdplane/pkg/seal"
	"github.com/holdplane/holdplane/pkg/table"
	"github.com/holdplane/holdplane/pkg/tenant"
	"github.com/holdplane/holdplane/services/connectionvault"
	"github.com/holdplane/holdplane/services/connectionvault/catalog"
	"github.com/holdplane/holdplane/services/identity"
	"github.com/holdplane/holdplane/services/secretcontainer"
	"github.com/holdplane/holdplane/services/useradmin"
)

// The services of this binary. A new one gets a line here, and its dialect one below.
var services = []serviceSpec{
	{name: identity.Name, proto: "holdplane.identity.", permissions: []string{"*"}, build: func(d serviceDeps) serviceInstance {
		return identity.New(identity.Deps{
			Store: d.store, Blind: d.blind, Cursors: d.cursors,
			Credentials: d.credentials, Limits: d.limits, Counters: d.counters, Data: d.data, Log: d.log,
		})
	}},
	{name: useradmin.Name, proto: "holdplane.useradmin.", permissions: useradmin.Permissions(), accepts: useradmin.Accepts, build: func(d serviceDeps) serviceInstance {
		passwords := password.NewPool(password.Options{})
		d.metrics.MustRegister(passwords)
		return useradmin.New(useradmin.Deps{
			Store: d.store, Blind: d.blind, Cursors: d.cursors,
			Access: identityv1.NewAccessServiceClient(d.identity), Tenants: identityv1.NewTenantServiceClient(d.identity),
			Limits: d.limits, Passwords: passwords, Storages: storageDrivers(), PublicURL: d.publicURL, Mail: d.mail, Log: d.log,
		})
	}},
	{name: secretcontainer.Name, proto: "holdplane.secretcontainer.", permissions: secretcontainer.Permissions(), accepts: secretcontainer.Accepts, build: func(d serviceDeps) serviceInstance {
		return secretcontainer.New(secretcontainer.Deps{
			Store: d.store, Blind: d.blind, Cursors: d.cursors,
			Tenants: identityv1.NewTenantServiceClient(d.identity), Log: d.log,
		})
	}},
	{name: connectionvault.Name, proto: "holdplane.connectionvault.", permissions: connectionvault.Permissions(), accepts: connectionvault.Accepts, build: func(d serviceDeps) serviceInstance {
		vault := connectionvault.New(connectionvault.Deps{
			Store: d.store, Blind: d.blind, Cursors: d.cursors, States: d.states,
			Access: identityv1.NewAccessServiceClient(d.identity), Tenants: identityv1.NewTenantServiceClient(d.identity),
			Catalog: d.catalog, Egress: egress.Options{Own: d.own}, PublicURL: d.publicURL, Log: d.log,
		})
		d.metrics.MustRegister(vault)
		return vault
	}},
}

// storageDrivers are those of object storages, by the names that operators know.
func storageDrivers() map[string]objectstorage.Driver {
	return map[string]objectstorage.Driver{"record": recorddriver.Driver{}, "versitygw": versitygw.New()}
}

// dialects are the products' wires that the gateway speaks.
func dialects() []gateway.Dialect {
	return []gateway.Dialect{
		unkey.V1(), unkey.V2(),
		contabo.Dialect(), contabo.TokenDialect(),
		keystone.Dialect(keystone.Options{KeyManager: true}),
		apideck.Dialect(),
		barbican.Dialect(), // owns what nobody else does
	}
}

// serviceSpec is a service this binary can run.
type serviceSpec struct {
	// name is the service's name in flags, files and stores.
	name string
	// proto is what the names of its gRPC services begin with.
	proto string
	// permissions are those that open all of it. A root key of dev has them.
	permissions []string
	// accepts returns the credentials that open a method, by its full name. Nil has root
	// keys open all of them.
	accepts func(method string) []auth.Credential
	build   func(serviceDeps) serviceInstance
}

// serviceDeps is what the process gives each service.
type serviceDeps struct {
	store       kv.Store
	blind       table.Blinder
	cursors     *page.Codec
	states      seal.AEAD
	credentials func()
	limits      ratelimit.Limiter
	counters    string
	data        map[string]operationsv1.TenantDataServiceClient
	identity    grpc.ClientConnInterface // its internal listener
	publicURL   string
	catalog     *catalog.Catalog
	own         []netip.AddrPort // listeners of this installation
	mail        mail.Sender      // nil where no mail can be sent
	metrics     prometheus.Registerer
	log         *slog.Logger
}

// serviceInstance is a service that this process runs.
type serviceInstance interface {
	RegisterPublic(grpc.ServiceRegistrar)
	RegisterInternal(grpc.ServiceRegistrar)
	Tables() table.Set
	Audit() *audit.Log
	Run(context.Context) error
}

// leaver is a service that keeps something for tenants outside its store.
type leaver interface {
	Leave(ctx context.Context, of tenant.ID) error
}

// everything is the gateway and all services.
func everything() []string {
	names := []string{gatewayName}
	for _, s := range services {
		names = append(names, s.name)
	}
	return names
}

// allPermissions open every service to a root key.
func allPermissions() []string {
	var all []string
	for _, s := range services {
		all = append(all, s.permissions...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// accepted are the credentials that open a method: nothing where it is no service's.
func accepted(method string) []auth.Credential {
	for _, s := range services {
		if !strings.HasPrefix(method, "/"+s.proto) {
			continue
		}
		if s.accepts != nil {
			return s.accepts(method)
		}
		return auth.RootKeys(method)
	}
	return nil
}

// servicesIn are the services among names.
func servicesIn(names []string) []serviceSpec {
	var some []serviceSpec
	for _, s := range services {
		if slices.Contains(names, s.name) {
			some = append(some, s)
		}
	}
	return some
}
