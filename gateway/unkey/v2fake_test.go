package unkey_test

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	identityv2 "github.com/holdplane/holdplane/gen/holdplane/identity/v2"
	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/rpc"
)

// registerV2 adds services of v2 that hold what the wire needs to be seen; the rules of
// the product are the real ones'.
func registerV2(local *rpc.Local) {
	identityv2.RegisterIdentityServiceServer(local, &identitiesV2{})
	identityv2.RegisterRatelimitServiceServer(local, limitsV2{})
	identityv2.RegisterKeyServiceServer(local, keysV2{})
	identityv2.RegisterPermissionServiceServer(local, permissionsV2{})
	identityv2.RegisterLivenessServiceServer(local, livenessV2{})
}

// identitiesV2 keeps one tenant's identities in memory.
type identitiesV2 struct {
	identityv2.UnimplementedIdentityServiceServer
	mu   sync.Mutex
	rows []*identityv2.Identity
}

func (s *identitiesV2) CreateIdentity(ctx context.Context, r *identityv2.CreateIdentityRequest) (*identityv2.CreateIdentityResponse, error) {
	if _, err := auth.Require(ctx, "identity.*.create_identity"); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if row := s.find(r.GetExternalId()); row != nil {
		return nil, fault.AlreadyExists("IDENTITY_ALREADY_EXISTS", "Identity with externalId %q already exists", r.GetExternalId())
	}
	row := &identityv2.Identity{Id: fmt.Sprintf("id_%04d", len(s.rows)+1), ExternalId: r.GetExternalId(), Meta: r.GetMeta(), Ratelimits: limitsOf(r.GetRatelimits())}
	s.rows = append(s.rows, row)
	return &identityv2.CreateIdentityResponse{IdentityId: row.GetId()}, nil
}

func (s *identitiesV2) GetIdentity(_ context.Context, r *identityv2.GetIdentityRequest) (*identityv2.GetIdentityResponse, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	row := s.find(r.GetIdentity())
	if row == nil {
		return nil, missingV2(r.GetIdentity())
	}
	return &identityv2.GetIdentityResponse{Identity: row}, nil
}

func (s *identitiesV2) ListIdentities(_ context.Context, r *identityv2.ListIdentitiesRequest) (*identityv2.ListIdentitiesResponse, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	answer := &identityv2.ListIdentitiesResponse{Pagination: &identityv2.Pagination{}}
	for _, row := range s.rows {
		switch {
		case row.GetId() < r.GetCursor() || !strings.Contains(row.GetExternalId(), r.GetSearch()):
		case len(answer.GetIdentities()) == cmp.Or(int(r.GetLimit()), 100):
			next := row.GetId()
			answer.Pagination = &identityv2.Pagination{Cursor: &next, HasMore: true}
			return answer, nil
		default:
			answer.Identities = append(answer.Identities, row)
		}
	}
	return answer, nil
}

func (s *identitiesV2) UpdateIdentity(_ context.Context, r *identityv2.UpdateIdentityRequest) (*identityv2.UpdateIdentityResponse, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	row := s.find(r.GetIdentity())
	if row == nil {
		return nil, missingV2(r.GetIdentity())
	}
	for _, field := range r.GetUpdateMask().GetPaths() {
		switch field {
		case "meta":
			row.Meta = r.GetMeta()
		case "ratelimits":
			row.Ratelimits = limitsOf(r.GetRatelimits())
		}
	}
	return &identityv2.UpdateIdentityResponse{Identity: row}, nil
}

func (s *identitiesV2) DeleteIdentity(_ context.Context, r *identityv2.DeleteIdentityRequest) (*identityv2.DeleteIdentityResponse, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	row := s.find(r.GetIdentity())
	if row == nil {
		return nil, missingV2(r.GetIdentity())
	}
	s.rows = slices.DeleteFunc(s.rows, func(i *identityv2.Identity) bool { return i == row })
	return &identityv2.DeleteIdentityResponse{}, nil
}

func (s *identitiesV2) find(id string) *identityv2.Identity {
	for _, row := range s.rows {
		if id == row.GetId() || id == row.GetExternalId() {
			return row
		}
	}
	return nil
}

func missingV2(id string) error {
	return fault.NotFound("IDENTITY_NOT_FOUND", "Identity %s not found", id)
}

