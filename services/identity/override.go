package identity

import (
	"context"
	"errors"
	"strconv"
	"time"

	"google.golang.org/protobuf/proto"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/audit"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/id"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/page"
	"github.com/holdplane/holdplane/pkg/ratelimit"
	"github.com/holdplane/holdplane/pkg/table"
	"github.com/holdplane/holdplane/pkg/tenant"
)

// overrideSettings are what an override is set to.
type overrideSettings struct {
	identifier        string
	limit, durationMs int64
	// async is nil to leave it as it is.
	async *bool
}

// setOverride makes or replaces an override and returns its id, which stays.
func (s *Service) setOverride(ctx context.Context, n namespaceSelector, to overrideSettings) (string, error) {
	if longest := ratelimit.MaxDuration.Milliseconds(); to.durationMs > longest {
		return "", fault.Invalid(fault.Violation{
			Field: "duration", Rule: "int64.lte", Limit: strconv.FormatInt(longest, 10),
			Message: "must be less than or equal to " + strconv.FormatInt(longest, 10),
		})
	}
	p, in, err := s.openNamespace(ctx, permSetOverride, n)
	if err != nil {
		return "", err
	}
	fresh := &storev1.RatelimitOverride{
		Id: id.New("rlor"), NamespaceId: in.GetId(), Identifier: to.identifier, CreatedAtMs: time.Now().UnixMilli(),
	}
	done := audit.Event(ctx, "ratelimitOverride.set", "").With("namespace", in.GetId())
	var set *storev1.RatelimitOverride
	err = s.deps.Store.Update(ctx, func(tx kv.Writer) (err error) {
		if set, err = s.tables.putOverride(tx, p.Tenant, fresh, to); err != nil {
			return err
		}
		return s.tables.audit.Write(tx, table.Of(p.Tenant), done.On(set.GetId()))
	})
	s.knownNamespaces.forgetOverride(in.GetId(), to.identifier)
	return set.GetId(), err
}

// putOverride stores settings: in the override that the identifier has, else in fresh.
func (t *tables) putOverride(tx kv.Writer, of tenant.ID, fresh *storev1.RatelimitOverride, to overrideSettings) (*storev1.RatelimitOverride, error) {
	old, err := t.overrides.Find(tx, table.Of(of), byIdentifier, fresh.GetNamespaceId(), to.identifier)
	if err == nil {
		m := to.apply(old)
		return m, t.overrides.Replace(tx, table.Of(of), old, m)
	}
	if !errors.Is(err, kv.ErrNotFound) {
		return nil, err
	}
	if isWildcard(to.identifier) {
		n, err := t.overrides.Under(tx, table.Of(of), byWildcard, fresh.GetNamespaceId())
		if err != nil {
			return nil, err
		}
		if n >= maxWildcards {
			return nil, fault.FailedPrecondition(reasonTooManyWildcards, "the namespace has %d overrides with a *, as many as it may have; delete some", n)
		}
	}
	m := to.apply(fresh)
	return m, t.overrides.Insert(tx, table.Of(of), m)
}

func (to *overrideSettings) apply(old *storev1.RatelimitOverride) *storev1.RatelimitOverride {
	m := proto.CloneOf(old)
	m.Limit, m.DurationMs = to.limit, to.durationMs
	if to.async != nil {
		m.Async = *to.async
	}
	return m
}

// override returns the one with exactly this identifier.
func (s *Service) override(ctx context.Context, n namespaceSelector, identifier string) (m *storev1.RatelimitOverride, err error) {
	p, in, err := s.openNamespace(ctx, permReadOverride, n)
	if err != nil {
		return nil, err
	}
	err = s.deps.Store.View(ctx, func(tx kv.Reader) error {
		m, err = s.tables.findOverride(tx, p.Tenant, in.GetId(), identifier)
		return err
	})
	return m, err
}

func (t *tables) findOverride(tx kv.Reader, of tenant.ID, namespace, identifier string) (*storev1.RatelimitOverride, error) {
	m, err := t.overrides.Find(tx, table.Of(of), byIdentifier, namespace, identifier)
	if errors.Is(err, kv.ErrNotFound) {
		return nil, fault.NotFound(reasonOverrideUnknown, "Override not found")
	}
	return m, err
}

// overridePage is a page of a namespace's overrides, oldest first.
type overridePage struct {
	rows []*storev1.RatelimitOverride
	// cursor is the next page's; empty on the last one.
	cursor string
	// total is how many the namespace has, if that was asked.
	total int64
}

// overridePageRequest asks for a page of overrides.
type overridePageRequest struct {
	method, cursor string
	size           int
	count          bool
}

func (s *Service) overridesOn(ctx context.Context, n namespaceSelector, r overridePageRequest) (found overridePage, err error) {
	p, in, err := s.openNamespace(ctx, permReadOverride, n)
	if err != nil {
		return overridePage{}, err
	}
	cursors := page.Scope{Method: r.method, Tenant: string(p.Tenant), Filter: []string{in.GetId()}}
	after, err := s.deps.Cursors.Decode(cursors, r.cursor)
	if err != nil {
		return overridePage{}, err
	}
	var next []byte
	err = s.deps.Store.View(ctx, func(tx kv.Reader) (err error) {
		if r.count {
			if found.total, err = s.tables.overrides.Under(tx, table.Of(p.Tenant), byNamespace, in.GetId()); err != nil {
				return err
			}
		}
		rows := s.tables.overrides.Each(tx, table.Of(p.Tenant), table.Page{After: after, Limit: r.size + 1}, byNamespace, in.GetId())
		found.rows, next, err = s.tables.overrides.Take(rows, r.size)
		return err
	})
	if err != nil {
		return overridePage{}, err
	}
	found.cursor, err = s.deps.Cursors.Encode(cursors, next)
	return found, err
}

// deleteOverride removes the override with exactly this identifier.
func (s *Service) deleteOverride(ctx context.Context, n namespaceSelector, identifier string) error {
	p, in, err := s.openNamespace(ctx, permDeleteOverride, n)
	if err != nil {
		return err
	}
	done := audit.Event(ctx, "ratelimitOverride.delete", "").With("namespace", in.GetId())
	err = s.deps.Store.Update(ctx, func(tx kv.Writer) error {
		m, err := s.tables.findOverride(tx, p.Tenant, in.GetId(), identifier)
		if err != nil {
			return err
		}
		if err := s.tables.overrides.Delete(tx, table.Of(p.Tenant), m); err != nil {
			return err
		}
		return s.tables.audit.Write(tx, table.Of(p.Tenant), done.On(m.GetId()))
	})
	s.knownNamespaces.forgetOverride(in.GetId(), identifier)
	return err
}
