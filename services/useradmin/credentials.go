package useradmin

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strconv"

	"google.golang.org/protobuf/proto"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
	"github.com/holdplane/holdplane/pkg/audit"
	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/objectstorage"
	"github.com/holdplane/holdplane/pkg/table"
	"github.com/holdplane/holdplane/pkg/tenant"
)

const (
	reasonCredentialUnknown = "CREDENTIAL_NOT_FOUND"
	reasonStorageRefuses    = "OBJECT_STORAGE_REFUSES"
)

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
	err = c.s.deps.Store.Update(ctx, func(tx kv.Writer) (err error) {
		if _, err = c.s.tables.touchable(tx, p, r.GetUserId()); err != nil {
			return err
		}
		if all, err = c.s.tables.credentialsOf(tx, p.Tenant, r); err != nil {
			return err
		}
		return c.s.tables.audit.Write(tx, scope(p.Tenant), read)
	})
	if err != nil {
		return nil, err
	}
	rows, page := cut(all, r, credentialFields)
	return &useradminv1.ListCredentialsResponse{Credentials: rows, Page: page}, nil
}

// credentialsOf are a user's credentials that a request asks for, oldest first.
func (t *tables) credentialsOf(tx kv.Reader, of tenant.ID, r *useradminv1.ListCredentialsRequest) ([]*useradminv1.Credential, error) {
	var rows []*storev1.S3Credential
	for m, err := range t.credentials.Each(tx, scope(of), table.Page{}, byUser, r.GetUserId()) {
		if err != nil {
			return nil, err
		}
		rows = append(rows, m)
	}
	slices.SortStableFunc(rows, func(a, b *storev1.S3Credential) int { return cmp.Compare(a.GetCreatedAtMs(), b.GetCreatedAtMs()) })
	var all []*useradminv1.Credential
	for _, m := range rows {
		view, err := t.credentialView(tx, of, m)
		if err != nil {
			return nil, err
		}
		if fitsCredential(view, r) {
			all = append(all, view)
		}
	}
	return all, nil
}

func fitsCredential(m *useradminv1.Credential, r *useradminv1.ListCredentialsRequest) bool {
	return asked(r.GetObjectStorageId(), m.GetObjectStorageId()) && asked(r.GetRegionName(), m.GetRegion()) &&
		asked(r.GetDisplayName(), m.GetDisplayName())
}

func (c credentials) GetCredential(ctx context.Context, r *useradminv1.GetCredentialRequest) (*useradminv1.GetCredentialResponse, error) {
	p, err := requireSelfOr(ctx, r.GetUserId(), permReadCredentials)
	if err != nil {
		return nil, err
	}
	read := credentialEvent(ctx, "credential.read", r)
	var view *useradminv1.Credential
	err = c.s.deps.Store.Update(ctx, func(tx kv.Writer) error {
		m, err := c.s.tables.credential(tx, p, r)
		if err != nil {
			return err
		}
		if view, err = c.s.tables.credentialView(tx, p.Tenant, m); err != nil {
			return err
		}
		return c.s.tables.audit.Write(tx, scope(p.Tenant), read)
	})
	if err != nil {
		return nil, err
	}
	return &useradminv1.GetCredentialResponse{Credential: view}, nil
}

// RegenerateCredential answers when the object storage has the new secret key, so that the
// old one does not work any more.
func (c credentials) RegenerateCredential(ctx context.Context, r *useradminv1.RegenerateCredentialRequest) (*useradminv1.RegenerateCredentialResponse, error) {
	p, err := requireSelfOr(ctx, r.GetUserId(), permUpdateCredentials)
	if err != nil {
		return nil, err
	}
	order, err := newCredentialPush(p.Tenant, r.GetUserId())
	if err != nil {
		return nil, err
	}
	secret := newSecretKey()
	done := credentialEvent(ctx, "credential.regenerate", r)
	var view *useradminv1.Credential
	err = c.s.deps.Store.Update(ctx, func(tx kv.Writer) error {
		old, err := c.s.tables.credential(tx, p, r)
		if err != nil {
			return err
		}
		m := proto.CloneOf(old)
		m.SecretKey, m.Version = secret, old.GetVersion()+1
		if err := c.s.tables.credentials.Replace(tx, scope(p.Tenant), old, m); err != nil {
			return err
		}
		if view, err = c.s.tables.credentialView(tx, p.Tenant, m); err != nil {
			return err
		}
		if err := c.s.tables.audit.Write(tx, scope(p.Tenant), done); err != nil {
			return err
		}
		return c.s.tables.queuePush(tx, order)
	})
	if err != nil {
		return nil, err
	}
	if err := c.s.tellStorage(ctx, p.Tenant, view.GetCredentialId()); err != nil {
		return nil, untold(err)
	}
	return &useradminv1.RegenerateCredentialResponse{Credential: view}, nil
}

// untold words why an object storage has not got a new secret key. The key is made: whoever
// reads the credential sees it, and the old one works until the outbox gets through.
func untold(err error) error {
	if errors.Is(err, objectstorage.ErrRefused) {
		return fault.FailedPrecondition(reasonStorageRefuses,
			"the object storage refuses the new secret key; the old one works until the operator has seen to the storage").Because(err)
	}
	return fault.Unavailable("the object storage could not be told of the new secret key; the old one works until it can").Because(err)
}

// named are requests that name a credential.
type named interface {
	GetUserId() string
	GetObjectStorageId() string
	GetCredentialId() int64
}

func credentialEvent(ctx context.Context, event string, r named) audit.Entry {
	return audit.Event(ctx, event, r.GetUserId()).
		With("storage", r.GetObjectStorageId()).With("credential", strconv.FormatInt(r.GetCredentialId(), 10))
}

// credential finds the one that all three ids name, of a user whom the caller may touch.
func (t *tables) credential(tx kv.Reader, p *auth.Principal, r named) (*storev1.S3Credential, error) {
	u, err := t.users.Get(tx, scope(p.Tenant), r.GetUserId())
	if err == nil {
		err = t.mayTouch(tx, p, u)
	}
	var m *storev1.S3Credential
	if err == nil {
		m, err = t.credentials.Find(tx, scope(p.Tenant), byPair, u.GetId(), r.GetObjectStorageId())
	}
	if errors.Is(err, kv.ErrNotFound) || err == nil && int64(m.GetId()) != r.GetCredentialId() {
		return nil, fault.NotFound(reasonCredentialUnknown, "object storage credential not found")
	}
	return m, err
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
