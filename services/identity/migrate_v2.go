package identity

import (
	"context"
	"errors"

	identityv2 "github.com/holdplane/holdplane/gen/holdplane/identity/v2"
	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/table"
)

// migrateBatch is how many keys are taken over in one transaction. Ten thousand at once
// would make all other writers wait.
const migrateBatch = 250

// MigrateKeys takes hashes that are SHA-256, whatever the migration is called: none has to
// be set up. A hash that repeats within a request counts once. When the call fails half
// way, doing it again takes over the rest, and answers those that are there as failed.
func (k keysV2) MigrateKeys(ctx context.Context, r *identityv2.MigrateKeysRequest) (*identityv2.MigrateKeysResponse, error) {
	p, err := requireAPI(ctx, r.GetApiId(), actionCreateKey)
	if err != nil {
		return nil, err
	}
	drafts, hashes, err := migrated(ctx, p, r)
	if err != nil {
		return nil, err
	}
	answer := &identityv2.MigrateKeysResponse{}
	for len(drafts) > 0 {
		n := min(len(drafts), migrateBatch)
		added, err := k.s.migrate(ctx, p, r.GetApiId(), drafts[:n])
		if err != nil {
			return nil, err
		}
		for i, hash := range hashes[:n] {
			if !added[i] {
				answer.Failed = append(answer.Failed, hash)
				continue
			}
			answer.Migrated = append(answer.Migrated, &identityv2.MigratedKey{Hash: hash, KeyId: drafts[i].key.GetId()})
		}
		drafts, hashes = drafts[n:], hashes[n:]
	}
	return answer, nil
}

// migrated makes the drafts, one for each hash. All input is checked before anything is
// stored.
func migrated(ctx context.Context, p *auth.Principal, r *identityv2.MigrateKeysRequest) (drafts []*draft, hashes []string, err error) {
	seen := make(map[string]bool, len(r.GetKeys()))
	for i, m := range r.GetKeys() {
		digest, err := parseDigest(m.GetHash())
		if err != nil {
			return nil, nil, atKey(i, err)
		}
		if seen[string(digest)] {
			continue
		}
		seen[string(digest)] = true
		d := newDraft(ctx, p.Tenant, r.GetApiId())
		if err := d.takeV2(m, m.Expires, m.Enabled); err != nil {
			return nil, nil, atKey(i, err)
		}
		d.key.Digest = digest
		d.owner = newOwner(ctx, m.GetExternalId())
		d.grant(ctx, words(true, m.GetPermissions()), words(true, m.GetRoles()))
		drafts, hashes = append(drafts, d), append(hashes, m.GetHash())
	}
	return drafts, hashes, nil
}

// migrate adds those keys whose hashes are not known, and tells which.
func (s *Service) migrate(ctx context.Context, p *auth.Principal, api string, drafts []*draft) (added []bool, err error) {
	err = s.deps.Store.Update(ctx, func(tx kv.Writer) error {
		if _, err := s.tables.api(tx, p.Tenant, api); err != nil {
			return err
		}
		added = make([]bool, len(drafts))
		for i, d := range drafts {
			_, err := s.tables.keys.Find(tx, table.Global, byDigest, string(d.key.GetDigest()))
			if err == nil {
				continue
			}
			if !errors.Is(err, kv.ErrNotFound) {
				return err
			}
			if _, err := s.tables.addKey(tx, d); err != nil {
				return err
			}
			added[i] = true
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	for i, d := range drafts {
		if added[i] {
			s.keyChanged(d.key.GetDigest())
		}
	}
	return added, nil
}
