package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"net/http/pprof"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"
	"golang.org/x/sync/errgroup"
	"google.golang.org/grpc"
	"google.golang.org/grpc/health"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/reflection"

	"github.com/holdplane/holdplane/gateway"
	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/rpc"
)

// stopWithin is how long requests under way may take once the process has been told
// to stop.
const stopWithin = 10 * time.Second

// listeners are the doors of a process. They are all open, or none is.
type listeners struct {
	http     *http.Server
	admin    *http.Server
	public   *grpc.Server
	internal *grpc.Server
	health   *health.Server
	draining atomic.Bool
	drain    time.Duration // between the loss of readiness and the end of listening
	served   sync.Map      // names of the peers that have served

	httpOn, adminOn, publicOn, internalOn net.Listener
}

// listen opens what the process's parts need.
func (p *process) listen(ctx context.Context, allowHost func(string) bool) (*listeners, error) {
	l := &listeners{health: health.NewServer(), drain: p.flags.Drain}
	if err := l.open(ctx, p, allowHost); err != nil {
		l.closeAll()
		return nil, err
	}
	return l, nil
}

func (l *listeners) open(ctx context.Context, p *process, allowHost func(string) bool) error {
	if p.hasGateway() {
		if err := l.openGateway(ctx, p, allowHost); err != nil {
			return err
		}
	}
	if len(p.instances) > 0 {
		if err := l.openGRPC(p); err != nil {
			return err
		}
	}
	if p.adminOn != nil {
		l.admin, l.adminOn = &http.Server{Handler: p.adminHandler(), ReadHeaderTimeout: 5 * time.Second}, p.adminOn
	}
	return nil
}

func (l *listeners) openGateway(ctx context.Context, p *process, allowHost func(string) bool) error {
	l.httpOn = p.httpOn
	sites, err := p.sites()
	if err != nil {
		return err
	}
	h, err := gateway.New(ctx, gateway.Config{
		Dialects: spoken(dialects(), services, p.flags.Without), Sites: sites, Conn: p.publicConn, Log: p.log, Metrics: p.metrics,
		PublicURL: p.publicURL, AllowHost: allowHost, TrustedProxies: p.flags.TrustedProxy,
		Ready:    func(ctx context.Context) error { return l.ready(ctx, p) },
		Degraded: p.degraded,
	})
	if err != nil {
		return err
	}
	l.http = gateway.Server(h, p.log)
	if allowHost != nil { // nobody from elsewhere is answered
		l.httpOn = repeatedHost{l.httpOn}
	}
	return nil
}

func (l *listeners) openGRPC(p *process) (err error) {
	deadline := rpc.Deadline(rpc.LongestCall)
	gateways := rpc.ServerOptions{Gateways: p.flags.TrustedProxy}
	l.public = rpc.NewServer(gateways, p.observe.Network, deadline, p.door().Unary, p.quota().Unary, p.valid.Unary)
	l.internal = rpc.NewServer(rpc.ServerOptions{}, p.observe.Network, deadline, auth.AsOperator, p.valid.Unary)
	for _, s := range p.instances {
		s.RegisterPublic(l.public)
		s.RegisterInternal(l.internal)
	}
	p.ops.Register(l.internal)
	healthpb.RegisterHealthServer(l.public, l.health)
	if p.flags.Reflection {
		reflection.Register(l.public)
	}
	l.publicOn = p.publicOn
	if l.internalOn, err = rpc.Listen(p.flags.internal()); err != nil {
		return fmt.Errorf("--internal-addr: %w", err)
	}
	return nil
}

// serve answers until ctx ends, then lets requests under way finish. Readiness goes
// first; when told to stop, load balancers get time to see that; then go the gateway and
// the services it calls.
func (l *listeners) serve(ctx, told context.Context) error {
	work, ctx := errgroup.WithContext(ctx)
	start := func(name string, on net.Listener, serve func(net.Listener) error) {
		if on == nil {
			return
		}
		work.Go(func() error {
			if err := serve(on); err != nil && !errors.Is(err, http.ErrServerClosed) && !errors.Is(err, grpc.ErrServerStopped) {
				return fmt.Errorf("%s listener: %w", name, err)
			}
			return nil
		})
	}
	if l.http != nil {
		start("gateway", l.httpOn, l.http.Serve)
	}
	if l.public != nil {
		start("gRPC", l.publicOn, l.public.Serve)
		start("internal", l.internalOn, l.internal.Serve)
	}
	if l.admin != nil {
		start("admin", l.adminOn, l.admin.Serve)
	}
	work.Go(func() error {
		<-ctx.Done()
		l.draining.Store(true)
		l.health.Shutdown()
		if told.Err() != nil { // rather than failed
			<-time.After(l.drain)
		}
		return l.stop()
	})
	return work.Wait()
}

func (l *listeners) stop() error {
	ctx, cancel := context.WithTimeout(context.Background(), stopWithin)
	defer cancel()
	var errs []error
	if l.http != nil {
		errs = append(errs, l.http.Shutdown(ctx))
	}
	if l.public != nil {
		stopGRPC(ctx, l.public)
		stopGRPC(ctx, l.internal)
	}
	if l.admin != nil {
		errs = append(errs, l.admin.Close())
	}
	return errors.Join(errs...)
}

// stopGRPC lets calls finish until ctx ends, then cuts them off.
func stopGRPC(ctx context.Context, s *grpc.Server) {
	cut := context.AfterFunc(ctx, s.Stop)
	defer cut()
	s.GracefulStop()
}

func (l *listeners) closeAll() {
	for _, on := range []net.Listener{l.httpOn, l.adminOn, l.publicOn, l.internalOn} {
		if on != nil {
			on.Close()
		}
	}
}

// peerPatience is how long a peer may take to say that it serves.
const peerPatience = time.Second

// ready says why the gateway should get no requests now: it is stopping, or a peer has not
// served since it started. A peer that goes away later takes only its own products down,
// which answer 503; the others go on.
func (l *listeners) ready(ctx context.Context, p *process) error {
	if l.draining.Load() {
		return errors.New("stopping")
	}
	var missing []string
	for _, name := range slices.Sorted(maps.Keys(p.peers)) {
		if _, known := l.served.Load(name); known {
			continue
		}
		if !serves(ctx, p.peers[name]) {
			missing = append(missing, name)
			continue
		}
		l.served.Store(name, true)
	}
	if len(missing) > 0 {
		return fmt.Errorf("not served yet: %s", strings.Join(missing, ", "))
	}
	return nil
}

func serves(ctx context.Context, peer grpc.ClientConnInterface) bool {
	ctx, cancel := context.WithTimeout(ctx, peerPatience)
	defer cancel()
	answer, err := healthpb.NewHealthClient(peer).Check(ctx, &healthpb.HealthCheckRequest{})
	return err == nil && answer.GetStatus() == healthpb.HealthCheckResponse_SERVING
}

func (p *process) hasGateway() bool { return slices.Contains(p.names, gatewayName) }

// adminHandler is for this machine's operator: metrics and profiles.
func (p *process) adminHandler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(p.metrics, promhttp.HandlerOpts{}))
	mux.HandleFunc("/debug/pprof/", pprof.Index)
	mux.HandleFunc("/debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("/debug/pprof/symbol", pprof.Symbol)
	mux.HandleFunc("/debug/pprof/trace", pprof.Trace)
	return mux
}
