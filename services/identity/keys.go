package identity

import (
	"cmp"
	"context"

	"google.golang.org/protobuf/proto"

	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/fault"
)

// keys serves KeyService of v1.
type keys struct {
	identityv1.UnimplementedKeyServiceServer
	s *Service
}

func (k keys) CreateKey(ctx context.Context, r *identityv1.CreateKeyRequest) (*identityv1.CreateKeyResponse, error) {
	p, err := requireAPI(ctx, r.GetApiId(), actionCreateKey)
	if err != nil {
		return nil, err
	}
	d := newDraft(ctx, p.Tenant, r.GetApiId())
	if err := d.readV1(r); err != nil {
		return nil, err
	}
	d.owner = newOwner(ctx, cmp.Or(r.GetExternalId(), r.GetOwnerId()))
	d.grant(ctx, words(true, r.GetPermissions()), words(true, r.GetRoles()))
	secret := formV1.fill(d.key, r.GetPrefix(), cmp.Or(int(r.GetByteLength()), defaultKeyBytes))
	if r.GetRecoverable() {
		if err := d.requireRecoverable(ctx, secret); err != nil {
			return nil, err
		}
	}
	if err := k.s.createKey(ctx, d); err != nil {
		return nil, err
	}
	return &identityv1.CreateKeyResponse{KeyId: d.key.GetId(), Key: secret}, nil
}

func (k keys) GetKey(ctx context.Context, r *identityv1.GetKeyRequest) (*identityv1.GetKeyResponse, error) {
	v, err := k.s.getKey(ctx, r.GetKeyId(), r.GetDecrypt())
	if err != nil {
		return nil, err
	}
	return &identityv1.GetKeyResponse{Key: shownKeyV1(v)}, nil
}

func (k keys) DeleteKey(ctx context.Context, r *identityv1.DeleteKeyRequest) (*identityv1.DeleteKeyResponse, error) {
	return &identityv1.DeleteKeyResponse{}, k.s.deleteKey(ctx, r.GetKeyId())
}

func (k keys) Whoami(ctx context.Context, r *identityv1.WhoamiRequest) (*identityv1.WhoamiResponse, error) {
	v, err := k.s.whoami(ctx, r.GetKey())
	if err != nil {
		return nil, err
	}
	answer := &identityv1.WhoamiResponse{
		Id: v.GetId(), Name: some(v.GetName()), Meta: v.GetMeta(), CreatedAt: v.GetCreatedAtMs(),
		Enabled: v.GetEnabled(), Environment: some(v.GetEnvironment()),
	}
	if v.credits != nil {
		answer.Remaining = proto.Int64(v.credits.GetRemaining())
	}
	if v.owner != nil {
		answer.Identity = &identityv1.WhoamiIdentity{Id: v.owner.GetId(), ExternalId: v.owner.GetExternalId()}
	}
	return answer, nil
}

// givenV1 is what creating and migrating a key in v1 have in common.
type givenV1 interface {
	GetName() string
	GetMeta() string
	GetExpires() int64
	GetEnvironment() string
	GetRatelimit() *identityv1.KeyRatelimit
	GetRefill() *identityv1.KeyRefill
}

// readV1 takes over what needs no look at the store.
func (d *draft) readV1(r *identityv1.CreateKeyRequest) error {
	if r.Remaining != nil && r.GetRemaining() == 0 {
		return fault.InvalidArgument(reasonKeyInvalid, "remaining must be greater than 0.")
	}
	if r.Enabled != nil {
		d.key.Enabled = r.GetEnabled()
	}
	return d.takeV1(r, r.Remaining)
}

func (d *draft) takeV1(r givenV1, remaining *int64) error {
	credits, err := newCreditsV1(remaining, r.GetRefill())
	if err != nil {
		return err
	}
	limit, err := limitV1(r.GetRatelimit())
	if err != nil {
		return err
	}
	d.limit(credits)
	if limit != nil {
		d.key.Ratelimits = []*storev1.IdentityRatelimit{limit}
		d.key.AsyncRatelimit = asyncV1(r.GetRatelimit())
	}
	d.key.Name, d.key.Meta = r.GetName(), r.GetMeta()
	d.key.ExpiresAtMs, d.key.Environment = r.GetExpires(), r.GetEnvironment()
	return nil
}
