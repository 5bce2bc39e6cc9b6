package identity

import (
	"context"
	"errors"

	identityv2 "github.com/holdplane/holdplane/gen/holdplane/identity/v2"
	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/table"
)

// A transaction takes over so many keys, with so many roles and permissions, one key at
// least. Ten thousand at once would make all other writers wait.
const (
	migrateBatch  = 250
	migrateGrants = 5000
)

// migrating is a key to take over.
type migrating struct {
	given *identityv2.MigrateKey
	*draft
}

// MigrateKeys takes hashes that are SHA-256, whatever the migration is called: none has to
// be set up. A hash that repeats within a request counts once. When the call fails half
// way, doing it again takes over the rest, and answers those that are there as failed.
func (k keysV2) MigrateKeys(ctx context.Context, r *identityv2.MigrateKeysRequest) (*identityv2.MigrateKeysResponse, error) {
	p, err := requireAPI(ctx, r.GetApiId(), actionCreateKey)
	if err != nil {
		return nil, err
	}
	rest, err := migrated(ctx, p, r)
	if err != nil {
		return nil, err
	}
	answer := &identityv2.MigrateKeysResponse{}
	for len(rest) > 0 {
		n := migrateSize(rest)
		added, err := k.s.migrate(ctx, p, r.GetApiId(), rest[:n])
		if err != nil {
			return nil, err
		}
		for i, m := range rest[:n] {
			if !added[i] {
				answer.Failed = append(answer.Failed, m.given.GetHash())
				continue
			}
			answer.Migrated = append(answer.Migrated, &identityv2.MigratedKey{Hash: m.given.GetHash(), KeyId: m.key.GetId()})
		}
		rest = rest[n:]
	}
	return answer, nil
}

// migrateSize is how many of the keys the next transaction takes over.
func migrateSize(rest []migrating) int {
	grants := 0
	for n, m := range rest[:min(len(rest), migrateBatch)] {
		grants += len(m.given.GetPermissions()) + len(m.given.GetRoles())
		if n > 0 && grants > migrateGrants {
			return n
		}
	}
	return min(len(rest), migrateBatch)
}

// migrated makes the drafts, one for each hash. All input is checked before anything is
// stored.
func migrated(ctx context.Context, p *auth.Principal, r *identityv2.MigrateKeysRequest) (all []migrating, err error) {
	seen := make(map[string]bool, len(r.GetKeys()))
	for i, m := range r.GetKeys() {
		digest, err := parseDigest(m.GetHash())
		if err != nil {
			return nil, atKey(i, err)
		}
		if seen[string(digest)] {
			continue
		}
		seen[string(digest)] = true
		d := newDraft(ctx, p.Tenant, r.GetApiId())
		if err := d.takeV2(m, m.Expires, m.Enabled); err != nil {
			return nil, atKey(i, err)
		}
		d.key.Digest = digest
		d.owner = newOwner(ctx, m.GetExternalId())
		all = append(all, migrating{given: m, draft: d})
	}
	return all, nil
}

// migrate adds those keys whose hashes are not known, and tells which.
func (s *Service) migrate(ctx context.Context, p *auth.Principal, api string, drafts []migrating) (added []bool, err error) {
	for _, d := range drafts {
		d.grant(ctx, words(true, d.given.GetPermissions()), words(true, d.given.GetRoles()))
	}
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
			if _, err := s.tables.addKey(tx, d.draft); err != nil {
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
		d.permissions, d.roles = nil, nil // many keys have many
		if added[i] {
			s.keyChanged(d.key.GetDigest())
		}
	}
	return added, nil
}
