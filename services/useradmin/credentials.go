package useradmin

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"strings"

	"google.golang.org/protobuf/proto"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
	"github.com/holdplane/holdplane/pkg/audit"
	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/table"
	"github.com/holdplane/holdplane/pkg/tenant"
)

const reasonCredentialUnknown = "CREDENTIAL_NOT_FOUND"

// credentials serves CredentialService.
type credentials struct {
	useradminv1.UnimplementedCredentialServiceServer
	s *Service
}

// credentialFields are what credentials can be ordered by.
var credentialFields = fields[*useradminv1.Credential]{
	"accessKey":       byText((*useradminv1.Credential).GetAccessKey),
	"objectStorageId": byText((*useradminv1.Credential).GetObjectStorageId),
	"displayName":     byText((*useradminv1.Credential).GetDisplayName),
	"region":          byText((*useradminv1.Credential).GetRegion),
	"credentialId": func(a, b *useradminv1.Credential) int {
		return cmp.Compare(a.GetCredentialId(), b.GetCredentialId())
	},
}

func (c credentials) ListCredentials(ctx context.Context, r *useradminv1.ListCredentialsRequest) (*useradminv1.ListCredentialsResponse, error) {
	p, err := requireSelfOr(ctx, r.GetUserId(), permReadCredentials)
	if err != nil {
		return nil, err
	}
	read := audit.Event(ctx, "credential.list", r.GetUserId())
	var all []*useradminv1.Credential
	err = c.s.deps.Store.Update(ctx, func(tx kv.Writer) error {
		all = nil
		if err := c.s.tables.mayTouchID(tx, p, r.GetUserId()); err != nil {
			return err
		}
		for m, err := range c.s.tables.credentials.Each(tx, scope(p.Tenant), table.Page{}, byUser, r.GetUserId()) {
			if err != nil {
				return err
			}
			view, err := c.s.tables.credentialView(tx, p.Tenant, m)
			if err != nil {
				return err
			}
			if fitsCredential(r, view) {
				all = append(all, view)
			}
		}
		return c.s.tables.audit.Write(tx, scope(p.Tenant), read)
	})
	if err != nil {
		return nil, err
	}
	rows, page := cut(all, r, credentialFields)
	return &useradminv1.ListCredentialsResponse{Credentials: rows, Page: page}, nil
}

func fitsCredential(r *useradminv1.ListCredentialsRequest, m *useradminv1.Credential) bool {
	return (r.GetObjectStorageId() == "" || r.GetObjectStorageId() == m.GetObjectStorageId()) &&
		(r.GetRegionName() == "" || strings.EqualFold(r.GetRegionName(), m.GetRegion())) &&
		(r.GetDisplayName() == "" || strings.EqualFold(r.GetDisplayName(), m.GetDisplayName()))
}

func (c credentials) GetCredential(ctx context.Context, r *useradminv1.GetCredentialRequest) (*useradminv1.GetCredentialResponse, error) {
	p, err := requireSelfOr(ctx, r.GetUserId(), permReadCredentials)
	if err != nil {
		return nil, err
	}
	read := audit.Event(ctx, "credential.read", r.GetUserId()).With("storage", r.GetObjectStorageId())
	var view *useradminv1.Credential
	err = c.s.deps.Store.Update(ctx, func(tx kv.Writer) error {
		m, err := c.s.tables.credential(tx, p, r.GetUserId(), r.GetObjectStorageId(), r.GetCredentialId())
		if err != nil {
			return err
		}
		if view, err = c.s.tables.credentialView(tx, p.Tenant, m); err != nil {
			return err
		}
		return c.s.tables.audit.Write(tx, scope(p.Tenant), read)
	})
	return &useradminv1.GetCredentialResponse{Credential: view}, err
}

// RegenerateCredential answers when the object storage has the new secret key, so that the
// old one does not work any more.
func (c credentials) RegenerateCredential(ctx context.Context, r *useradminv1.RegenerateCredentialRequest) (*useradminv1.RegenerateCredentialResponse, error) {
	p, err := requireSelfOr(ctx, r.GetUserId(), permUpdateCredentials)
	if err != nil {
		return nil, err
	}
	push, err := newCredentialPush(p.Tenant, r.GetUserId())
	if err != nil {
		return nil, err
	}
	random := make([]byte, 30)
	rand.Read(random)
	done := audit.Event(ctx, "credential.regenerate", r.GetUserId()).With("storage", r.GetObjectStorageId())
	var view *useradminv1.Credential
	err = c.s.deps.Store.Update(ctx, func(tx kv.Writer) error {
		old, err := c.s.tables.credential(tx, p, r.GetUserId(), r.GetObjectStorageId(), r.GetCredentialId())
		if err != nil {
			return err
		}
		m := proto.CloneOf(old)
		m.SecretKey, m.Version = secretKey(random), old.GetVersion()+1
		if err := c.s.tables.credentials.Replace(tx, scope(p.Tenant), old, m); err != nil {
			return err
		}
		if view, err = c.s.tables.credentialView(tx, p.Tenant, m); err != nil {
			return err
		}
		return errors.Join(c.s.tables.audit.Write(tx, scope(p.Tenant), done), c.s.tables.outbox.Queue(tx, push))
	})
	if err != nil {
		return nil, err
	}
	if err := c.s.tellStorages(ctx, p.Tenant, r.GetUserId()); err != nil {
		return nil, fault.Unavailable("the object storage could not be told of the new secret key; the old one works until it can").Because(err)
	}
	return &useradminv1.RegenerateCredentialResponse{Credential: view}, nil
}

// mayTouchID is mayTouch for the id of a user, who must exist.
func (t *tables) mayTouchID(tx kv.Reader, p *auth.Principal, user string) error {
	u, err := t.users.Get(tx, scope(p.Tenant), user)
	if errors.Is(err, kv.ErrNotFound) {
		return fault.NotFound(reasonUserUnknown, "user %s does not exist", user)
	}
	if err != nil {
		return err
	}
	return t.mayTouch(tx, p, u)
}

// credential finds the one that all three ids name.
func (t *tables) credential(tx kv.Reader, p *auth.Principal, user, storage string, id int64) (*storev1.S3Credential, error) {
	if err := t.mayTouchID(tx, p, user); err != nil {
		return nil, err
	}
	m, err := t.credentials.Find(tx, scope(p.Tenant), byPair, user, storage)
	if err != nil && !errors.Is(err, kv.ErrNotFound) {
		return nil, err
	}
	if err != nil || int64(m.GetId()) != id {
		return nil, fault.NotFound(reasonCredentialUnknown, "credential %d does not exist", id)
	}
	return m, nil
}

func (t *tables) credentialView(tx kv.Reader, of tenant.ID, m *storev1.S3Credential) (*useradminv1.Credential, error) {
	account, err := t.accountShown(tx, of)
	if err != nil {
		return nil, err
	}
	storage, err := t.storages.Get(tx, scope(of), m.GetObjectStorage())
	if err != nil {
		return nil, err
	}
	return &useradminv1.Credential{
		TenantId: account.GetTenantId(), CustomerId: account.GetCustomerId(), CredentialId: m.GetId(),
		AccessKey: m.GetAccessKey(), SecretKey: m.GetSecretKey(), ObjectStorageId: storage.GetId(),
		DisplayName: storage.GetDisplayName(), Region: storage.GetRegion(),
	}, nil
}
