package useradmin

import (
	"context"
	"errors"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/kv"
)

// errMoved says that a user changed between the looks that a change takes.
var errMoved = errors.New("useradmin: the user changed meanwhile")

// work is what a caller does to a user, in the transaction that has just read it.
type work func(tx kv.Writer, u *storev1.User) error

// onUser has a caller do something to a user they may touch. plan makes what no transaction
// can, such as messages, from the user and the account as they stand; what it returns is
// done if the user still stands so, and otherwise all begins anew.
func (s *Service) onUser(ctx context.Context, p *auth.Principal, user string, plan func(*storev1.User, *storev1.Account) (work, error)) error {
	for {
		if err := s.tryUser(ctx, p, user, plan); !errors.Is(err, errMoved) {
			return err
		}
	}
}

func (s *Service) tryUser(ctx context.Context, p *auth.Principal, user string, plan func(*storev1.User, *storev1.Account) (work, error)) error {
	var seen *storev1.User
	var account *storev1.Account
	err := s.deps.Store.View(ctx, func(tx kv.Reader) (err error) {
		if seen, err = s.tables.touchable(tx, p, user); err != nil {
			return err
		}
		account, err = s.tables.accountShown(tx, p.Tenant)
		return err
	})
	if err != nil {
		return err
	}
	do, err := plan(seen, account)
	if err != nil {
		return err
	}
	return s.deps.Store.Update(ctx, func(tx kv.Writer) error {
		u, err := s.tables.touchable(tx, p, user)
		if err != nil {
			return err
		}
		if u.GetVersion() != seen.GetVersion() {
			return errMoved
		}
		return do(tx, u)
	})
}

// touchable returns a user that a caller may touch.
func (t *tables) touchable(tx kv.Reader, p *auth.Principal, user string) (*storev1.User, error) {
	u, err := t.user(tx, p.Tenant, user)
	if err != nil {
		return nil, err
	}
	return u, t.mayTouch(tx, p, u)
}
