package useradmin

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"google.golang.org/protobuf/proto"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/audit"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/outbox"
	"github.com/holdplane/holdplane/pkg/table"
	"github.com/holdplane/holdplane/pkg/tenant"
)

// topicRun is of runs through a tenant's users that give each a credential.
const topicRun = "credentialrun"

// runBatch is how many users a transaction of a run provides for. It is one delivery, and
// logins and changes of these users wait for it.
const runBatch = 50

// newRun is to be queued with a new object storage: every user gets a credential for it.
func newRun(of tenant.ID, storage, after string) (outbox.Message, error) {
	return outbox.NewMessage(topicRun, &storev1.CredentialRun{Tenant: string(of), ObjectStorage: storage, After: after})
}

// addStorage writes a new object storage, and has a run provide for those who are users
// already.
func (t *tables) addStorage(tx kv.Writer, m *storev1.ObjectStorage, run outbox.Message, done audit.Entry) error {
	of := scope(tenant.ID(m.GetTenant()))
	if err := t.storages.Insert(tx, of, m); err != nil {
		return err
	}
	if err := t.audit.Write(tx, of, done); err != nil {
		return err
	}
	return t.principals.Queue(tx, run)
}

func (s *Service) deliverRun(ctx context.Context, payload []byte) error {
	var m storev1.CredentialRun
	if err := proto.Unmarshal(payload, &m); err != nil {
		return fmt.Errorf("decode credential run: %w", err)
	}
	for {
		if err := s.provideSome(ctx, &m); !errors.Is(err, errMoved) {
			return gone(err)
		}
	}
}

// provideSome provides for the next users and queues the rest of the run, in one
// transaction. That looks for the users once more: who is added at the same time, and so
// may not know of the storage, must be among them or conflict with it. A View promises
// neither.
func (s *Service) provideSome(ctx context.Context, m *storev1.CredentialRun) error {
	of := tenant.ID(m.GetTenant())
	var users []string
	err := s.deps.Store.View(ctx, func(tx kv.Reader) (err error) {
		users, err = s.tables.usersAfter(tx, of, m.GetAfter())
		return err
	})
	if err != nil {
		return err
	}
	keys := make([]provision, len(users))
	last := m.GetAfter()
	for i, user := range users {
		if keys[i], err = newProvision(of, user); err != nil {
			return err
		}
		last = user
	}
	rest, err := newRun(of, m.GetObjectStorage(), last)
	if err != nil {
		return err
	}
	defer s.tables.principals.Ring()
	return s.deps.Store.Update(ctx, func(tx kv.Writer) error {
		now, err := s.tables.usersAfter(tx, of, m.GetAfter())
		if err != nil {
			return err
		}
		if !slices.Equal(now, users) {
			return errMoved
		}
		for i, user := range users {
			if err := s.tables.provide(tx, of, user, keys[i]); err != nil {
				return err
			}
		}
		if len(users) < runBatch {
			return nil
		}
		return s.tables.principals.Queue(tx, rest)
	})
}

// usersAfter are the ids of the users that come next after one; the first ones after "".
func (t *tables) usersAfter(tx kv.Reader, of tenant.ID, after string) (ids []string, err error) {
	p := table.Page{Limit: runBatch}
	if after != "" {
		p.After = t.users.Position(&storev1.User{Id: after})
	}
	for u, err := range t.users.All(tx, scope(of), p) {
		if err != nil {
			return nil, err
		}
		ids = append(ids, u.GetId())
	}
	return ids, nil
}
