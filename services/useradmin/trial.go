package useradmin

import (
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"sync/atomic"
	"time"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/memo"
	"github.com/holdplane/holdplane/pkg/table"
)

const (
	// wrongTime is how long a wrong secret is known to be: Go's oauth2 package sends each
	// login that fails once more, in another form.
	wrongTime = 10 * time.Second
	wrongKept = 4096
)

const reasonInvalidGrant = "INVALID_GRANT"

// errRefused is the one answer to every login that fails, whatever is wrong with it.
var errRefused error = fault.Unauthenticated(reasonInvalidGrant, "the name or the password is wrong, or the code is wrong or missing")

// trial is a secret that is tried on an account, which may not exist.
type trial struct {
	// account is what the trials of the account are counted under.
	account []byte
	// said is all by which the caller named the account, and where. Only who names it once
	// more in the same words finds a verdict known: quicker answers to others would tell which
	// names are of one account.
	said []string
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
	mac.Write(binary.BigEndian.AppendUint64(nil, uint64(t.version)))
	for _, part := range append([]string{string(t.account), t.secret, t.code}, t.said...) {
		mac.Write(binary.BigEndian.AppendUint64(nil, uint64(len(part))))
		mac.Write([]byte(part))
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
		u, holds, err := s.judge(ctx, t)
		return memo.Answer[*storev1.User]{Value: u, For: holds}, err
	})
	if err == nil && (u == nil || t.code != "" && !first.Load()) {
		err = errRefused
	}
	return u, err
}

// judge returns whom a trial lets in, or nil, and how long that holds; below 0 for not at all.
// A trial of a locked account compares nothing and costs as much: one hash, two transactions.
func (s *Service) judge(ctx context.Context, t trial) (u *storev1.User, holds time.Duration, err error) {
	leave, err := s.guard.turns.take(ctx, string(t.account))
	if err != nil {
		return nil, 0, err
	}
	defer leave()
	r, err := s.reserve(ctx, t.account)
	if err != nil {
		return nil, 0, err
	}
	o, fresh, err := s.compare(ctx, t, r)
	if err != nil {
		return nil, 0, errors.Join(err, s.release(ctx, t.account, r.began))
	}
	u, err = s.settle(ctx, t, r.began, o, fresh)
	switch {
	case err != nil:
		return nil, 0, err
	case u != nil:
		return u, -1, nil
	}
	return nil, min(wrongTime, cmp.Or(r.locked, wrongTime)), s.blameAddress(ctx)
}

// compare tells what a trial's secret is. What is right is hashed anew where its hash is of
// another time.
func (s *Service) compare(ctx context.Context, t trial, r reservation) (o outcome, fresh string, err error) {
	if r.locked > 0 {
		return unjudged, "", s.deps.Passwords.Feint(ctx, t.secret)
	}
	ok, err := s.deps.Passwords.Verify(ctx, t.hash, t.secret)
	if err != nil || !ok {
		return wrong, "", err
	}
	if s.deps.Passwords.Outdated(t.hash) {
		// Who has the right password gets in, too, when it can't be hashed anew now.
		if h, err := s.deps.Passwords.Hash(ctx, t.secret); err == nil {
			fresh = h
		}
	}
	return right, fresh, nil
}
