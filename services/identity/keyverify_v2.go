package identity

import (
	"context"
	"errors"

	"google.golang.org/protobuf/proto"

	identityv2 "github.com/holdplane/holdplane/gen/holdplane/identity/v2"
	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/permit"
	"github.com/holdplane/holdplane/pkg/ratelimit"
)

// actionVerifyKey lacks an error: whoever may not verify a key is told that there is none.
const actionVerifyKey = "verify_key"

func (k keysV2) VerifyKey(ctx context.Context, r *identityv2.VerifyKeyRequest) (*identityv2.VerifyKeyResponse, error) {
	caller, err := requireTenant(ctx)
	if err != nil {
		return nil, err
	}
	v, err := k.s.verifiable(ctx, auth.DigestOf(r.GetKey()))
	if err != nil {
		return nil, err
	}
	if v == nil || v.GetTenant() != string(caller.Tenant) ||
		!caller.Allows(anyAPI(actionVerifyKey), oneAPI(v.GetApiId(), actionVerifyKey)) {
		return &identityv2.VerifyKeyResponse{Code: codeNotFound}, nil
	}
	p := &purpose{
		query: func() (permit.Query, error) { return permit.Query{}, nil },
		kind:  ratelimit.Sliding, counter: counterV2, limits: wantedV2(r.GetRatelimits()), cost: 1,
	}
	if r.Permissions != nil {
		p.query = asks(r.GetPermissions(), permit.Parse)
	}
	if r.GetCredits() != nil {
		p.cost = r.GetCredits().GetCost()
	}
	d, err := k.s.verify(ctx, v, p)
	if unknown := (*ratelimit.UnknownError)(nil); errors.As(err, &unknown) {
		return nil, unknownLimitV2(v, unknown.Name)
	}
	if err != nil {
		return nil, err
	}
	return shownVerdictV2(v, &d), nil
}

// counterV2 counts limits of the identity together, and the key's and the request's for
// the key alone. A name cannot pass for another's: ids have no slash.
func counterV2(v *verifiable, l *ratelimit.Planned) string {
	if l.Holder == ratelimit.OfIdentity {
		return "identity/" + l.Name
	}
	return v.GetId() + "/" + l.Name
}

func wantedV2(given []*identityv2.VerifyKeyRatelimit) []ratelimit.Wanted {
	all := make([]ratelimit.Wanted, len(given))
	for i, l := range given {
		all[i] = ratelimit.Wanted{
			Name: l.GetName(), Cost: orOne(l.Cost),
			Defined: l.Limit != nil && l.Duration != nil, Limit: l.GetLimit(), Duration: window(l.GetDuration()),
		}
	}
	return all
}

func unknownLimitV2(v *verifiable, name string) error {
	text := "and there is no identity connected."
	if v.owner != nil {
		text = "nor identity: '" + v.owner.GetId() + "' external ID: '" + v.owner.GetExternalId() + "'"
	}
	return fault.FailedPrecondition(reasonRatelimitUnknown, "ratelimit '%s' was requested but does not exist for key '%s' %s", name, v.GetId(), text)
}

func shownVerdictV2(v *verifiable, d *verdict) *identityv2.VerifyKeyResponse {
	answer := &identityv2.VerifyKeyResponse{
		Valid: d.code == codeValid, Code: d.code,
		KeyId: proto.String(v.GetId()), Name: some(v.GetName()), Meta: v.GetMeta(), Expires: some(v.GetExpiresAtMs()),
		Enabled: proto.Bool(v.GetEnabled()), Permissions: v.grants.slugs, Roles: v.roles, Credits: d.credits,
	}
	if v.owner != nil {
		answer.Identity = identityV2(v.owner)
	}
	if d.credits == nil && v.credits != nil && d.code != codeValid {
		answer.Credits = proto.Int64(v.left.Load()) // no look for a use that is denied anyway
	}
	for i, c := range d.counts {
		l := &d.limits[i]
		answer.Ratelimits = append(answer.Ratelimits, &identityv2.VerifyKeyRatelimitResult{
			Id: l.ID, Name: l.Name, Limit: c.Limit, Duration: l.Duration.Milliseconds(), AutoApply: l.AutoApply,
			Exceeded: !c.Allowed, Remaining: c.Remaining, Reset_: c.Reset,
		})
	}
	return answer
}
