package identity

import (
	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/table"
)

func newAPITable(blind table.Blinder) *table.Table[*storev1.Api] {
	return table.New(table.Spec[*storev1.Api]{
		Name: apiTable,
		ID:   func(m *storev1.Api) []any { return []any{m.GetId()} },
	}, blind)
}

// newKeyTable keeps keys after their end: verifying one then answers EXPIRED.
func newKeyTable(blind table.Blinder) *table.Table[*storev1.Key] {
	return table.New(table.Spec[*storev1.Key]{
		Name: keyTable,
		ID:   func(m *storev1.Key) []any { return []any{m.GetId()} },
		// Those of a deleted API go a little after it.
		Needs: func(m *storev1.Key) []table.Need { return needs(apiTable, m.GetApiId()) },
		Indexes: []table.Index[*storev1.Key]{{
			Name: byDigest, Unique: true, Global: true,
			Values: func(m *storev1.Key) []string { return []string{string(m.GetDigest())} },
		}, {
			Name:   byAPI,
			Values: func(m *storev1.Key) []string { return []string{m.GetApiId()} },
		}, {
			Name: byOwner,
			Values: func(m *storev1.Key) []string {
				if m.GetIdentityId() == "" {
					return nil
				}
				return []string{m.GetApiId(), m.GetIdentityId()}
			},
		}},
	}, blind)
}

func newCreditTable(blind table.Blinder) *table.Table[*storev1.KeyCredits] {
	return table.New(table.Spec[*storev1.KeyCredits]{
		Name:  "credit",
		ID:    func(m *storev1.KeyCredits) []any { return []any{m.GetKeyId()} },
		Needs: func(m *storev1.KeyCredits) []table.Need { return needs(keyTable, m.GetKeyId()) },
	}, blind)
}

func newPermissionTable(blind table.Blinder) *table.Table[*storev1.Permission] {
	return table.New(table.Spec[*storev1.Permission]{
		Name: "permission",
		ID:   func(m *storev1.Permission) []any { return []any{m.GetId()} },
		Indexes: []table.Index[*storev1.Permission]{{
			Name: bySlug, Unique: true,
			Values: func(m *storev1.Permission) []string { return []string{m.GetSlug()} },
		}},
	}, blind)
}

func newRoleTable(blind table.Blinder) *table.Table[*storev1.Role] {
	return table.New(table.Spec[*storev1.Role]{
		Name: "role",
		ID:   func(m *storev1.Role) []any { return []any{m.GetId()} },
		Indexes: []table.Index[*storev1.Role]{{
			Name: byName, Unique: true,
			Values: func(m *storev1.Role) []string { return []string{m.GetName()} },
		}},
	}, blind)
}
