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

// reserve counts a check before it takes place, in a commit of its own: whatever happens in
// between, no process checks more. It waits while others check as many as may be wrong.
func (s *Service) reserve(ctx context.Context, account []byte) (began time.Time, is standing, err error) {
	for end := time.Now().Add(fullTime); ; {
		began = time.Now()
		err = s.deps.Store.Update(ctx, func(tx kv.Writer) (err error) {
			is, err = s.tables.reserve(tx, account, began)
			return err
		})
		switch {
		case err != nil || is != full:
			return began, is, err
		case began.After(end):
			return began, is, errBusy
		}
		select {
		case <-time.After(fullPoll):
		case <-ctx.Done():
			return began, is, ctx.Err()
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
func (s *Service) settle(ctx context.Context, t trial, began time.Time, ok bool, fresh string) (u *storev1.User, err error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), settleTime)
	defer cancel()
	now := time.Now()
	success := audit.Event(ctx, "login.success", t.object)
	failure := audit.Event(ctx, "login.failure", t.object)
	lock := audit.Event(ctx, "login.lock", t.object)
	err = s.deps.Store.Update(ctx, func(tx kv.Writer) (err error) {
		u = nil
		if ok {
			if u, err = t.accept(tx, fresh, now); err != nil {
				return err
			}
		}
		if u != nil {
			_, err := s.tables.settle(tx, t.account, began, now, right)
			return errors.Join(err, s.tables.audit.Write(tx, t.scope, success))
		}
		is, err := s.tables.settle(tx, t.account, began, now, wrong)
		if is == locked {
			err = errors.Join(err, s.tables.audit.Write(tx, t.scope, lock))
		}
		return errors.Join(err, s.tables.audit.Write(tx, t.scope, failure))
	})
	if err != nil {
		return nil, err
	}
	return u, nil
}
