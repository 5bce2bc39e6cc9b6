package identity

import (
	"cmp"
	"context"

	identityv2 "github.com/holdplane/holdplane/gen/holdplane/identity/v2"
)

// keysV2 serves KeyService of v2.
type keysV2 struct {
	identityv2.UnimplementedKeyServiceServer
	s *Service
}

func (k keysV2) CreateKey(ctx context.Context, r *identityv2.CreateKeyRequest) (*identityv2.CreateKeyResponse, error) {
	p, err := requireAPI(ctx, r.GetApiId(), actionCreateKey)
	if err != nil {
		return nil, err
	}
	d := newDraft(ctx, p.Tenant, r.GetApiId())
	if err := d.takeV2(r, r.Expires, r.Enabled); err != nil {
		return nil, err
	}
	d.owner = newOwner(ctx, r.GetExternalId())
	d.grant(ctx, words(true, r.GetPermissions()), words(false, r.GetRoles()))
	secret := formV2.fill(d.key, r.GetPrefix(), cmp.Or(int(r.GetByteLength()), defaultKeyBytes))
	if r.GetRecoverable() {
		if err := d.requireRecoverable(ctx, secret); err != nil {
			return nil, err
		}
	}
	if err := k.s.createKey(ctx, d); err != nil {
		return nil, err
	}
	return &identityv2.CreateKeyResponse{KeyId: d.key.GetId(), Key: secret}, nil
}

func (k keysV2) GetKey(ctx context.Context, r *identityv2.GetKeyRequest) (*identityv2.GetKeyResponse, error) {
	v, err := k.s.getKey(ctx, r.GetKeyId(), r.GetDecrypt())
	if err != nil {
		return nil, err
	}
	return &identityv2.GetKeyResponse{Key: shownKeyV2(v)}, nil
}

func (k keysV2) DeleteKey(ctx context.Context, r *identityv2.DeleteKeyRequest) (*identityv2.DeleteKeyResponse, error) {
	return &identityv2.DeleteKeyResponse{}, k.s.deleteKey(ctx, r.GetKeyId())
}

func (k keysV2) Whoami(ctx context.Context, r *identityv2.WhoamiRequest) (*identityv2.WhoamiResponse, error) {
	v, err := k.s.whoami(ctx, r.GetKey())
	if err != nil {
		return nil, err
	}
	return &identityv2.WhoamiResponse{Key: shownKeyV2(v)}, nil
}

// givenV2 is what creating and migrating a key in v2 have in common.
type givenV2 interface {
	GetName() string
	GetMeta() string
	GetCredits() *identityv2.KeyCredits
	GetRatelimits() []*identityv2.RatelimitRequest
}

// takeV2 takes over what needs no look at the store.
func (d *draft) takeV2(r givenV2, expires *int64, enabled *bool) error {
	if err := checkMeta("meta", r.GetMeta()); err != nil {
		return err
	}
	credits, err := newCreditsV2(r.GetCredits())
	if err != nil {
		return err
	}
	d.limit(credits)
	d.key.Name, d.key.Meta, d.key.Ratelimits = r.GetName(), r.GetMeta(), limitsV2(r.GetRatelimits())
	if expires != nil {
		d.key.ExpiresAtMs = endV2(*expires)
	}
	if enabled != nil {
		d.key.Enabled = *enabled
	}
	return nil
}

// endV2 is when a key ends. In v2 a time of 0 is 1970 and long past; at rest 0 is never.
func endV2(ms int64) int64 { return max(ms, 1) }
