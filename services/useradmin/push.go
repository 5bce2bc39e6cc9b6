package useradmin

import (
	"context"
	"errors"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"
	"google.golang.org/protobuf/proto"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/objectstorage"
	"github.com/holdplane/holdplane/pkg/seal"
	"github.com/holdplane/holdplane/pkg/table"
	"github.com/holdplane/holdplane/pkg/tenant"
)

const (
	// callTime bounds a call to an object storage, together with reading what it says.
	callTime = 10 * time.Second
	// callsAtOnce are made for one user.
	callsAtOnce = 16
	// patience is how long a caller waits for object storages.
	patience = 7 * time.Second
)

// telling is one way of bringing a tenant's credentials to their object storages.
type telling struct {
	of tenant.ID
	// last is that of topicLast.
	last bool
	// urgent calls storages that are paused, too.
	urgent bool
}

// tellStorages brings a user's credentials to their object storages at once. Where that
// fails the outbox goes on trying: the change itself is committed.
func (s *Service) tellStorages(ctx context.Context, of tenant.ID, user string) {
	calling, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if err := s.pushUser(calling, telling{of: of}, user); err != nil {
		s.deps.Log.WarnContext(ctx, "object storages were not told of a user's keys yet", "error", err)
	}
	s.tables.principals.Ring()
}

// tellStorage brings one credential to its object storage at once, whatever became of
// earlier calls. Where that fails the outbox goes on trying.
func (s *Service) tellStorage(ctx context.Context, of tenant.ID, id int32) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	defer s.tables.principals.Ring()
	return s.pushOne(ctx, telling{of: of, urgent: true}, id)
}

// pushUser tells every object storage of a user what it has not been told yet. The error is
// a pausedError only where nothing else failed.
func (s *Service) pushUser(ctx context.Context, p telling, user string) error {
	pending, err := s.pending(ctx, p, user)
	if err != nil {
		return err
	}
	// None waits for another storage's, and each gets its turn.
	var calls errgroup.Group
	calls.SetLimit(callsAtOnce)
	errs := make([]error, len(pending))
	for i, id := range pending {
		calls.Go(func() error {
			errs[i] = s.pushOne(ctx, p, id)
			return nil
		})
	}
	_ = calls.Wait() // they are in errs
	var failed, waits error
	for _, err := range errs {
		if errors.As(err, new(pausedError)) {
			waits = err
		} else {
			failed = errors.Join(failed, err)
		}
	}
	if failed != nil {
		return failed
	}
	return waits
}

// pending are the ids of a user's credentials that a storage may not know as they are.
func (s *Service) pending(ctx context.Context, p telling, user string) (ids []int32, err error) {
	err = s.deps.Store.View(ctx, func(tx kv.Reader) error {
		ids = nil
		for m, err := range s.tables.credentials.Each(tx, scope(p.of), table.Page{}, byHolder, user) {
			if err != nil {
				return err
			}
			if p.last || m.GetRemoved() || m.GetPushedVersion() < m.GetVersion() {
				ids = append(ids, m.GetId())
			}
		}
		return nil
	})
	return ids, err
}

// pushOne goes on until the object storage has what the row says: another caller may change
// the row, and its own push be overtaken by this one.
func (s *Service) pushOne(ctx context.Context, p telling, id int32) error {
	for {
		done, err := s.tryOne(ctx, p, id)
		if done || err != nil {
			return err
		}
	}
}

// tryOne has a deadline before it reads: what a row said is told within callTime or never.
func (s *Service) tryOne(ctx context.Context, p telling, id int32) (done bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	m, storage, err := s.credentialOf(ctx, p.of, id)
	if errors.Is(err, kv.ErrNotFound) {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	at := place{of: p.of, storage: storage.GetId()}
	if wait := s.pauses.enter(at); wait > 0 && !p.urgent {
		return false, pausedError(wait)
	}
	err = s.tell(ctx, storage, m)
	s.pauses.note(at, err)
	if err != nil {
		return false, fmt.Errorf("object storage %s: %w", storage.GetId(), err)
	}
	return s.told(ctx, p, m)
}

// tell makes the call.
func (s *Service) tell(ctx context.Context, storage *storev1.ObjectStorage, m *storev1.S3Credential) error {
	driver := s.deps.Storages[storage.GetDriver()]
	if driver == nil {
		return fmt.Errorf("%w: there is no driver %q in this process", objectstorage.ErrRefused, storage.GetDriver())
	}
	at := objectstorage.Storage{
		AdminURL: storage.GetAdminUrl(), AdminAccessKey: storage.GetAdminAccessKey(),
		AdminSecretKey: seal.Secret(storage.GetAdminSecretKey()), Region: storage.GetAdminRegion(),
	}
	if m.GetRemoved() {
		return driver.Delete(ctx, at, m.GetAccessKey())
	}
	return driver.Put(ctx, at, objectstorage.Principal{
		AccessKey: m.GetAccessKey(), SecretKey: seal.Secret(m.GetSecretKey()), UserID: m.GetUser(),
	})
}

// credentialOf returns a credential as its object storage is to have it. That of a user who
// is disabled has a secret that nobody gets to know: the principal keeps what is its own
// there, and nobody is it.
func (s *Service) credentialOf(ctx context.Context, of tenant.ID, id int32) (m *storev1.S3Credential, storage *storev1.ObjectStorage, err error) {
	enabled := false
	err = s.deps.Store.View(ctx, func(tx kv.Reader) (err error) {
		if m, err = s.tables.credentials.Get(tx, scope(of), uint64(id)); err != nil {
			return err
		}
		if storage, err = s.tables.storages.Get(tx, scope(of), m.GetObjectStorage()); err != nil || m.GetRemoved() {
			return err
		}
		u, err := s.tables.users.Get(tx, scope(of), m.GetUser())
		enabled = u.GetEnabled()
		return err
	})
	if err == nil && !enabled && !m.GetRemoved() {
		m.SecretKey = newSecretKey()
	}
	return m, storage, err
}

// told notes what the object storage was told; false when that is not so any more. Rows of
// credentials that are removed stay for the last push.
func (s *Service) told(ctx context.Context, p telling, what *storev1.S3Credential) (done bool, err error) {
	err = s.deps.Store.Update(ctx, func(tx kv.Writer) error {
		m, err := s.tables.credentials.Get(tx, scope(p.of), uint64(what.GetId()))
		if errors.Is(err, kv.ErrNotFound) {
			done = true
			return nil
		}
		if err != nil {
			return err
		}
		done = m.GetVersion() == what.GetVersion() && m.GetRemoved() == what.GetRemoved()
		switch {
		case !done:
			return nil
		case m.GetRemoved() && p.last:
			return s.tables.credentials.Delete(tx, scope(p.of), m)
		case m.GetRemoved() || m.GetPushedVersion() == m.GetVersion():
			return nil
		}
		noted := proto.CloneOf(m)
		noted.PushedVersion = m.GetVersion()
		return s.tables.credentials.Replace(tx, scope(p.of), m, noted)
	})
	return done, err
}
