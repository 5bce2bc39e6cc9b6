package identity

import (
	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/table"
)

func newNamespaceTable(blind table.Blinder) *table.Table[*storev1.RatelimitNamespace] {
	return table.New(table.Spec[*storev1.RatelimitNamespace]{
		Name: "namespace",
		ID:   func(m *storev1.RatelimitNamespace) []any { return []any{m.GetId()} },
		Indexes: []table.Index[*storev1.RatelimitNamespace]{{
			Name: byName, Unique: true,
			Values: func(m *storev1.RatelimitNamespace) []string { return []string{m.GetName()} },
		}},
	}, blind)
}

func newOverrideTable(blind table.Blinder) *table.Table[*storev1.RatelimitOverride] {
	return table.New(table.Spec[*storev1.RatelimitOverride]{
		Name: "override",
		ID:   func(m *storev1.RatelimitOverride) []any { return []any{m.GetId()} },
		Indexes: []table.Index[*storev1.RatelimitOverride]{{
			Name: byIdentifier, Unique: true,
			Values: func(m *storev1.RatelimitOverride) []string {
				return []string{m.GetNamespaceId(), m.GetIdentifier()}
			},
		}, {
			Name:   byNamespace,
			Values: func(m *storev1.RatelimitOverride) []string { return []string{m.GetNamespaceId()} },
		}},
	}, blind)
}
