package useradmin

import (
	"cmp"
	"context"
	"errors"
	"slices"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
	"github.com/holdplane/holdplane/pkg/audit"
	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/outbox"
	"github.com/holdplane/holdplane/pkg/table"
)

// maxCredentials is how many application credentials a user has at most.
const maxCredentials = 100

const (
	reasonAppCredentialTaken   = "APPLICATION_CREDENTIAL_EXISTS"
	reasonAppCredentialUnknown = "APPLICATION_CREDENTIAL_NOT_FOUND"
	reasonAppCredentialLimit   = "APPLICATION_CREDENTIAL_LIMIT"
)

// appCredentials serves ApplicationCredentialService.
type appCredentials struct {
	useradminv1.UnimplementedApplicationCredentialServiceServer
	s *Service
}

func (a appCredentials) CreateApplicationCredential(ctx context.Context, r *useradminv1.CreateApplicationCredentialRequest) (*useradminv1.CreateApplicationCredentialResponse, error) {
	p, err := credentialOwner(ctx, r.GetUserId())
	if err != nil {
		return nil, err
	}
	m, secret, err := a.s.newCredential(ctx, p, r.GetApplicationCredential())
	if err != nil {
		return nil, err
	}
	done := audit.Event(ctx, "application-credential.create", m.GetId())
	err = a.s.deps.Store.Update(ctx, func(tx kv.Writer) error {
		u, err := a.s.tables.users.Get(tx, scope(p.Tenant), p.Subject)
		if err != nil {
			return err
		}
		held, err := a.s.tables.permissionsOf(tx, u)
		if err != nil {
			return err
		}
		if m.Roles, err = passedOn(p, rolesIn(held), r.GetApplicationCredential().GetRoles()); err != nil {
			return err
		}
		return a.s.tables.addCredential(tx, m, done)
	})
	switch {
	case errors.Is(err, table.ErrExists):
		return nil, fault.AlreadyExists(reasonAppCredentialTaken, "an application credential of this name already exists").With("name", m.GetName())
	case errors.Is(err, kv.ErrNotFound):
		return nil, fault.NotFound(reasonUserUnknown, "user %s does not exist", r.GetUserId())
	case err != nil:
		return nil, err
	}
	shown := credentialView(m)
	shown.Secret = &secret
	return &useradminv1.CreateApplicationCredentialResponse{ApplicationCredential: shown}, nil
}

func (t *tables) addCredential(tx kv.Writer, m *storev1.ApplicationCredential, done audit.Entry) error {
	has, err := t.appCredentials.Under(tx, scope(ownerOf(m)), byUser, m.GetUser())
	if err != nil {
		return err
	}
	if has >= maxCredentials {
		return fault.PermissionDenied(reasonAppCredentialLimit, "a user has at most %d application credentials; delete one first", maxCredentials)
	}
	if err := t.appCredentials.Insert(tx, scope(ownerOf(m)), m); err != nil {
		return err
	}
	return t.audit.Write(tx, scope(ownerOf(m)), done)
}

func (a appCredentials) ListApplicationCredentials(ctx context.Context, r *useradminv1.ListApplicationCredentialsRequest) (*useradminv1.ListApplicationCredentialsResponse, error) {
	p, err := credentialOwner(ctx, r.GetUserId())
	if err != nil {
		return nil, err
	}
	var rows []*storev1.ApplicationCredential
	err = a.s.deps.Store.View(ctx, func(tx kv.Reader) error {
		for m, err := range a.s.tables.appCredentials.Each(tx, scope(p.Tenant), table.Page{}, byUser, p.Subject) {
			if err != nil {
				return err
			}
			if r.GetName() == "" || r.GetName() == m.GetName() {
				rows = append(rows, m)
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	slices.SortFunc(rows, func(a, b *storev1.ApplicationCredential) int {
		return cmp.Or(cmp.Compare(a.GetCreatedAtMs(), b.GetCreatedAtMs()), cmp.Compare(a.GetId(), b.GetId()))
	})
	answer := &useradminv1.ListApplicationCredentialsResponse{}
	for _, m := range rows {
		answer.ApplicationCredentials = append(answer.ApplicationCredentials, credentialView(m))
	}
	return answer, nil
}

func (a appCredentials) GetApplicationCredential(ctx context.Context, r *useradminv1.GetApplicationCredentialRequest) (*useradminv1.GetApplicationCredentialResponse, error) {
	p, err := credentialOwner(ctx, r.GetUserId())
	if err != nil {
		return nil, err
	}
	var m *storev1.ApplicationCredential
	err = a.s.deps.Store.View(ctx, func(tx kv.Reader) (err error) {
		m, err = a.s.tables.credentialOf(tx, p, r.GetCredentialId())
		return err
	})
	if err != nil {
		return nil, err
	}
	return &useradminv1.GetApplicationCredentialResponse{ApplicationCredential: credentialView(m)}, nil
}

func (a appCredentials) DeleteApplicationCredential(ctx context.Context, r *useradminv1.DeleteApplicationCredentialRequest) (*useradminv1.DeleteApplicationCredentialResponse, error) {
	p, err := credentialOwner(ctx, r.GetUserId())
	if err != nil {
		return nil, err
	}
	order := &storev1.KeystoneToken{Tenant: string(p.Tenant), ApplicationCredential: r.GetCredentialId()}
	revocation, err := outbox.NewMessage(topicRevocation, order)
	if err != nil {
		return nil, err
	}
	done := audit.Event(ctx, "application-credential.delete", r.GetCredentialId())
	err = a.s.deps.Store.Update(ctx, func(tx kv.Writer) error {
		m, err := a.s.tables.credentialOf(tx, p, r.GetCredentialId())
		if err != nil {
			return err
		}
		if err := a.s.tables.appCredentials.Delete(tx, scope(p.Tenant), m); err != nil {
			return err
		}
		if err := a.s.tables.audit.Write(tx, scope(p.Tenant), done); err != nil {
			return err
		}
		return a.s.tables.outbox.Queue(tx, revocation)
	})
	if err != nil {
		return nil, err
	}
	a.s.endTokens(ctx, order)
	return &useradminv1.DeleteApplicationCredentialResponse{}, nil
}

// credentialOwner returns the caller if it is the user, with a token that manages
// application credentials.
func credentialOwner(ctx context.Context, user string) (*auth.Principal, error) {
	p, err := auth.Require(ctx, permAppCredentials)
	if err == nil && !(isUser(p) && p.Subject == user) {
		err = fault.NotFound(reasonUserUnknown, "user %s does not exist", user)
	}
	return p, err
}

// credentialOf returns one of the caller's.
func (t *tables) credentialOf(tx kv.Reader, p *auth.Principal, id string) (*storev1.ApplicationCredential, error) {
	m, err := t.appCredentials.Get(tx, scope(p.Tenant), id)
	if errors.Is(err, kv.ErrNotFound) || err == nil && m.GetUser() != p.Subject {
		return nil, fault.NotFound(reasonAppCredentialUnknown, "application credential %s does not exist", id)
	}
	return m, err
}
