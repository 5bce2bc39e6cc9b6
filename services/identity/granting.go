package identity

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"google.golang.org/protobuf/proto"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/audit"
	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/id"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/table"
	"github.com/holdplane/holdplane/pkg/tenant"
)

const (
	reasonSelectorEmpty = "SELECTOR_EMPTY"
	reasonGrantsTooMany = "GRANTS_TOO_MANY"
)

// How many permissions and how many roles a key can have. All are read to verify it, and
// the permissions of its roles.
const (
	maxPermissions = 10_000
	maxRoles       = 1_000
)

// identified is a row that has an id.
type identified interface {
	proto.Message
	GetId() string
}

// grantKind is all in which permissions and roles, which keys can be given, differ. Each has a word that
// tenants call it by.
type grantKind[M identified] struct {
	noun   string // in texts, permissions and names of events
	most   int    // that a key can have
	prefix string // of ids
	reason string // of not being found
	table  func(*tables) *table.Table[M]
	index  string // of the word
	fresh  func(id, word string, at int64) M
}

var permissionKind = &grantKind[*storev1.Permission]{
	noun: "permission", most: maxPermissions, prefix: "perm", reason: reasonPermissionUnknown, index: bySlug,
	table: func(t *tables) *table.Table[*storev1.Permission] { return t.perms },
	fresh: func(id, word string, at int64) *storev1.Permission {
		return &storev1.Permission{Id: id, Name: word, Slug: word, CreatedAtMs: at}
	},
}

var roleKind = &grantKind[*storev1.Role]{
	noun: "role", most: maxRoles, prefix: "role", reason: reasonRoleUnknown, index: byName,
	table: func(t *tables) *table.Table[*storev1.Role] { return t.roles },
	fresh: func(id, word string, at int64) *storev1.Role {
		return &storev1.Role{Id: id, Name: word, CreatedAtMs: at}
	},
}

// want names something to give or take, by its id (which wins) or its word.
type want struct {
	id, word string
	// orID looks for an id where there is no such word.
	orID bool
	// create makes it where there is none.
	create bool
}

// words are wants by word.
func words(create bool, all []string) []want {
	wants := make([]want, len(all))
	for i, w := range all {
		wants[i] = want{word: w, create: create}
	}
	return wants
}

// grantMode is what wants mean for what a key has.
type grantMode uint8

const (
	grantSet grantMode = iota // replace it
	grantAdd
	grantRemove
)

// granting changes what a key has of a kind. It is made before the transaction, with
// fresh ids for what may be missing, and applied in it.
type granting[M identified] struct {
	kind  *grantKind[M]
	mode  grantMode
	wants []want
	fresh []M
	// may tells what the caller may do; each is asked only where it is done.
	may func(auth.Permission) bool
	// lax ignores what is not there, in grantRemove.
	lax bool
	// linking asks for the permissions to give and take, beside the one to make.
	linking bool

	made         []audit.Entry // one for each of fresh
	given, taken audit.Entry
}

func newGranting[M identified](ctx context.Context, kind *grantKind[M], mode grantMode, wants []want) *granting[M] {
	g := &granting[M]{
		kind: kind, mode: mode, wants: wants, fresh: make([]M, len(wants)), made: make([]audit.Entry, len(wants)),
		may:   func(p auth.Permission) bool { return auth.From(ctx).Allows(p) },
		given: audit.Event(ctx, "authorization.connect_"+kind.noun+"_and_key", ""),
		taken: audit.Event(ctx, "authorization.disconnect_"+kind.noun+"_and_key", ""),
	}
	at := time.Now().UnixMilli()
	for i, w := range wants {
		if w.create {
			g.fresh[i] = kind.fresh(id.New(kind.prefix), w.word, at)
			g.made[i] = audit.Event(ctx, kind.noun+".create", g.fresh[i].GetId())
		}
	}
	return g
}

// checkWants refuses those that name nothing.
func checkWants(field string, wants []want) error {
	for _, w := range wants {
		if w.id == "" && w.word == "" {
			return fault.InvalidArgument(reasonSelectorEmpty, "%s: name each by its id, slug or name", field)
		}
	}
	return nil
}

