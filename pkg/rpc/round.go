package rpc

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"

	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"
)

// round is one call's way through the chain of a Local, and what the callee sends beside
// the answer. Each interceptor calls the next at most once, so one round serves all of
// them.
type round struct {
	left    []grpc.UnaryServerInterceptor
	info    *grpc.UnaryServerInfo
	handler grpc.UnaryHandler
	again   grpc.UnaryHandler
	given   atomic.Bool // the answer need not be copied

	mu              sync.Mutex
	header, trailer metadata.MD
	sent            bool // the header
	over            bool // the call
}

// It is what grpc.SetHeader finds in the callee's context.
var _ grpc.ServerTransportStream = (*round)(nil)

// intercept runs the chain around a handler; the first interceptor is the outermost.
func (r *round) intercept(ctx context.Context, req any, info *grpc.UnaryServerInfo, handler grpc.UnaryHandler) (any, error) {
	r.info, r.handler, r.again = info, handler, r.next
	return r.next(ctx, req)
}

func (r *round) next(ctx context.Context, req any) (any, error) {
	if len(r.left) == 0 {
		return r.handler(ctx, req)
	}
	i := r.left[0]
	r.left = r.left[1:]
	return i(ctx, req, r.info, r.again)
}

// errLate is the callee's mistake, as it is over a network.
var errLate = errors.New("the header or trailer is sent already")

// Method implements grpc.ServerTransportStream.
func (r *round) Method() string { return r.info.FullMethod }

// SetHeader implements grpc.ServerTransportStream.
func (r *round) SetHeader(md metadata.MD) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.sent {
		return errLate
	}
	r.header = metadata.Join(r.header, md)
	return nil
}

// SendHeader implements grpc.ServerTransportStream. The caller sees the header with the
// answer.
func (r *round) SendHeader(md metadata.MD) error {
	if err := r.SetHeader(md); err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.sent = true
	return nil
}

// SetTrailer implements grpc.ServerTransportStream.
func (r *round) SetTrailer(md metadata.MD) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.over {
		return errLate
	}
	r.trailer = metadata.Join(r.trailer, md)
	return nil
}

// deliver ends the call, and puts header and trailer where the caller wants them.
func (r *round) deliver(opts []grpc.CallOption) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.sent, r.over = true, true
	for _, o := range opts {
		switch o := o.(type) {
		case grpc.HeaderCallOption:
			*o.HeaderAddr = r.header
		case grpc.TrailerCallOption:
			*o.TrailerAddr = r.trailer
		}
	}
}
