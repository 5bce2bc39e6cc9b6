package identity

import (
	"context"
	"errors"
	"fmt"

	"google.golang.org/protobuf/proto"

	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	identityv2 "github.com/holdplane/holdplane/gen/holdplane/identity/v2"
	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/table"
	"github.com/holdplane/holdplane/pkg/tenant"
)

// imports serves ImportService.
type imports struct {
	identityv1.UnimplementedImportServiceServer
	s *Service
}

// errDryRun gives up a transaction that has shown what it would do.
var errDryRun = errors.New("identity: only a dry run")

func (i imports) ImportKeys(ctx context.Context, r *identityv1.ImportKeysRequest) (*identityv1.ImportKeysResponse, error) {
	if err := auth.RequireOperator(ctx); err != nil {
		return nil, err
	}
	drafts := make([]*draft, len(r.GetKeys()))
	refused := make([]string, len(r.GetKeys()))
	for n, k := range r.GetKeys() {
		d, err := newImported(ctx, tenant.ID(r.GetTenant()), k)
		if drafts[n] = d; err != nil {
			refused[n] = fault.From(err).Message
		}
	}
	results := make([]*identityv1.ImportResult, len(drafts))
	err := i.s.deps.Store.Update(ctx, func(tx kv.Writer) error {
		if err := i.s.tables.requireTenant(tx, r.GetTenant()); err != nil {
			return err
		}
		for n, d := range drafts {
			var err error
			if results[n], err = i.s.tables.importKey(tx, d, refused[n]); err != nil {
				return err
			}
		}
		if r.GetDryRun() {
			return errDryRun
		}
		return nil
	})
	if err != nil && !errors.Is(err, errDryRun) {
		return nil, err
	}
	for n, result := range results {
		if r.GetDryRun() {
			result.KeyId = ""
		} else if result.GetRefused() == "" && !result.GetExisted() {
			i.s.keyChanged(drafts[n].key.GetDigest())
		}
	}
	return &identityv1.ImportKeysResponse{Results: results}, nil
}

// newImported makes a draft of a key of either version. The operator's hand makes what
// roles and permissions are missing.
func newImported(ctx context.Context, of tenant.ID, k *identityv1.ImportedKey) (*draft, error) {
	m := k.GetKey()
	if k.GetUsedUp() {
		m = proto.CloneOf(m)
		m.Remaining = proto.Int64(0)
	}
	if m.GetRatelimit() != nil && len(k.GetRatelimits()) > 0 {
		return nil, fault.InvalidArgument(reasonKeyInvalid, "provide either `ratelimit` or `ratelimits`")
	}
	d, err := newMigrated(ctx, of, m, true)
	if err != nil {
		return nil, err
	}
	if given := k.GetRatelimits(); len(given) > 0 {
		d.key.Ratelimits = limitsV2(importedLimits(given))
	}
	d.permissions.may, d.roles.may = anything, anything
	return d, nil
}

// anything is what the operator may do.
func anything(auth.Permission) bool { return true }

func importedLimits(given []*identityv1.ImportedRatelimit) []*identityv2.RatelimitRequest {
	all := make([]*identityv2.RatelimitRequest, len(given))
	for i, l := range given {
		all[i] = &identityv2.RatelimitRequest{
			Name: l.GetName(), Limit: l.GetLimit(), Duration: l.GetDuration(), AutoApply: l.GetAutoApply(),
		}
	}
	return all
}

// importKey adds a key that is not there yet. What it refuses has changed nothing: others
// of the batch go on.
func (t *tables) importKey(tx kv.Writer, d *draft, refused string) (*identityv1.ImportResult, error) {
	if refused != "" {
		return &identityv1.ImportResult{Refused: refused}, nil
	}
	result, err := t.imported(tx, d)
	if result != nil || err != nil {
		return result, err
	}
	if _, err := t.api(tx, tenant.ID(d.key.GetTenant()), d.key.GetApiId()); err != nil {
		if f := fault.From(err); f.Reason == reasonAPIUnknown {
			return &identityv1.ImportResult{Refused: f.Message}, nil
		}
		return nil, err
	}
	if _, err := t.addKey(tx, d); err != nil {
		return nil, fmt.Errorf("import a key: %w", err)
	}
	return &identityv1.ImportResult{KeyId: d.key.GetId()}, nil
}

// imported is the result for a key whose hash is known already; nil for others.
func (t *tables) imported(tx kv.Reader, d *draft) (*identityv1.ImportResult, error) {
	known, err := t.keys.Find(tx, table.Global, byDigest, string(d.key.GetDigest()))
	if errors.Is(err, kv.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if known.GetTenant() != d.key.GetTenant() {
		return &identityv1.ImportResult{Refused: "another tenant has a key with this hash"}, nil
	}
	_, err = t.apis.Get(tx, scopeOf(known), known.GetApiId())
	if errors.Is(err, kv.ErrNotFound) {
		return &identityv1.ImportResult{Refused: "a key with this hash is still being deleted with its API; import it again"}, nil
	}
	return &identityv1.ImportResult{KeyId: known.GetId(), Existed: true}, err
}
