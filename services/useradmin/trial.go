package useradmin

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"sync/atomic"
	"time"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/audit"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/memo"
	"github.com/holdplane/holdplane/pkg/password"
	"github.com/holdplane/holdplane/pkg/table"
)

const (
	// wrongTime is how long a wrong secret is known to be: Go's oauth2 package sends each
	// login that fails once more, in another form.
	wrongTime = 10 * time.Second
	wrongKept = 4096
	// fullTime and fullPoll bound the wait for other processes' checks of one account.
	fullTime = 3 * time.Second
	fullPoll = 20 * time.Millisecond
	// settleTime is how long the end of a check may take when its caller is gone.
	settleTime = 5 * time.Second
)

const reasonInvalidGrant = "INVALID_GRANT"

// errRefused is the one answer to every login that fails, whatever is wrong with it.
var errRefused error = fault.Unauthenticated(reasonInvalidGrant, "the name or the password is wrong, or the code is wrong or missing")

// trial is a secret that is tried on an account, which may not exist.
type trial struct {
	// account is what the trials of the account are counted under.
	account []byte
	// hash is what the secret is compared with; empty for nobody's. version changes whenever
	// the same secret may be judged otherwise.
	hash    string
	version int64
	// secret, and a code that is not judged twice.
	secret, code string
	// scope and object say where it is recorded, and of whom.
	scope  table.Scope
	object string
	// accept returns whom the right secret lets in, or nil. It runs in the transaction that
	// settles the trial. A fresh hash is to be stored unless it is empty.
	accept func(tx kv.Writer, fresh string, now time.Time) (*storev1.User, error)
}

// guard is what a process remembers of trials.
type guard struct {
	key      []byte // makes names of trials useless elsewhere
	verdicts *memo.Cache[[sha256.Size]byte, *storev1.User]
	turns    turns
}

func newGuard() *guard {
	key := make([]byte, sha256.Size)
	rand.Read(key) // never fails: it ends the program instead
	return &guard{
		key: key, turns: turns{of: map[string]*turn{}},
		verdicts: memo.New[[sha256.Size]byte, *storev1.User](memo.Options{Size: wrongKept, TTL: wrongTime}),
	}
}

// nameOf tells trials apart.
func (g *guard) nameOf(t trial) (name [sha256.Size]byte) {
	mac := hmac.New(sha256.New, g.key)
	for _, part := range [][]byte{t.account, binary.BigEndian.AppendUint64(nil, uint64(t.version)), []byte(t.secret), []byte(t.code)} {
		mac.Write(binary.BigEndian.AppendUint64(nil, uint64(len(part))))
		mac.Write(part)
	}
	mac.Sum(name[:0])
	return name
}

// try returns whom a trial lets in, or errRefused. Equal ones at the same time are judged
// once, and a wrong one isn't judged again for a while; but a code lets in one of them.
func (s *Service) try(ctx context.Context, t trial) (*storev1.User, error) {
	var first atomic.Bool
	u, err := s.guard.verdicts.Get(ctx, s.guard.nameOf(t), func(ctx context.Context) (memo.Answer[*storev1.User], error) {
		first.Store(true)
		u, err := s.judge(ctx, t)
		if u != nil {
			return memo.Answer[*storev1.User]{Value: u, For: -1}, err
		}
		return memo.Answer[*storev1.User]{}, err
	})
	if err == nil && (u == nil || t.code != "" && !first.Load()) {
		err = errRefused
	}
	return u, err
}

// judge returns whom a trial lets in, or nil. It hashes once, unless the account is locked.
func (s *Service) judge(ctx context.Context, t trial) (*storev1.User, error) {
	var is standing
	err := s.deps.Store.View(ctx, func(tx kv.Reader) error {
		m, _, err := s.tables.attemptsOn(tx, t.account, time.Now())
		is = standingOf(m)
		return err
	})
	if err != nil {
		return nil, err
	}
	if is == locked {
		return nil, s.blameAddress(ctx)
	}
	leave, err := s.guard.turns.take(ctx, string(t.account))
	if err != nil {
		return nil, err
	}
	defer leave()
	began, is, err := s.reserve(ctx, t.account)
	if err != nil {
		return nil, err
	}
	if is == locked {
		return nil, s.blameAddress(ctx)
	}
	ok, err := s.deps.Passwords.Verify(ctx, t.hash, t.secret)
	if err != nil {
		return nil, errors.Join(err, s.release(ctx, t.account, began))
	}
	u, err := s.settle(ctx, t, began, ok)
	if u == nil && err == nil {
		err = s.blameAddress(ctx)
	}
	return u, err
}

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
func (s *Service) settle(ctx context.Context, t trial, began time.Time, ok bool) (u *storev1.User, err error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), settleTime)
	defer cancel()
	fresh := ""
	if ok && password.Outdated(t.hash) {
		// Without it the old hash stays, until the next login.
		fresh, _ = s.deps.Passwords.Hash(ctx, t.secret)
	}
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
