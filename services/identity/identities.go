package identity

import (
	"cmp"
	"context"

	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/page"
	"github.com/holdplane/holdplane/pkg/table"
	"github.com/holdplane/holdplane/pkg/tenant"
)

// Permissions of Unkey's v1 API. Each also exists for one identity or environment.
const (
	permCreate auth.Permission = "identity.*.create_identity"
	permRead   auth.Permission = "identity.*.read_identity"
	permUpdate auth.Permission = "identity.*.update_identity"
	permDelete auth.Permission = "identity.*.delete_identity"
)

// Reasons of this service's faults.
const (
	reasonIdentityUnknown   = "IDENTITY_NOT_FOUND"
	reasonExternalIDTaken   = "IDENTITY_ALREADY_EXISTS"
	reasonSelectorMissing   = "IDENTITY_SELECTOR_MISSING"
	reasonRatelimitConflict = "RATELIMIT_CONFLICT"
	reasonMaskInvalid       = "UPDATE_MASK_INVALID"
)

// environment is the only one there is; the wire of Unkey's v1 has it as a word.
const environment = "default"

// emptyMeta is how an absent meta reads back.
const emptyMeta = "{}"

// identities serves IdentityService.
type identities struct {
	identityv1.UnimplementedIdentityServiceServer
	s *Service
}

func (i identities) CreateIdentity(ctx context.Context, r *identityv1.CreateIdentityRequest) (*identityv1.CreateIdentityResponse, error) {
	p, err := auth.Require(ctx, permCreate)
	if err != nil {
		return nil, err
	}
	limits, err := newRatelimits(r.GetRatelimits())
	if err != nil {
		return nil, err
	}
	made, err := i.s.createIdentity(ctx, p, r.GetExternalId(), r.GetMeta(), limits)
	if err != nil {
		return nil, err
	}
	return &identityv1.CreateIdentityResponse{IdentityId: made}, nil
}

func (i identities) GetIdentity(ctx context.Context, r *identityv1.GetIdentityRequest) (*identityv1.GetIdentityResponse, error) {
	m, err := i.s.readIdentity(ctx, r.GetIdentityId(), func(tx kv.Reader, t tenant.ID) (*storev1.Identity, error) {
		return i.s.findIdentity(tx, t, r)
	})
	if err != nil {
		return nil, err
	}
	return &identityv1.GetIdentityResponse{
		Id: m.GetId(), ExternalId: m.GetExternalId(), Meta: meta(m), Ratelimits: shownRatelimits(m),
	}, nil
}

func (i identities) ListIdentities(ctx context.Context, r *identityv1.ListIdentitiesRequest) (*identityv1.ListIdentitiesResponse, error) {
	env := environment
	if r.Environment != nil {
		env = r.GetEnvironment()
	}
	p, err := auth.Require(ctx, permRead, permission(env, "read_identity"))
	if err != nil {
		return nil, err
	}
	if env != environment {
		return &identityv1.ListIdentitiesResponse{}, nil
	}
	cursors := page.Scope{Method: identityv1.IdentityService_ListIdentities_FullMethodName, Tenant: string(p.Tenant)}
	after, err := i.s.deps.Cursors.Decode(cursors, r.GetCursor())
	if err != nil {
		return nil, err
	}
	limit := cmp.Or(int(r.GetLimit()), page.DefaultSize) // a limit of 0 is not valid
	answer := &identityv1.ListIdentitiesResponse{}
	var next []byte
	err = i.s.deps.Store.View(ctx, func(tx kv.Reader) (err error) {
		if answer.Total, err = i.s.tables.identities.Count(tx, table.Of(p.Tenant)); err != nil {
			return err
		}
		rows := i.s.tables.identities.All(tx, table.Of(p.Tenant), table.Page{After: after, Limit: limit + 1})
		var found []*storev1.Identity
		found, next, err = i.s.tables.identities.Take(rows, limit)
		answer.Identities = shownIdentities(found)
		return err
	})
	if err != nil || next == nil {
		return answer, err
	}
	cursor, err := i.s.deps.Cursors.Encode(cursors, next)
	answer.Cursor = &cursor
	return answer, err
}

func (i identities) UpdateIdentity(ctx context.Context, r *identityv1.UpdateIdentityRequest) (*identityv1.UpdateIdentityResponse, error) {
	p, err := auth.Require(ctx, permUpdate)
	if err != nil {
		return nil, err
	}
	change, err := newChange(r)
	if err != nil {
		return nil, err
	}
	if r.Environment != nil && r.GetEnvironment() != environment && r.IdentityId == nil {
		return nil, unknownIdentity(r)
	}
	m, err := i.s.updateIdentity(ctx, p, change, func(tx kv.Reader) (*storev1.Identity, error) {
		return i.s.findIdentity(tx, p.Tenant, r)
	})
	if err != nil {
		return nil, err
	}
	return &identityv1.UpdateIdentityResponse{
		Id: m.GetId(), ExternalId: m.GetExternalId(), Meta: meta(m), Ratelimits: shownRatelimits(m),
	}, nil
}

func (i identities) DeleteIdentity(ctx context.Context, r *identityv1.DeleteIdentityRequest) (*identityv1.DeleteIdentityResponse, error) {
	p, err := auth.Require(ctx, permDelete, permission(r.GetIdentityId(), "delete_identity"))
	if err != nil {
		return nil, err
	}
	err = i.s.deleteIdentity(ctx, p, func(tx kv.Reader) (*storev1.Identity, error) {
		return i.s.findIdentity(tx, p.Tenant, &identityv1.GetIdentityRequest{IdentityId: &r.IdentityId})
	})
	return &identityv1.DeleteIdentityResponse{}, err
}
