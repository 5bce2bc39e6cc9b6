package connectionvault

import (
	"context"
	"sync/atomic"
	"time"

	"golang.org/x/sync/singleflight"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/services/connectionvault/catalog"
)

const (
	// leastLife is what a token has left at least when it is handed out, if its provider
	// gives it so much.
	leastLife = 30 * time.Second
	// leaseLife is longer than any request takes, and short enough to wait for after a crash.
	leaseLife = 60 * time.Second
	// cooldown is how long a provider is left alone after a failure.
	cooldown = 30 * time.Second
	// retention is how long credentials are kept, and tried, after a provider refused them.
	retention = 7 * 24 * time.Hour
	// patience is how long a request to a token endpoint may take. Callers wait 10 seconds,
	// and the answer has to be kept in that time, too.
	patience = 8 * time.Second
	// leastPatience is what is worth a request.
	leastPatience = 2 * time.Second
	// leasePause is between looks at another process's lease.
	leasePause = 100 * time.Millisecond
)

// refreshes is what a process knows of its refreshing.
type refreshes struct {
	flights                          singleflight.Group
	refreshed, refused, failed, lost atomic.Uint64
}

// fresh returns a connection's token, refreshed if it is due: within a process by one of its
// callers, and of all processes by the one that has the lease. When forced it is due, unless
// somebody else refreshes it meanwhile.
//
// The error is a fault or the store's.
func (s *Service) fresh(ctx context.Context, at place, force bool) (*storev1.VaultToken, error) {
	flight := at.text()
	if force {
		flight += "\x00force"
	}
	// The flight is this goroutine's. It goes on when its caller is gone: a token on its way
	// is kept.
	token, err, _ := s.refreshes.flights.Do(flight, func() (any, error) { return s.refresh(ctx, at, force) })
	if err != nil {
		return nil, err
	}
	return token.(*storev1.VaultToken), nil
}

// refresh takes the lease when it is free, or waits for who has it.
func (s *Service) refresh(ctx context.Context, at place, force bool) (*storev1.VaultToken, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), budget(ctx))
	defer cancel()
	var was *storev1.VaultToken
	for {
		e, err := s.takeLease(ctx, at, force, was)
		if err != nil {
			return nil, err
		}
		switch {
		case e.inquiry != nil:
			token, again, err := s.carryOut(ctx, e)
			if !again {
				return token, err
			}
		case !e.wait:
			return e.party.token, nil
		}
		if was == nil {
			was = e.party.token
		}
		if left(ctx) < leastPatience {
			return nil, fault.Unauthenticated(reasonUnreachable, "the token is being refreshed by another process; try again").With("cooldown_ms", "1000")
		}
		if err := pause(ctx, leasePause); err != nil {
			return nil, err
		}
	}
}

// budget is the time for a refresh: so much that its outcome reaches the caller.
func budget(ctx context.Context) time.Duration {
	if end, ok := ctx.Deadline(); ok {
		return min(patience, time.Until(end)-time.Second)
	}
	return patience
}

// left is how long a context lasts. It has an end.
func left(ctx context.Context) time.Duration {
	end, _ := ctx.Deadline()
	return time.Until(end)
}

func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// due tells whether a token is to be refreshed before it is handed out.
func (p *party) due(now time.Time) bool {
	buffer := max(leastLife, p.face.OAuth.RefreshBuffer)
	if p.token.GetStale() || p.token.GetAccessToken() == "" {
		return p.renewable()
	}
	return ends(p.token, now.Add(buffer))
}

// alive tells whether a token can be handed out although it is due.
func (p *party) alive(now time.Time) bool {
	return p.token.GetAccessToken() != "" && !ends(p.token, now.Add(leastLife))
}

// renewable tells whether there is anything to refresh a token by.
func (p *party) renewable() bool {
	return p.token.GetRefreshToken() != "" || p.face.OAuth.Grant != catalog.AuthorizationCode
}

// ends tells whether a token has ended by then.
func ends(t *storev1.VaultToken, then time.Time) bool {
	return t.GetExpiresAtMs() != 0 && t.GetExpiresAtMs() <= then.UnixMilli()
}
