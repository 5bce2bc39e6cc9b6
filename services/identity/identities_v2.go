package identity

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"google.golang.org/protobuf/proto"

	identityv2 "github.com/holdplane/holdplane/gen/holdplane/identity/v2"
	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/id"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/page"
	"github.com/holdplane/holdplane/pkg/table"
	"github.com/holdplane/holdplane/pkg/tenant"
)

// identitiesV2 serves IdentityService of v2.
type identitiesV2 struct {
	identityv2.UnimplementedIdentityServiceServer
	s *Service
}

func (i identitiesV2) CreateIdentity(ctx context.Context, r *identityv2.CreateIdentityRequest) (*identityv2.CreateIdentityResponse, error) {
	p, err := auth.Require(ctx, permCreate)
	if err != nil {
		return nil, err
	}
	if err := checkMeta("meta", r.GetMeta()); err != nil {
		return nil, err
	}
	made, err := i.s.createIdentity(ctx, p, r.GetExternalId(), r.GetMeta(), lastNamed(newRatelimitsV2(r.GetRatelimits())))
	if err != nil {
		return nil, err
	}
	return &identityv2.CreateIdentityResponse{IdentityId: made}, nil
}

func (i identitiesV2) GetIdentity(ctx context.Context, r *identityv2.GetIdentityRequest) (*identityv2.GetIdentityResponse, error) {
	m, err := i.s.readIdentity(ctx, "", func(tx kv.Reader, t tenant.ID) (*storev1.Identity, error) {
		return i.s.tables.identity(tx, t, r.GetIdentity())
	})
	if err != nil {
		return nil, err
	}
	return &identityv2.GetIdentityResponse{Identity: identityV2(m)}, nil
}

// ListIdentities asks once for the permission to read all, and not row by row.
func (i identitiesV2) ListIdentities(ctx context.Context, r *identityv2.ListIdentitiesRequest) (*identityv2.ListIdentitiesResponse, error) {
	p, err := auth.Require(ctx, permRead)
	if err != nil {
		return nil, err
	}
	answer := &identityv2.ListIdentitiesResponse{}
	list := page.Scope{Method: identityv2.IdentityService_ListIdentities_FullMethodName, Tenant: string(p.Tenant), Filter: []string{r.GetSearch()}}
	answer.Pagination, err = i.s.page(ctx, list, r, func(tx kv.Reader, after []byte, size int) ([]byte, error) {
		rows := i.s.tables.identities.All(tx, table.Of(p.Tenant), table.Page{After: after})
		found, next, err := matching(i.s.tables.identities, rows, size, func(m *storev1.Identity) bool {
			return contains(r.GetSearch(), m.GetId(), m.GetExternalId())
		})
		answer.Identities = make([]*identityv2.Identity, len(found))
		for n, m := range found {
			answer.Identities[n] = identityV2(m)
		}
		return next, err
	})
	return answer, err
}

func (i identitiesV2) UpdateIdentity(ctx context.Context, r *identityv2.UpdateIdentityRequest) (*identityv2.UpdateIdentityResponse, error) {
	p, err := auth.Require(ctx, permUpdate)
	if err != nil {
		return nil, err
	}
	c, err := newChangeV2(r)
	if err != nil {
		return nil, err
	}
	m, err := i.s.updateIdentity(ctx, p, c, func(tx kv.Reader) (*storev1.Identity, error) {
		return i.s.tables.identity(tx, p.Tenant, r.GetIdentity())
	})
	if err != nil {
		return nil, err
	}
	return &identityv2.UpdateIdentityResponse{Identity: identityV2(m)}, nil
}

func (i identitiesV2) DeleteIdentity(ctx context.Context, r *identityv2.DeleteIdentityRequest) (*identityv2.DeleteIdentityResponse, error) {
	p, err := auth.Require(ctx, permDelete)
	if err != nil {
		return nil, err
	}
	return &identityv2.DeleteIdentityResponse{}, i.s.deleteIdentity(ctx, p, func(tx kv.Reader) (*storev1.Identity, error) {
		return i.s.tables.identity(tx, p.Tenant, r.GetIdentity())
	})
}

