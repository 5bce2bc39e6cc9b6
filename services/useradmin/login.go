package useradmin

import (
	"context"
	"errors"
	"time"

	"google.golang.org/protobuf/proto"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/table"
	"github.com/holdplane/holdplane/pkg/tenant"
)

// Bounds of what is sent with a login, in bytes. No name and no password that could be set
// are longer.
const (
	maxLoginName     = 256
	maxLoginPassword = 1024
	maxLoginCode     = 64
)

// claim is who somebody says to be, and what proves it.
type claim struct {
	// find returns who is meant, or kv.ErrNotFound.
	find func(tx kv.Reader) (*storev1.User, error)
	// name is what the account is called, and realm what spans such names: what logins of
	// nobody are counted under.
	realm, name string
	// said is all by which the user was named.
	said []string
	// within is the tenant in which logins of nobody are recorded; None for the installation.
	within tenant.ID
	// password, and a code for users who need one.
	password, code string
	// coded says that the code must be right also where none is needed.
	coded bool
}

// login returns whose name, password and code a claim has. Whatever is wrong it is
// errRefused, and costs the hash of one password, also where the account is locked, or does
// not exist. Other faults are ResourceExhausted and Unavailable.
func (s *Service) login(ctx context.Context, c claim) (*storev1.User, error) {
	if len(c.name) > maxLoginName || len(c.password) > maxLoginPassword || len(c.code) > maxLoginCode {
		return nil, errRefused
	}
	if err := s.allowAddress(ctx); err != nil {
		return nil, err
	}
	var u *storev1.User
	err := s.deps.Store.View(ctx, func(tx kv.Reader) (err error) {
		u, err = found(c.find(tx))
		return err
	})
	if err != nil {
		return nil, err
	}
	u, err = s.try(ctx, s.passwordTrial(u, c))
	if errors.Is(err, kv.ErrDestroyed) { // the tenant went meanwhile
		return nil, errRefused
	}
	return u, err
}

// found turns the absence of a user into nil.
func found(u *storev1.User, err error) (*storev1.User, error) {
	if errors.Is(err, kv.ErrNotFound) || errors.Is(err, kv.ErrDestroyed) {
		return nil, nil
	}
	return u, err
}

func (s *Service) passwordTrial(u *storev1.User, c claim) trial {
	if u == nil {
		return trial{
			account: s.deps.Blind.Blind("attempt", "name", c.realm, normal(c.name)),
			said:    c.said, secret: c.password, code: c.code, scope: scope(c.within),
		}
	}
	if !u.GetTotp() && !c.coded {
		c.code = ""
	}
	return trial{
		// By the id: neither another of its names nor a new one is another account.
		account: s.deps.Blind.Blind("attempt", "user", u.GetId()),
		hash:    u.GetPasswordHash(), version: u.GetVersion(),
		said: c.said, secret: c.password, code: c.code, scope: scopeOf(u), object: u.GetId(),
		accept: func(tx kv.Writer, fresh string, now time.Time) (*storev1.User, error) {
			return s.tables.accept(tx, u, c, fresh, now)
		},
	}
}

// accept lets a user in whose password is right, if all else is as well.
func (t *tables) accept(tx kv.Writer, known *storev1.User, c claim, fresh string, now time.Time) (*storev1.User, error) {
	u, err := t.users.Get(tx, scopeOf(known), known.GetId())
	if errors.Is(err, kv.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if !u.GetEnabled() || u.GetPasswordVersion() != known.GetPasswordVersion() {
		return nil, nil
	}
	m := proto.CloneOf(u)
	if (u.GetTotp() || c.coded) && !useCode(m.GetSecondFactor(), c.code, now) {
		return nil, nil
	}
	if fresh != "" {
		m.PasswordHash = fresh
	}
	// What identity is told of a user has not changed, so neither does the version.
	if !proto.Equal(u, m) {
		err = t.users.Replace(tx, scopeOf(u), u, m)
	}
	return m, err
}

// scopeOf is where a user's row is.
func scopeOf(u *storev1.User) table.Scope { return scope(tenant.ID(u.GetTenant())) }

// userCalled returns a tenant's user by e-mail address or, where there is none, by name.
func (t *tables) userCalled(tx kv.Reader, of tenant.ID, name string) (*storev1.User, error) {
	u, err := t.users.Find(tx, scope(of), byEmail, normal(name))
	if errors.Is(err, kv.ErrNotFound) {
		return t.users.Find(tx, scope(of), byUsername, normal(name))
	}
	return u, err
}

// standsStill refuses a login if, while its session was made, something changed that ends
// the user's sessions: the session may be as new as the change.
func (t *tables) standsStill(tx kv.Reader, u *storev1.User) error {
	now, err := found(t.users.Get(tx, scopeOf(u), u.GetId()))
	if err == nil && (now == nil || now.GetEpoch() != u.GetEpoch()) {
		err = errRefused
	}
	return err
}

// letIn is errRefused for the faults that identity has for users whom it does not let in any
// more, or not yet.
func letIn(err error) error {
	if err != nil && gone(err) == nil {
		return errRefused
	}
	return err
}
