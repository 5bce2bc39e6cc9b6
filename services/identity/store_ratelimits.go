package identity

import (
	"strings"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/table"
)

// byWildcard finds a namespace's overrides whose identifiers are patterns.
const byWildcard = "wildcard"

func newNamespaceTable(blind table.Blinder) *table.Table[*storev1.RatelimitNamespace] {
	return table.New(table.Spec[*storev1.RatelimitNamespace]{
		Name: namespaceTable,
		ID:   func(m *storev1.RatelimitNamespace) []any { return []any{m.GetId()} },
		Indexes: []table.Index[*storev1.RatelimitNamespace]{{
			Name: byName, Unique: true,
			Values: func(m *storev1.RatelimitNamespace) []string { return []string{m.GetName()} },
		}},
	}, blind)
}

func newOverrideTable(blind table.Blinder) *table.Table[*storev1.RatelimitOverride] {
	return table.New(table.Spec[*storev1.RatelimitOverride]{
		Name:  "override",
		ID:    func(m *storev1.RatelimitOverride) []any { return []any{m.GetId()} },
		Needs: func(m *storev1.RatelimitOverride) []table.Need { return needs(namespaceTable, m.GetNamespaceId()) },
		Indexes: []table.Index[*storev1.RatelimitOverride]{{
			Name: byIdentifier, Unique: true,
			Values: func(m *storev1.RatelimitOverride) []string {
				return []string{m.GetNamespaceId(), m.GetIdentifier()}
			},
		}, {
			Name:   byNamespace,
			Values: func(m *storev1.RatelimitOverride) []string { return []string{m.GetNamespaceId()} },
		}, {
			Name: byWildcard,
			Values: func(m *storev1.RatelimitOverride) []string {
				if !isWildcard(m.GetIdentifier()) {
					return nil
				}
				return []string{m.GetNamespaceId()}
			},
		}},
	}, blind)
}

// isWildcard tells whether an override's identifier stands for others than itself.
func isWildcard(identifier string) bool { return strings.Contains(identifier, "*") }
