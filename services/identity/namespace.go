package identity

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/audit"
	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/id"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/table"
	"github.com/holdplane/holdplane/pkg/tenant"
)

// Permissions of Unkey's rate limits. All but the first also exist for one namespace.
const (
	permCreateNamespace auth.Permission = "ratelimit.*.create_namespace"
	permLimit           auth.Permission = "ratelimit.*.limit"
	permSetOverride     auth.Permission = "ratelimit.*.set_override"
	permReadOverride    auth.Permission = "ratelimit.*.read_override"
	permDeleteOverride  auth.Permission = "ratelimit.*.delete_override"
)

// Reasons of faults about rate limits.
const (
	reasonNamespaceUnknown         = "NAMESPACE_NOT_FOUND"
	reasonNamespaceSelectorMissing = "NAMESPACE_SELECTOR_MISSING"
	reasonOverrideUnknown          = "OVERRIDE_NOT_FOUND"
	reasonTooManyWildcards         = "TOO_MANY_WILDCARDS"
)

// namespacePrefix begins the ids of namespaces.
const namespacePrefix = "rlns"

// defaultNamespace is v1's for requests that name none.
const defaultNamespace = "default"

// namespaceSelector is what a request calls a namespace.
type namespaceSelector struct {
	text string
	by   namespaceBy
}

type namespaceBy uint8

const (
	byItsName namespaceBy = iota
	byItsID
	// byEither takes an id first: nobody can hide a namespace behind one of its name.
	byEither
)

// namespaceIn is how v1 names a namespace: by id, or else by name.
func namespaceIn(r interface {
	GetNamespaceId() string
	GetNamespaceName() string
}) (namespaceSelector, error) {
	switch {
	case r.GetNamespaceId() != "":
		return namespaceSelector{r.GetNamespaceId(), byItsID}, nil
	case r.GetNamespaceName() != "":
		return namespaceSelector{r.GetNamespaceName(), byItsName}, nil
	}
	return namespaceSelector{}, fault.InvalidArgument(reasonNamespaceSelectorMissing, "You must provide a namespaceId or a namespaceName")
}

// namespaceCalled is how v2 names a namespace: by name or id.
func namespaceCalled(text string) namespaceSelector {
	if strings.HasPrefix(text, namespacePrefix+"_") {
		return namespaceSelector{text, byEither}
	}
	return namespaceSelector{text, byItsName}
}

func (n namespaceSelector) unknown() error {
	return fault.NotFound(reasonNamespaceUnknown, "Namespace %s not found", n.text)
}

// findNamespace returns a tenant's namespace, or kv.ErrNotFound.
func (t *tables) findNamespace(tx kv.Reader, of tenant.ID, n namespaceSelector) (*storev1.RatelimitNamespace, error) {
	if n.by != byItsName {
		m, err := t.namespaces.Get(tx, table.Of(of), n.text)
		if n.by == byItsID || !errors.Is(err, kv.ErrNotFound) {
			return m, err
		}
	}
	return t.namespaces.Find(tx, table.Of(of), byName, n.text)
}

// mayUse returns nil when p holds a permission for all namespaces, or for the one with
// an id, which is empty where there is none. Who may use some only gets the same answer
// for others as for those that don't exist.
func mayUse(p *auth.Principal, all auth.Permission, id string) error {
	if p.Tenant != tenant.None && (p.Allows(all) || id != "" && p.Allows(forNamespace(all, id))) {
		return nil
	}
	return auth.Denied(all)
}

// forNamespace is the permission for one namespace.
func forNamespace(all auth.Permission, id string) auth.Permission {
	return auth.Permission(strings.Replace(string(all), "*", id, 1))
}

// openNamespace returns the namespace that the caller names and may use in the way of a
// permission.
func (s *Service) openNamespace(ctx context.Context, all auth.Permission, n namespaceSelector) (p *auth.Principal, m *storev1.RatelimitNamespace, err error) {
	p = auth.From(ctx)
	if p.Tenant == tenant.None {
		_, err := auth.Require(ctx, all)
		return nil, nil, err
	}
	err = s.deps.Store.View(ctx, func(tx kv.Reader) error {
		m, err = s.tables.findNamespace(tx, p.Tenant, n)
		return err
	})
	if err != nil && !errors.Is(err, kv.ErrNotFound) {
		return nil, nil, err
	}
	if denied := mayUse(p, all, m.GetId()); denied != nil {
		return nil, nil, denied
	}
	if err != nil {
		return nil, nil, n.unknown()
	}
	return p, m, nil
}

// makeNamespaces makes those of the names that don't exist: whoever makes one of the same
// name at the same time, there is one row.
func (s *Service) makeNamespaces(ctx context.Context, p *auth.Principal, names []string) error {
	slices.Sort(names)
	names = slices.Compact(names)
	rows := make([]*storev1.RatelimitNamespace, len(names))
	done := make([]audit.Entry, len(names))
	for i, name := range names {
		rows[i] = &storev1.RatelimitNamespace{Id: id.New(namespacePrefix), Name: name, CreatedAtMs: time.Now().UnixMilli()}
		done[i] = audit.Event(ctx, "ratelimitNamespace.create", rows[i].GetId())
	}
	err := s.deps.Store.Update(ctx, func(tx kv.Writer) error {
		for i, m := range rows {
			_, err := s.tables.namespaces.Find(tx, table.Of(p.Tenant), byName, m.GetName())
			if err == nil {
				continue
			}
			if !errors.Is(err, kv.ErrNotFound) {
				return err
			}
			if err := s.tables.namespaces.Insert(tx, table.Of(p.Tenant), m); err != nil {
				return err
			}
			if err := s.tables.audit.Write(tx, table.Of(p.Tenant), done[i]); err != nil {
				return err
			}
		}
		return nil
	})
	for _, name := range names {
		s.knownNamespaces.forgetName(p.Tenant, name)
	}
	return err
}