// apply returns the ids that a key has afterwards, those that were gone left out.
func (g *granting[M]) apply(t *tables, tx kv.Writer, of tenant.ID, keyID string, has []string) ([]string, error) {
	wanted, err := g.resolve(t, tx, of)
	if err != nil {
		return nil, err
	}
	live, err := rowsOf(tx, g.kind.table(t), of, has)
	if err != nil {
		return nil, err
	}
	old, next := idsOf(live), wanted
	switch g.mode {
	case grantAdd:
		next = union(idsOf(live), wanted)
	case grantRemove:
		next = without(old, wanted)
	}
	if len(next) > g.kind.most {
		return nil, fault.InvalidArgument(reasonGrantsTooMany, "a key can have %d %ss", g.kind.most, g.kind.noun)
	}
	given, taken := without(next, old), without(old, next)
	if g.linking && len(given) > 0 && !g.may(g.rbac("add_%s_to_key")) {
		return nil, auth.Denied(g.rbac("add_%s_to_key"))
	}
	if g.linking && len(taken) > 0 && !g.may(g.rbac("remove_%s_from_key")) {
		return nil, auth.Denied(g.rbac("remove_%s_from_key"))
	}
	if err := g.record(t, tx, of, keyID, g.given, given); err != nil {
		return nil, err
	}
	return next, g.record(t, tx, of, keyID, g.taken, taken)
}

// record audits ids that were given or taken, all in one record.
func (g *granting[M]) record(t *tables, tx kv.Writer, of tenant.ID, object string, e audit.Entry, ids []string) error {
	if len(ids) == 0 {
		return nil
	}
	return t.audit.Write(tx, table.Of(of), e.On(object).With(g.kind.noun+"s", strings.Join(ids, " ")))
}

// resolve returns the ids of what is wanted, each once, and makes what is missing.
func (g *granting[M]) resolve(t *tables, tx kv.Writer, of tenant.ID) (ids []string, err error) {
	for i, w := range g.wants {
		m, err := g.find(t, tx, of, w)
		switch {
		case errors.Is(err, kv.ErrNotFound) && w.create:
			if !g.may(g.rbac("create_%s")) {
				return nil, auth.Denied(g.rbac("create_%s"))
			}
			m = g.fresh[i]
			if err := g.kind.table(t).Insert(tx, table.Of(of), m); err != nil {
				return nil, err
			}
			if err := t.audit.Write(tx, table.Of(of), g.made[i]); err != nil {
				return nil, err
			}
		case errors.Is(err, kv.ErrNotFound) && g.lax:
			continue
		case errors.Is(err, kv.ErrNotFound):
			return nil, fault.NotFound(g.kind.reason, "%s %s not found", g.kind.noun, cmp.Or(w.id, w.word))
		case err != nil:
			return nil, err
		}
		ids = append(ids, m.GetId())
	}
	return union(nil, ids), nil
}

func (g *granting[M]) find(t *tables, tx kv.Reader, of tenant.ID, w want) (M, error) {
	rows := g.kind.table(t)
	if w.id != "" {
		return rows.Get(tx, table.Of(of), w.id)
	}
	m, err := rows.Find(tx, table.Of(of), g.kind.index, w.word)
	if w.orID && errors.Is(err, kv.ErrNotFound) {
		return rows.Get(tx, table.Of(of), w.word)
	}
	return m, err
}

// rbac is the permission for an action on roles or permissions.
func (g *granting[M]) rbac(action string) auth.Permission {
	return auth.Permission("rbac.*." + strings.Replace(action, "%s", g.kind.noun, 1))
}

// union is a and then those of b that are not in it, each once.
func union(a, b []string) []string {
	seen := make(map[string]bool, len(a)+len(b))
	return slices.DeleteFunc(slices.Concat(a, b), func(id string) bool {
		was := seen[id]
		seen[id] = true
		return was
	})
}

// without is a but for what is in b.
func without(a, b []string) []string {
	drop := make(map[string]bool, len(b))
	for _, id := range b {
		drop[id] = true
	}
	return slices.DeleteFunc(slices.Clone(a), func(id string) bool { return drop[id] })
}
