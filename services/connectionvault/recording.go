package connectionvault

import (
	"context"
	"slices"
	"sync"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/id"
	"github.com/holdplane/holdplane/pkg/rpc"
	"github.com/holdplane/holdplane/pkg/tenant"
)

const (
	// logsKept is how long calls are remembered.
	logsKept = 30 * 24 * time.Hour
	// maxWaiting bounds the calls that wait to be written; more are forgotten.
	maxWaiting = 10_000
	// batchSize is how many are written at once, every batchTime or as soon as they are there.
	batchSize = 500
	batchTime = time.Second
)

// call is a call on its way into the log.
type call struct {
	tenant  tenant.ID
	session string // whose application and consumer count; empty for a key
	row     *storev1.VaultLog
}

// recorder holds calls until they are written, so that no call waits for its log.
type recorder struct {
	mu        sync.Mutex
	waiting   []call
	forgotten int
	bell      chan struct{}
}

func newRecorder() *recorder { return &recorder{bell: make(chan struct{}, 1)} }

func (r *recorder) add(c call) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.waiting) >= maxWaiting {
		r.forgotten++
		return
	}
	if r.waiting = append(r.waiting, c); len(r.waiting) == batchSize {
		select {
		case r.bell <- struct{}{}:
		default:
		}
	}
}

// take returns a batch, and how many calls were forgotten since the last one.
func (r *recorder) take() (batch []call, forgotten int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	n := min(batchSize, len(r.waiting))
	batch = slices.Clone(r.waiting[:n])
	if r.waiting = r.waiting[n:]; len(r.waiting) == 0 {
		r.waiting = nil
	}
	forgotten, r.forgotten = r.forgotten, 0
	return batch, forgotten
}

// recorded registers services whose calls are logged: those that pass the door and are valid,
// however they end.
type recorded struct {
	grpc.ServiceRegistrar
	s *Service
}

// RegisterService is grpc.ServiceRegistrar's.
func (r recorded) RegisterService(desc *grpc.ServiceDesc, impl any) {
	own := *desc
	own.Methods = slices.Clone(desc.Methods)
	for i, m := range own.Methods {
		record := r.s.recordBy(newRoute(desc.ServiceName, m.MethodName))
		own.Methods[i].Handler = func(srv any, ctx context.Context, dec func(any) error, chain grpc.UnaryServerInterceptor) (any, error) {
			if chain == nil {
				return m.Handler(srv, ctx, dec, record)
			}
			return m.Handler(srv, ctx, dec, func(ctx context.Context, req any, info *grpc.UnaryServerInfo, handler grpc.UnaryHandler) (any, error) {
				return chain(ctx, req, info, func(ctx context.Context, req any) (any, error) { return record(ctx, req, info, handler) })
			})
		}
	}
	r.ServiceRegistrar.RegisterService(&own, impl)
}

// recordBy logs calls of a method.
func (s *Service) recordBy(to route) grpc.UnaryServerInterceptor {
	return func(ctx context.Context, req any, _ *grpc.UnaryServerInfo, handler grpc.UnaryHandler) (any, error) {
		began := time.Now()
		answer, err := handler(ctx, req)
		if c, ok := newCall(ctx, to, req.(proto.Message), began, err); ok {
			s.recorder.add(c)
		}
		return answer, err
	}
}

// newCall describes a call. What a caller says of an application that is not theirs is
// nothing to log there.
func newCall(ctx context.Context, to route, req proto.Message, began time.Time, err error) (call, bool) {
	p := auth.From(ctx)
	row := &storev1.VaultLog{
		Id: id.New("log"), Application: textField(req, "application_id"), Consumer: textField(req, "consumer_id"),
		Method: to.method, Path: to.path(req), Operation: to.operation, Api: textField(req, "unified_api"), Service: textField(req, "service_id"),
		Status: to.status(err), DurationUs: time.Since(began).Microseconds(),
		TimeMs: began.UnixMilli(), ExpiresAtMs: began.Add(logsKept).UnixMilli(),
	}
	if from := rpc.Client(ctx); from.IsValid() {
		row.Source = from.String()
	}
	c := call{tenant: p.Tenant, row: row}
	switch p.Kind {
	case auth.KindSignedSession:
		c.session = p.Subject
		return c, true
	case auth.KindRootKey:
		return c, row.GetApplication() != "" && p.Allows(permEverything, auth.Permission(appPrefix+row.GetApplication()))
	}
	return c, false
}

// record writes what waits until ctx ends. What can't be written is forgotten.
func (s *Service) record(ctx context.Context) error {
	tick := time.NewTicker(batchTime)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		case <-s.recorder.bell:
		}
		for {
			batch, forgotten := s.recorder.take()
			if forgotten > 0 {
				s.deps.Log.WarnContext(ctx, "calls were not logged: too many at once", "calls", forgotten)
			}
			if len(batch) == 0 {
				break
			}
			if err := s.write(ctx, batch); err != nil {
				return err
			}
		}
	}
}
