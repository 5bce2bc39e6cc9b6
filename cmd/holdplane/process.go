package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"slices"
	"strings"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"google.golang.org/grpc"

	"github.com/holdplane/holdplane/gateway/pages"
	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	operationsv1 "github.com/holdplane/holdplane/gen/holdplane/operations/v1"
	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/auth/accessclient"
	"github.com/holdplane/holdplane/pkg/kv/sealedkv"
	"github.com/holdplane/holdplane/pkg/mail"
	"github.com/holdplane/holdplane/pkg/operations"
	"github.com/holdplane/holdplane/pkg/page"
	"github.com/holdplane/holdplane/pkg/ratelimit"
	"github.com/holdplane/holdplane/pkg/ratelimit/redislimit"
	"github.com/holdplane/holdplane/pkg/rpc"
	"github.com/holdplane/holdplane/pkg/seal"
	"github.com/holdplane/holdplane/services/connectionvault/catalog"
	"github.com/holdplane/holdplane/services/identity"
)

// process is the gateway and services, all or some, wired to each other and to their
// peers in other processes.
type process struct {
	flags   serverFlags
	names   []string
	log     *slog.Logger
	metrics *prometheus.Registry
	observe *rpc.Observer
	valid   *rpc.Validator

	instances map[string]serviceInstance
	ops       *operations.Server
	verifier  *auth.Cache
	limits    ratelimit.Limiter
	shared    *redislimit.Limiter // the same, if it is Redis'

	httpOn    net.Listener // of the gateway
	publicOn  net.Listener // of gRPC
	adminOn   net.Listener // of metrics
	publicURL string       // address of the gateway for clients; empty where nobody knows

	catalog *catalog.Catalog // of connectors; nil where nobody asks for it
	mail    mail.Sender      // nil where no mail can be sent
	mailbox *pages.Mailbox   // of mails that are kept; nil where they are sent

	public   *rpc.Local // what callers with credentials reach in this process
	internal *rpc.Local // what services and the operator reach in this process
	peers    map[string]*grpc.ClientConn
	inner    map[string]*grpc.ClientConn

	failure chan error // of a store's disk
	closers []func() error
}

// newProcess opens stores and builds services; close gives all of it back.
func newProcess(ctx context.Context, flags serverFlags, names []string, log *slog.Logger) (*process, error) {
	p := &process{
		flags: flags, names: names, log: log, metrics: prometheus.NewRegistry(),
		instances: map[string]serviceInstance{}, failure: make(chan error, 1),
		peers: map[string]*grpc.ClientConn{}, inner: map[string]*grpc.ClientConn{},
	}
	if err := p.build(ctx); err != nil {
		return nil, errors.Join(err, p.close())
	}
	return p, nil
}

func (p *process) build(ctx context.Context) (err error) {
	p.metrics.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	if p.observe, err = rpc.NewObserver(p.log, p.metrics); err != nil {
		return err
	}
	if p.valid, err = rpc.NewValidator(); err != nil {
		return err
	}
	if err := p.dialPeers(); err != nil {
		return err
	}
	if err := p.openDoors(); err != nil {
		return err
	}
	if err := p.openCatalog(); err != nil {
		return err
	}
	if err := p.openMail(); err != nil {
		return err
	}
	if err := p.openLimits(ctx); err != nil {
		return err
	}
	deadline := rpc.Deadline(rpc.LongestCall)
	p.internal = rpc.NewLocal(p.observe.Local, deadline, auth.AsOperator, p.valid.Unary)
	p.verifier = auth.NewCache(accessclient.New(identityv1.NewAccessServiceClient(p.internalConn(identity.Name))))
	p.public = rpc.NewLocal(p.observe.Local, deadline, p.door().Unary, p.quota().Unary, p.valid.Unary)
	return p.buildServices(ctx)
}

// door lets the service that a method belongs to say what opens it.
func (p *process) door() *auth.Door {
	return &auth.Door{
		Verifier: p.verifier,
		Public:   rpc.PublicMethods(),
		Accept:   accepted,
	}
}

func (p *process) quota() *auth.Quota { return &auth.Quota{Limits: p.limits} }

// buildServices opens the store of each service of this process and builds it.
func (p *process) buildServices(ctx context.Context) error {
	run := servicesIn(p.names)
	if len(run) == 0 {
		return nil
	}
	master, err := seal.OpenMasterFile(p.flags.MasterKey)
	if err != nil {
		return err
	}
	var stores []operations.Store
	for _, spec := range run {
		store, err := openStore(ctx, p.flags, spec.name, master, p.metrics, p.storeFailed)
		if err != nil {
			return err
		}
		p.closers = append(p.closers, store.Close)
		cursors := page.New(store.Sealer("cursor"))
		s := spec.build(serviceDeps{
			store: store, blind: store.Indexer(), cursors: cursors, credentials: p.verifier.Flush,
			limits: p.limits, counters: p.counters(), data: p.tenantData(), identity: p.internalConn(identity.Name),
			states: store.Sealer("states"), catalog: p.catalog, own: p.ownListeners(), publicURL: p.publicURL, mail: p.mail, metrics: p.metrics, log: p.log.With("service", spec.name),
		})
		s.RegisterPublic(p.public)
		s.RegisterInternal(p.internal)
		p.instances[spec.name] = s
		kept := operations.Store{
			Name: spec.name, KV: store, Tables: s.Tables(), Audit: s.Audit(), Cursors: cursors, Destroy: sealedkv.DestroyTenant,
		}
		if l, ok := s.(leaver); ok {
			kept.Leave = l.Leave
		}
		stores = append(stores, kept)
	}
	p.ops = operations.New(stores...)
	p.ops.Register(p.internal)
	return nil
}

// storeFailed ends the process: what a failed disk holds can't be known.
func (p *process) storeFailed(err error) {
	select {
	case p.failure <- err:
	default:
	}
}

// dialPeers prepares connections to services of other processes.
func (p *process) dialPeers() error {
	for kind, addrs := range map[string]map[string]string{"--peer": p.flags.Peer, "--internal-peer": p.flags.InternalPeer} {
		conns := p.peers
		if kind == "--internal-peer" {
			conns = p.inner
		}
		for name, addr := range addrs {
			c, err := rpc.Dial(addr)
			if err != nil {
				return fmt.Errorf("%s %s=%s: %w", kind, name, addr, err)
			}
			conns[name] = c
			p.closers = append(p.closers, c.Close)
		}
	}
	return nil
}

// publicConn is how the gateway reaches a gRPC service by its full name.
func (p *process) publicConn(service string) grpc.ClientConnInterface {
	for _, s := range services {
		if strings.HasPrefix(service, s.proto) && !slices.Contains(p.names, s.name) {
			return p.peers[s.name]
		}
	}
	return p.public
}

// internalConn is how services reach one another.
func (p *process) internalConn(name string) grpc.ClientConnInterface {
	if slices.Contains(p.names, name) {
		return p.internal
	}
	return p.inner[name]
}

// tenantData reaches the stores that hold data of tenants, this process's included.
func (p *process) tenantData() map[string]operationsv1.TenantDataServiceClient {
	data := map[string]operationsv1.TenantDataServiceClient{}
	for _, s := range services {
		if slices.Contains(p.names, s.name) || p.inner[s.name] != nil {
			data[s.name] = operationsv1.NewTenantDataServiceClient(p.internalConn(s.name))
		}
	}
	return data
}

// close gives back what was opened, last first.
func (p *process) close() error {
	var errs []error
	for _, c := range slices.Backward(p.closers) {
		errs = append(errs, c())
	}
	return errors.Join(errs...)
}
