package identity

import (
	"context"
	"fmt"
	"slices"

	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/kv"
)

// migrations serves MigrationService of v1.
type migrations struct {
	identityv1.UnimplementedMigrationServiceServer
	s *Service
}

func (m migrations) CreateKeys(ctx context.Context, r *identityv1.CreateKeysRequest) (*identityv1.CreateKeysResponse, error) {
	drafts, err := migratedDrafts(ctx, r.GetKeys())
	if err != nil {
		return nil, err
	}
	err = m.s.deps.Store.Update(ctx, func(tx kv.Writer) error {
		for i, d := range drafts {
			if _, err := m.s.tables.addKey(tx, d); err != nil {
				return atKey(i, missingFirst(err))
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	answer := &identityv1.CreateKeysResponse{}
	for _, d := range drafts {
		m.s.keyChanged(d.key.GetDigest())
		answer.KeyIds = append(answer.KeyIds, d.key.GetId())
	}
	return answer, nil
}

// migratedDrafts asks for the permission of each key's API before it looks at any key.
func migratedDrafts(ctx context.Context, given []*identityv1.MigratedKey) ([]*draft, error) {
	for _, k := range given {
		actions := []string{actionCreateKey}
		if k.GetPlaintext() != "" {
			actions = append(actions, actionEncryptKey)
		}
		if _, err := requireAPI(ctx, k.GetApiId(), actions...); err != nil {
			return nil, err
		}
	}
	p, err := requireTenant(ctx)
	if err != nil {
		return nil, err
	}
	drafts := make([]*draft, len(given))
	for i, k := range given {
		if drafts[i], err = newMigrated(ctx, p.Tenant, k, false); err != nil {
			return nil, atKey(i, err)
		}
	}
	return drafts, nil
}

// atKey says in a fault which key of the request it is about.
func atKey(i int, err error) error {
	f := fault.From(err)
	if f.Reason == fault.ReasonInternal {
		return err
	}
	at := *f
	at.Message = fmt.Sprintf("keys[%d]: %s", i, f.Message)
	return &at
}

// missingFirst words what v1 does not make along with migrated keys: a role made so would
// allow nothing.
func missingFirst(err error) error {
	f := fault.From(err)
	if !slices.Contains([]string{reasonRoleUnknown, reasonPermissionUnknown}, f.Reason) {
		return err
	}
	return fault.FailedPrecondition(f.Reason, "%s, please create it first", f.Message)
}