func limitsOf(requests []*identityv2.RatelimitRequest) []*identityv2.Ratelimit {
	var limits []*identityv2.Ratelimit
	for i, r := range requests {
		limits = append(limits, &identityv2.Ratelimit{
			Id: fmt.Sprintf("rl_%04d", i), Name: r.GetName(), Limit: r.GetLimit(), Duration: r.GetDuration(), AutoApply: r.GetAutoApply(),
		})
	}
	return limits
}

// limitsV2 denies whoever is called "denied".
type limitsV2 struct {
	identityv2.UnimplementedRatelimitServiceServer
}

func (limitsV2) Limit(_ context.Context, r *identityv2.LimitRequest) (*identityv2.LimitResponse, error) {
	return &identityv2.LimitResponse{Limit: r.GetLimit(), Success: r.GetIdentifier() != "denied"}, nil
}

func (limitsV2) MultiLimit(_ context.Context, r *identityv2.MultiLimitRequest) (*identityv2.MultiLimitResponse, error) {
	answer := &identityv2.MultiLimitResponse{Passed: true}
	for _, c := range r.GetChecks() {
		passed := c.GetIdentifier() != "denied"
		answer.Passed = answer.Passed && passed
		answer.Limits = append(answer.Limits, &identityv2.MultiLimitResult{
			Namespace: c.GetNamespace(), Identifier: c.GetIdentifier(), Limit: c.GetLimit(), Passed: passed,
		})
	}
	return answer, nil
}

func (limitsV2) DeleteOverride(context.Context, *identityv2.DeleteOverrideRequest) (*identityv2.DeleteOverrideResponse, error) {
	return &identityv2.DeleteOverrideResponse{}, nil
}

func (limitsV2) ListOverrides(context.Context, *identityv2.ListOverridesRequest) (*identityv2.ListOverridesResponse, error) {
	return &identityv2.ListOverridesResponse{Pagination: &identityv2.Pagination{}}, nil
}

// keysV2 echoes: the name of a key becomes what an update would change.
type keysV2 struct {
	identityv2.UnimplementedKeyServiceServer
}

func (keysV2) GetKey(_ context.Context, r *identityv2.GetKeyRequest) (*identityv2.GetKeyResponse, error) {
	return &identityv2.GetKeyResponse{Key: &identityv2.Key{KeyId: r.GetKeyId(), Meta: "{}", Credits: &identityv2.KeyCredits{}}}, nil
}

func (keysV2) VerifyKey(context.Context, *identityv2.VerifyKeyRequest) (*identityv2.VerifyKeyResponse, error) {
	return &identityv2.VerifyKeyResponse{Code: "NOT_FOUND"}, nil
}

// UpdateKey refuses with what it understood.
func (keysV2) UpdateKey(_ context.Context, r *identityv2.UpdateKeyRequest) (*identityv2.UpdateKeyResponse, error) {
	return nil, fault.FailedPrecondition("ECHO", "%s; credits %s", strings.Join(r.GetUpdateMask().GetPaths(), ","),
		strings.Join(r.GetCredits().GetUpdateMask().GetPaths(), ","))
}

func (keysV2) AddRoles(context.Context, *identityv2.AddRolesRequest) (*identityv2.AddRolesResponse, error) {
	return &identityv2.AddRolesResponse{Roles: []*identityv2.Role{{Id: "role_1", Name: "admin"}}}, nil
}

// RerollKey makes a key that tells by its secret whether the old one ends.
func (keysV2) RerollKey(_ context.Context, r *identityv2.RerollKeyRequest) (*identityv2.RerollKeyResponse, error) {
	secret := "secret"
	if r.Expiration == nil {
		secret = "another"
	}
	return &identityv2.RerollKeyResponse{KeyId: "key_2", Key: secret}, nil
}

type permissionsV2 struct {
	identityv2.UnimplementedPermissionServiceServer
}

func (permissionsV2) SetRolePermissions(context.Context, *identityv2.SetRolePermissionsRequest) (*identityv2.SetRolePermissionsResponse, error) {
	return &identityv2.SetRolePermissionsResponse{}, nil
}

type livenessV2 struct {
	identityv2.UnimplementedLivenessServiceServer
}

func (livenessV2) GetLiveness(context.Context, *identityv2.GetLivenessRequest) (*identityv2.GetLivenessResponse, error) {
	return &identityv2.GetLivenessResponse{Message: "we're cooking"}, nil
}