// identity returns a tenant's identity by its id or external id.
func (t *tables) identity(tx kv.Reader, of tenant.ID, name string) (*storev1.Identity, error) {
	m, err := t.identities.Get(tx, table.Of(of), name)
	if errors.Is(err, kv.ErrNotFound) {
		m, err = t.identities.Find(tx, table.Of(of), byExternalID, name)
	}
	if errors.Is(err, kv.ErrNotFound) {
		return nil, fault.NotFound(reasonIdentityUnknown, "This identity does not exist.")
	}
	return m, err
}

// newChangeV2 reads v2's update mask; without one, what is set is replaced.
func newChangeV2(r *identityv2.UpdateIdentityRequest) (*change, error) {
	limits := newRatelimitsV2(r.GetRatelimits())
	if len(lastNamed(limits)) < len(limits) {
		return nil, fault.Invalid(fault.Violation{Field: "ratelimits", Rule: "ratelimits.unique_names", Message: "each name may be given once"})
	}
	if err := checkMeta("meta", r.GetMeta()); err != nil {
		return nil, err
	}
	c := &change{ratelimits: limits, setLimits: len(limits) > 0, at: time.Now().UnixMilli()}
	if r.GetMeta() != "" {
		c.meta = proto.String(r.GetMeta())
	}
	mask := r.GetUpdateMask()
	if mask == nil {
		return c, nil
	}
	named := func(f string) bool { return slices.Contains(mask.GetPaths(), f) }
	if !mask.IsValid(r) || c.meta != nil && !named("meta") || c.setLimits && !named("ratelimits") {
		return nil, fault.InvalidArgument(reasonMaskInvalid, "update_mask must name what is set of meta and ratelimits, and no field that is not there")
	}
	if named("meta") {
		c.meta = proto.String(r.GetMeta())
	}
	c.setLimits = named("ratelimits")
	return c, nil
}

// newRatelimitsV2 makes the limits to store, each with a fresh id.
func newRatelimitsV2(given []*identityv2.RatelimitRequest) []*storev1.IdentityRatelimit {
	limits := make([]*storev1.IdentityRatelimit, len(given))
	for i, l := range given {
		limits[i] = &storev1.IdentityRatelimit{
			Id: id.New("rl"), Name: l.GetName(), Limit: l.GetLimit(), DurationMs: l.GetDuration(), AutoApply: l.GetAutoApply(),
		}
	}
	return limits
}

// lastNamed leaves one limit a name, the last one given, as the real server does when an
// identity is created.
func lastNamed(limits []*storev1.IdentityRatelimit) []*storev1.IdentityRatelimit {
	last := make([]*storev1.IdentityRatelimit, 0, len(limits))
	for _, l := range limits {
		if i := slices.IndexFunc(last, func(m *storev1.IdentityRatelimit) bool { return m.GetName() == l.GetName() }); i >= 0 {
			last[i] = l
			continue
		}
		last = append(last, l)
	}
	return last
}

func identityV2(m *storev1.Identity) *identityv2.Identity {
	return &identityv2.Identity{
		Id: m.GetId(), ExternalId: m.GetExternalId(), Meta: m.GetMeta(), Ratelimits: ratelimitsV2Of(m.GetRatelimits()),
	}
}

func ratelimitsV2Of(limits []*storev1.IdentityRatelimit) []*identityv2.Ratelimit {
	all := make([]*identityv2.Ratelimit, len(limits))
	for i, l := range limits {
		all[i] = &identityv2.Ratelimit{
			Id: l.GetId(), Name: l.GetName(), Limit: l.GetLimit(), Duration: l.GetDurationMs(), AutoApply: l.GetAutoApply(),
		}
	}
	return all
}

// maxMetaMembers is how many members meta may have in v2.
const maxMetaMembers = 100

// checkMeta refuses what has too many members: protobuf's rules can't count them.
func checkMeta(field, meta string) error {
	if meta == "" {
		return nil
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal([]byte(meta), &members); err != nil {
		return fault.Invalid(fault.Violation{Field: field, Rule: "meta.object", Message: "must be a JSON object"})
	}
	if len(members) > maxMetaMembers {
		return fault.Invalid(fault.Violation{Field: field, Rule: "meta.max_members", Limit: "100", Message: "must have at most 100 members"})
	}
	return nil
}
