package identity

import (
	"context"
	"errors"
	"iter"
	"time"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/kv/key"
	"github.com/holdplane/holdplane/pkg/memo"
	"github.com/holdplane/holdplane/pkg/ratelimit"
	"github.com/holdplane/holdplane/pkg/table"
	"github.com/holdplane/holdplane/pkg/tenant"
)

const (
	// knownFor is how long a process counts by what it knows of a namespace. With it a
	// change reaches all processes within 5 seconds.
	knownFor = 4 * time.Second
	// maxWhole is how many overrides are read to know a namespace whole: as many as a page
	// has. Each is a read of its own; with more it is cheaper to look for an identifier's.
	maxWhole = 100
	// maxWildcards is how many wildcards a namespace may have. All of them are read and
	// held, and tried in turn for an identifier without an override of its own.
	maxWildcards = 500
	// maxNamespaces and maxIdentifiers are how many are remembered at most, namespaces with
	// up to overridesEach overrides. Those with more count for several.
	maxNamespaces, maxIdentifiers = 1 << 12, 1 << 14
	overridesEach                 = 16
)

// namespace is what counting in one needs. It is shared between requests and never changed.
type namespace struct {
	id string
	// group begins the groups of its counters. No group of another's begins with it.
	group string
	// overrides are all of them if whole, else the wildcards.
	overrides *ratelimit.Overrides
	whole     bool
}

// knownNamespaces is what this process remembers of namespaces.
type knownNamespaces struct {
	called *memo.Cache[knownNamespace, *namespace]
	// overrides are those of single identifiers in namespaces too large to be known whole;
	// nil for those who have none.
	overrides *memo.Cache[knownIdentifier, *ratelimit.Override]
}

type knownNamespace struct {
	tenant tenant.ID
	namespaceSelector
}

type knownIdentifier struct{ namespace, identifier string }

func newKnownNamespaces() knownNamespaces {
	return knownNamespaces{
		called:    memo.New[knownNamespace, *namespace](memo.Options{Size: maxNamespaces, TTL: knownFor}),
		overrides: memo.New[knownIdentifier, *ratelimit.Override](memo.Options{Size: maxIdentifiers, TTL: knownFor}),
	}
}

// forgetName drops what is remembered under a name of a namespace.
func (k *knownNamespaces) forgetName(of tenant.ID, name string) {
	k.called.Forget(knownNamespace{of, namespaceSelector{name, byItsName}})
	k.called.Forget(knownNamespace{of, namespaceSelector{name, byEither}})
}

// forgetOverride drops what is remembered of an identifier's override.
func (k *knownNamespaces) forgetOverride(namespace, identifier string) {
	k.called.ForgetGroup(namespace)
	k.overrides.Forget(knownIdentifier{namespace, identifier})
}

// namespace returns a tenant's, or kv.ErrNotFound, which is not remembered.
func (s *Service) namespace(ctx context.Context, of tenant.ID, n namespaceSelector) (*namespace, error) {
	k := knownNamespace{of, n}
	if m, ok := s.knownNamespaces.called.Known(k); ok {
		return m, nil
	}
	return s.knownNamespaces.called.Get(ctx, k, func(ctx context.Context) (memo.Answer[*namespace], error) {
		var m *namespace
		var overrides int
		err := s.deps.Store.View(ctx, func(tx kv.Reader) error {
			row, err := s.tables.findNamespace(tx, of, n)
			if err != nil {
				return err
			}
			m = &namespace{id: row.GetId(), group: string(key.New(string(of), row.GetId()))}
			var known []ratelimit.Override
			known, m.whole, err = s.tables.overridesOf(tx, of, m.id)
			m.overrides, overrides = ratelimit.NewOverrides(known), len(known)
			return err
		})
		if err != nil {
			return memo.Answer[*namespace]{}, err
		}
		return memo.Answer[*namespace]{Value: m, Group: m.id, Weight: 1 + overrides/overridesEach}, nil
	})
}

// overridesOf reads a namespace's overrides, oldest first: all when they are few, else the
// wildcards.
func (t *tables) overridesOf(tx kv.Reader, of tenant.ID, namespace string) (all []ratelimit.Override, whole bool, err error) {
	all, err = collectOverrides(t.overrides.Each(tx, table.Of(of), table.Page{Limit: maxWhole + 1}, byNamespace, namespace))
	if err != nil || len(all) <= maxWhole {
		return all, true, err
	}
	all, err = collectOverrides(t.overrides.Each(tx, table.Of(of), table.Page{}, byWildcard, namespace))
	return all, false, err
}

func collectOverrides(rows iter.Seq2[*storev1.RatelimitOverride, error]) (all []ratelimit.Override, err error) {
	for m, err := range rows {
		if err != nil {
			return nil, err
		}
		all = append(all, newOverride(m))
	}
	return all, nil
}

func newOverride(m *storev1.RatelimitOverride) ratelimit.Override {
	return ratelimit.Override{
		ID: m.GetId(), Pattern: m.GetIdentifier(), Limit: m.GetLimit(),
		Duration: time.Duration(m.GetDurationMs()) * time.Millisecond, Async: m.GetAsync(),
	}
}

// overrideFor returns the override that an identifier has in a namespace, if any.
func (s *Service) overrideFor(ctx context.Context, of tenant.ID, n *namespace, identifier string) (ratelimit.Override, bool, error) {
	if !n.whole {
		own, err := s.ownOverride(ctx, of, knownIdentifier{n.id, identifier})
		if err != nil {
			return ratelimit.Override{}, false, err
		}
		if own != nil {
			return *own, true, nil
		}
	}
	o, ok := n.overrides.Find(identifier)
	return o, ok, nil
}

// ownOverride returns the override of just this identifier; nil if there is none.
func (s *Service) ownOverride(ctx context.Context, of tenant.ID, k knownIdentifier) (*ratelimit.Override, error) {
	if o, ok := s.knownNamespaces.overrides.Known(k); ok {
		return o, nil
	}
	return s.knownNamespaces.overrides.Get(ctx, k, func(ctx context.Context) (a memo.Answer[*ratelimit.Override], err error) {
		err = s.deps.Store.View(ctx, func(tx kv.Reader) error {
			a.Value = nil
			m, err := s.tables.overrides.Find(tx, table.Of(of), byIdentifier, k.namespace, k.identifier)
			if errors.Is(err, kv.ErrNotFound) {
				return nil
			}
			if err != nil {
				return err
			}
			o := newOverride(m)
			a.Value = &o
			return nil
		})
		return a, err
	})
}
