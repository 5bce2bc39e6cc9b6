package identity

import (
	"time"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/audit"
	"github.com/holdplane/holdplane/pkg/outbox"
	"github.com/holdplane/holdplane/pkg/table"
)

// Tables that others' rows need.
const (
	apiTable       = "api"
	keyTable       = "key"
	namespaceTable = "namespace"
	subjectTable   = "subject"
)

// needs is the one row that another can't do without.
func needs(of, id string) []table.Need { return []table.Need{{Table: of, ID: []any{id}}} }

// Indexes by name.
const (
	byExternalID = "external"
	byDigest     = "digest"
	byFamily     = "family"
	byAPI        = "api"
	byOwner      = "owner"
	bySlug       = "slug"
	byName       = "name"
	byIdentifier = "identifier"
	byNamespace  = "namespace"
)

// tables is the service's store.
type tables struct {
	identities *table.Table[*storev1.Identity]   // tenant
	rootKeys   *table.Table[*storev1.RootKey]    // tenant; found by digest from anywhere
	subjects   *table.Table[*storev1.Subject]    // tenant
	sessions   *table.Table[*storev1.Session]    // tenant; found by digest from anywhere
	tenants    *table.Table[*storev1.Tenant]     // global
	signing    *table.Table[*storev1.SigningKey] // global
	apis       *table.Table[*storev1.Api]        // tenant
	keys       *table.Table[*storev1.Key]        // tenant; found by digest from anywhere
	credits    *table.Table[*storev1.KeyCredits] // tenant, by id of the key
	perms      *table.Table[*storev1.Permission] // tenant
	roles      *table.Table[*storev1.Role]       // tenant
	namespaces *table.Table[*storev1.RatelimitNamespace]
	overrides  *table.Table[*storev1.RatelimitOverride]
	audit      *audit.Log
	outbox     *outbox.Outbox
}

func (t *tables) set() table.Set {
	return table.Set{
		t.identities, t.rootKeys, t.subjects, t.sessions, t.tenants, t.signing,
		t.apis, t.keys, t.credits, t.perms, t.roles, t.namespaces, t.overrides,
		t.audit.Table(), t.outbox.Table(),
	}
}

func newTables(blind table.Blinder) tables {
	return tables{
		apis: newAPITable(blind), keys: newKeyTable(blind), credits: newCreditTable(blind),
		perms: newPermissionTable(blind), roles: newRoleTable(blind),
		namespaces: newNamespaceTable(blind), overrides: newOverrideTable(blind),
		identities: table.New(table.Spec[*storev1.Identity]{
			Name:    "identity",
			ID:      func(m *storev1.Identity) []any { return []any{m.GetId()} },
			Counted: true,
			Indexes: []table.Index[*storev1.Identity]{{
				Name: byExternalID, Unique: true,
				Values: func(m *storev1.Identity) []string { return []string{m.GetExternalId()} },
			}},
		}, blind),
		rootKeys: table.New(table.Spec[*storev1.RootKey]{
			Name: "rootkey",
			ID:   func(m *storev1.RootKey) []any { return []any{m.GetId()} },
			Indexes: []table.Index[*storev1.RootKey]{{
				Name: byDigest, Unique: true, Global: true,
				Values: func(m *storev1.RootKey) []string { return []string{string(m.GetDigest())} },
			}},
		}, blind),
		subjects: table.New(table.Spec[*storev1.Subject]{
			Name: subjectTable,
			ID:   func(m *storev1.Subject) []any { return []any{m.GetId()} },
		}, blind),
		sessions: table.New(table.Spec[*storev1.Session]{
			Name:    "session",
			ID:      func(m *storev1.Session) []any { return []any{m.GetDigest()} },
			Expires: func(m *storev1.Session) time.Time { return time.UnixMilli(m.GetExpiresAtMs()) },
			Needs:   func(m *storev1.Session) []table.Need { return needs(subjectTable, m.GetSubject()) },
			Indexes: []table.Index[*storev1.Session]{{
				Name: byDigest, Unique: true, Global: true,
				Values: func(m *storev1.Session) []string { return []string{string(m.GetDigest())} },
			}, {
				Name:   byFamily,
				Values: func(m *storev1.Session) []string { return []string{m.GetFamily()} },
			}},
		}, blind),
		tenants: table.New(table.Spec[*storev1.Tenant]{
			Name: "tenant",
			ID:   func(m *storev1.Tenant) []any { return []any{m.GetId()} },
		}, blind),
		signing: table.New(table.Spec[*storev1.SigningKey]{
			Name: "signing",
			ID:   func(m *storev1.SigningKey) []any { return []any{m.GetId()} },
		}, blind),
		audit:  audit.NewLog(blind),
		outbox: outbox.New(blind),
	}
}
