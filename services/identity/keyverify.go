package identity

import (
	"cmp"
	"context"
	"errors"

	"google.golang.org/protobuf/proto"

	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/id"
	"github.com/holdplane/holdplane/pkg/permit"
	"github.com/holdplane/holdplane/pkg/ratelimit"
	"github.com/holdplane/holdplane/pkg/requestid"
)

func (k keys) VerifyKey(ctx context.Context, r *identityv1.VerifyKeyRequest) (*identityv1.VerifyKeyResponse, error) {
	v, err := k.s.strangersKey(ctx, auth.DigestOf(r.GetKey()))
	if err != nil {
		return nil, err
	}
	answer := &identityv1.VerifyKeyResponse{Code: codeNotFound, RequestId: cmp.Or(requestid.From(ctx), id.New("req"))}
	if v == nil {
		return answer, nil
	}
	p := &purpose{
		api: r.GetApiId(), query: asks(r.GetAuthorization().GetPermissions(), permit.ParseTree),
		kind: ratelimit.Fixed, counter: counterV1, limits: wantedV1(r.GetRatelimits()), cost: 1,
	}
	if r.GetRemaining() != nil {
		p.cost = orOne(r.GetRemaining().Cost)
	}
	d, err := k.s.verify(ctx, v, p)
	if unknown := (*ratelimit.UnknownError)(nil); errors.As(err, &unknown) {
		return nil, unknownLimitV1(v, unknown.Name)
	}
	if err != nil {
		return nil, err
	}
	answer.Valid, answer.Code, answer.Remaining, answer.Ratelimit = d.code == codeValid, d.code, d.credits, decisive(d.counts)
	tellV1(answer, v)
	return answer, nil
}

// counterV1 counts by name alone: keys of one identity share all counters.
func counterV1(_ *verifiable, l *ratelimit.Planned) string { return l.Name }

func wantedV1(given []*identityv1.VerifyRatelimits) []ratelimit.Wanted {
	all := make([]ratelimit.Wanted, len(given))
	for i, l := range given {
		all[i] = ratelimit.Wanted{
			Name: l.GetName(), Cost: orOne(l.Cost),
			Defined: l.Limit != nil && l.Duration != nil, Limit: l.GetLimit(), Duration: window(l.GetDuration()),
		}
	}
	return all
}

func unknownLimitV1(v *verifiable, name string) error {
	text := "and there is no identity connected"
	if v.owner != nil {
		text = "nor identity { id: " + v.owner.GetId() + ", externalId: " + v.owner.GetExternalId() + "}"
	}
	return fault.InvalidArgument(reasonRatelimitUnknown, "ratelimit \"%s\" was requested but does not exist for key \"%s\" %s", name, v.GetId(), text)
}

// decisive is the first limit that denies, else the first; nil where none was checked.
func decisive(counts []ratelimit.Verdict) *identityv1.VerifiedRatelimit {
	if len(counts) == 0 {
		return nil
	}
	c := &counts[0]
	for i := range counts {
		if !counts[i].Allowed {
			c = &counts[i]
			break
		}
	}
	return &identityv1.VerifiedRatelimit{Limit: c.Limit, Remaining: c.Remaining, Reset_: c.Reset}
}

// tellV1 adds what is known of the key, whatever the verdict.
func tellV1(answer *identityv1.VerifyKeyResponse, v *verifiable) {
	answer.KeyId, answer.Name, answer.Meta = proto.String(v.GetId()), some(v.GetName()), v.GetMeta()
	answer.Enabled, answer.Expires = proto.Bool(v.GetEnabled()), some(v.GetExpiresAtMs())
	answer.Permissions, answer.Roles = v.grants.slugs, v.roles
	answer.Environment = some(v.GetEnvironment())
	if v.owner != nil {
		answer.OwnerId = proto.String(v.owner.GetExternalId())
		answer.Identity = &identityv1.VerifiedIdentity{Id: v.owner.GetId(), ExternalId: v.owner.GetExternalId(), Meta: meta(v.owner)}
	}
}
