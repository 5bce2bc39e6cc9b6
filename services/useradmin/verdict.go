package useradmin

import (
	"context"
	"errors"
	"time"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/audit"
	"github.com/holdplane/holdplane/pkg/kv"
)

const (
	// fullTime and fullPoll bound the wait for other processes' checks of one account.
	fullTime = 3 * time.Second
	fullPoll = 20 * time.Millisecond
	// settleTime is how long the end of a check may take when its caller is gone.
	settleTime = 5 * time.Second
)

// reservation is a check that is counted already.
type reservation struct {
	began time.Time
	// locked is how long the account is locked yet; 0 if it is not.
	locked time.Duration
}

// reserve counts a check before it takes place, in a commit of its own: whatever happens in
// between, no process checks more. It waits while others check as many as may be wrong.
func (s *Service) reserve(ctx context.Context, account []byte) (r reservation, err error) {
	for end := time.Now().Add(fullTime); ; {
		var is standing
		r.began = time.Now()
		err = s.deps.Store.Update(ctx, func(tx kv.Writer) (err error) {
			is, r.locked, err = s.tables.reserve(tx, account, r.began)
			return err
		})
		switch {
		case err != nil || is != full:
			return r, err
		case r.began.After(end):
			return r, errBusy
		}
		select {
		case <-time.After(fullPoll):
		case <-ctx.Done():
			return r, ctx.Err()
		}
	}
}

// release uncounts a check that did not take place.
func (s *Service) release(ctx context.Context, account []byte, began time.Time) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), settleTime)
	defer cancel()
	now := time.Now()
	return s.deps.Store.Update(ctx, func(tx kv.Writer) error {
		_, err := s.tables.settle(tx, account, began, now, unjudged)
		return err
	})
}

// settle records what came of a trial, and tells whom it lets in.
func (s *Service) settle(ctx context.Context, t trial, began time.Time, o outcome, fresh string) (u *storev1.User, err error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), settleTime)
	defer cancel()
	now := time.Now()
	events := map[outcome]audit.Entry{
		right: audit.Event(ctx, "login.success", t.object), wrong: audit.Event(ctx, "login.failure", t.object),
		unjudged: audit.Event(ctx, "login.blocked", t.object),
	}
	lock := audit.Event(ctx, "login.lock", t.object)
	err = s.deps.Store.Update(ctx, func(tx kv.Writer) (err error) {
		u = nil
		end := o
		if end == right {
			if u, err = t.accept(tx, fresh, now); err != nil {
				return err
			}
			if u == nil {
				end = wrong
			}
		}
		is, err := s.tables.settle(tx, t.account, began, now, end)
		if end == wrong && is == locked {
			err = errors.Join(err, s.tables.audit.Write(tx, t.scope, lock))
		}
		return errors.Join(err, s.tables.audit.Write(tx, t.scope, events[end]))
	})
	if err != nil {
		return nil, err
	}
	return u, nil
}
