package secretcontainer

import (
	"time"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/table"
)

func newContainerTable(blind table.Blinder) *table.Table[*storev1.SecretContainer] {
	return table.New(table.Spec[*storev1.SecretContainer]{
		Name:    containerTable,
		ID:      func(m *storev1.SecretContainer) []any { return []any{m.GetId()} },
		Counted: true,
		Indexes: []table.Index[*storev1.SecretContainer]{{
			Name: byID, Global: true, Plain: true, // UUIDs are unique unasked
			Values: func(m *storev1.SecretContainer) []string { return []string{m.GetId()} },
		}},
	}, blind)
}

func newContainedTable(blind table.Blinder) *table.Table[*storev1.ContainedSecret] {
	return table.New(table.Spec[*storev1.ContainedSecret]{
		Name:    "contained",
		ID:      func(m *storev1.ContainedSecret) []any { return []any{m.GetContainer(), m.GetId()} },
		Expires: func(m *storev1.ContainedSecret) time.Time { return end(m.GetExpiresUs()) },
		Needs: func(m *storev1.ContainedSecret) []table.Need {
			return append(needs(containerTable, m.GetContainer()), needs(secretTable, m.GetSecret())...)
		},
		Indexes: []table.Index[*storev1.ContainedSecret]{{
			Name: bySecret, Plain: true,
			Values: func(m *storev1.ContainedSecret) []string { return []string{m.GetSecret()} },
		}},
	}, blind)
}

func newConsumerTable(blind table.Blinder) *table.Table[*storev1.ContainerConsumer] {
	return table.New(table.Spec[*storev1.ContainerConsumer]{
		Name:    "consumer",
		ID:      func(m *storev1.ContainerConsumer) []any { return []any{m.GetContainer(), stateOf(m), m.GetId()} },
		Expires: func(m *storev1.ContainerConsumer) time.Time { return end(m.GetExpiresUs()) },
		Needs:   func(m *storev1.ContainerConsumer) []table.Need { return needs(containerTable, m.GetContainer()) },
		Indexes: []table.Index[*storev1.ContainerConsumer]{{
			Name: byPair, Unique: true, // removed ones, too: they come back with their date
			Values: func(m *storev1.ContainerConsumer) []string {
				return []string{m.GetContainer(), m.GetName(), m.GetUrl()}
			},
		}, {
			Name: byRegistrar, Global: true, Plain: true, // to count what a project has registered
			Values: func(m *storev1.ContainerConsumer) []string {
				if m.GetRemoved() {
					return nil
				}
				return []string{m.GetRegistrar()}
			},
		}},
	}, blind)
}

// Consumers stand below their container by their state, so that however many were removed
// lately, reading those that are there doesn't pass them.
const (
	stateLive    = uint64(0)
	stateRemoved = uint64(1)
)

func stateOf(m *storev1.ContainerConsumer) uint64 {
	if m.GetRemoved() {
		return stateRemoved
	}
	return stateLive
}
