package useradmin

import (
	"context"
	"errors"
	"fmt"

	"google.golang.org/protobuf/proto"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/objectstorage"
	"github.com/holdplane/holdplane/pkg/seal"
	"github.com/holdplane/holdplane/pkg/table"
	"github.com/holdplane/holdplane/pkg/tenant"
)

// tellStorages brings a user's credentials to their object storages at once. Where that
// fails the outbox goes on trying.
func (s *Service) tellStorages(ctx context.Context, of tenant.ID, user string) error {
	defer s.tables.outbox.Ring()
	return s.pushCredentials(ctx, of, user)
}

func (s *Service) deliverCredentials(ctx context.Context, payload []byte) error {
	var m storev1.CredentialPush
	if err := proto.Unmarshal(payload, &m); err != nil {
		return fmt.Errorf("decode credential push: %w", err)
	}
	return gone(s.pushCredentials(ctx, tenant.ID(m.GetTenant()), m.GetUser()))
}

// pushCredentials tells every object storage of a user what it has not been told yet.
func (s *Service) pushCredentials(ctx context.Context, of tenant.ID, user string) error {
	var pending []int32
	err := s.deps.Store.View(ctx, func(tx kv.Reader) error {
		pending = nil
		for m, err := range s.tables.credentials.Each(tx, scope(of), table.Page{}, byHolder, user) {
			if err != nil {
				return err
			}
			if m.GetRemoved() || m.GetPushedVersion() < m.GetVersion() {
				pending = append(pending, m.GetId())
			}
		}
		return nil
	})
	errs := []error{err}
	for _, id := range pending {
		errs = append(errs, s.pushCredential(ctx, of, id))
	}
	return errors.Join(errs...)
}

// pushCredential goes on until the object storage has what the row says: another caller may
// change the row, and its own push overtake this one.
func (s *Service) pushCredential(ctx context.Context, of tenant.ID, id int32) error {
	for {
		m, storage, err := s.credentialOf(ctx, of, id)
		if errors.Is(err, kv.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		driver := s.deps.Storages[storage.GetDriver()]
		if driver == nil {
			return fmt.Errorf("there is no driver %q for object storages", storage.GetDriver())
		}
		at := objectstorage.Storage{
			AdminURL: storage.GetAdminUrl(), AdminAccessKey: storage.GetAdminAccessKey(),
			AdminSecretKey: seal.Secret(storage.GetAdminSecretKey()), Region: storage.GetAdminRegion(),
		}
		if m.GetRemoved() {
			err = driver.Delete(ctx, at, m.GetAccessKey())
		} else {
			err = driver.Put(ctx, at, objectstorage.Principal{
				AccessKey: m.GetAccessKey(), SecretKey: seal.Secret(m.GetSecretKey()), UserID: m.GetUser(),
			})
		}
		if err != nil {
			return err
		}
		if done, err := s.pushed(ctx, of, m); done || err != nil {
			return err
		}
	}
}

func (s *Service) credentialOf(ctx context.Context, of tenant.ID, id int32) (m *storev1.S3Credential, storage *storev1.ObjectStorage, err error) {
	err = s.deps.Store.View(ctx, func(tx kv.Reader) (err error) {
		if m, err = s.tables.credentials.Get(tx, scope(of), uint64(id)); err != nil {
			return err
		}
		storage, err = s.tables.storages.Get(tx, scope(of), m.GetObjectStorage())
		return err
	})
	return m, storage, err
}

// pushed notes what the object storage was told; false when that is not so any more.
func (s *Service) pushed(ctx context.Context, of tenant.ID, told *storev1.S3Credential) (done bool, err error) {
	err = s.deps.Store.Update(ctx, func(tx kv.Writer) error {
		m, err := s.tables.credentials.Get(tx, scope(of), uint64(told.GetId()))
		if errors.Is(err, kv.ErrNotFound) {
			done = true
			return nil
		}
		if err != nil {
			return err
		}
		if done = m.GetVersion() == told.GetVersion() && m.GetRemoved() == told.GetRemoved(); !done {
			return nil
		}
		if m.GetRemoved() {
			return s.tables.credentials.Delete(tx, scope(of), m)
		}
		noted := proto.CloneOf(m)
		noted.PushedVersion = told.GetVersion()
		return s.tables.credentials.Replace(tx, scope(of), m, noted)
	})
	return done, err
}
