package secretcontainer

import (
	"time"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/table"
)

func newSecretTable(blind table.Blinder) *table.Table[*storev1.Secret] {
	return table.New(table.Spec[*storev1.Secret]{
		Name:    secretTable,
		ID:      func(m *storev1.Secret) []any { return []any{m.GetId()} },
		Expires: func(m *storev1.Secret) time.Time { return end(m.GetExpiresUs()) },
		Counted: true,
		Indexes: []table.Index[*storev1.Secret]{{
			Name: byID, Global: true, Plain: true, // UUIDs are unique unasked
			Values: func(m *storev1.Secret) []string { return []string{m.GetId()} },
		}},
	}, blind)
}

func newPayloadTable(blind table.Blinder) *table.Table[*storev1.SecretPayload] {
	return table.New(table.Spec[*storev1.SecretPayload]{
		Name:    "payload",
		ID:      func(m *storev1.SecretPayload) []any { return []any{m.GetSecret()} },
		Expires: func(m *storev1.SecretPayload) time.Time { return end(m.GetExpiresUs()) },
		Needs:   func(m *storev1.SecretPayload) []table.Need { return needs(secretTable, m.GetSecret()) },
	}, blind)
}

func newMetadataTable(blind table.Blinder) *table.Table[*storev1.SecretMetadata] {
	return table.New(table.Spec[*storev1.SecretMetadata]{
		Name:    "metadata",
		ID:      func(m *storev1.SecretMetadata) []any { return []any{m.GetSecret()} },
		Expires: func(m *storev1.SecretMetadata) time.Time { return end(m.GetExpiresUs()) },
		Needs:   func(m *storev1.SecretMetadata) []table.Need { return needs(secretTable, m.GetSecret()) },
	}, blind)
}

func newReaderTable(blind table.Blinder) *table.Table[*storev1.SecretReader] {
	return table.New(table.Spec[*storev1.SecretReader]{
		Name:    "reader",
		ID:      func(m *storev1.SecretReader) []any { return []any{m.GetSecret(), m.GetUser()} },
		Expires: func(m *storev1.SecretReader) time.Time { return end(m.GetExpiresUs()) },
		Needs:   func(m *storev1.SecretReader) []table.Need { return needs(secretTable, m.GetSecret()) },
		Indexes: []table.Index[*storev1.SecretReader]{{
			Name: byUser, Global: true,
			Values: func(m *storev1.SecretReader) []string { return []string{m.GetUser()} },
		}},
	}, blind)
}

func newSecretConsumerTable(blind table.Blinder) *table.Table[*storev1.SecretConsumer] {
	return table.New(table.Spec[*storev1.SecretConsumer]{
		Name:    "secretconsumer",
		ID:      func(m *storev1.SecretConsumer) []any { return []any{m.GetSecret(), m.GetId()} },
		Expires: func(m *storev1.SecretConsumer) time.Time { return end(m.GetExpiresUs()) },
		Needs:   func(m *storev1.SecretConsumer) []table.Need { return needs(secretTable, m.GetSecret()) },
		Indexes: []table.Index[*storev1.SecretConsumer]{{
			Name: byUse, Unique: true,
			Values: func(m *storev1.SecretConsumer) []string {
				return []string{m.GetSecret(), m.GetService(), m.GetResourceType(), m.GetResource()}
			},
		}, {
			Name: byRegistrar, Global: true, Plain: true, // to count what a project has registered
			Values: func(m *storev1.SecretConsumer) []string { return []string{m.GetRegistrar()} },
		}},
	}, blind)
}

func newDeletedTable(blind table.Blinder) *table.Table[*storev1.DeletedSecret] {
	return table.New(table.Spec[*storev1.DeletedSecret]{
		Name:    "deleted",
		ID:      func(m *storev1.DeletedSecret) []any { return []any{uint64(m.GetDeletedUs()), m.GetSecret().GetId()} },
		Expires: func(m *storev1.DeletedSecret) time.Time { return end(m.GetExpiresUs()) },
		Indexes: []table.Index[*storev1.DeletedSecret]{{
			Name: byID, Unique: true, Plain: true,
			Values: func(m *storev1.DeletedSecret) []string { return []string{m.GetSecret().GetId()} },
		}},
	}, blind)
}
