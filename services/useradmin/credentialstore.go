package useradmin

import (
	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/table"
)

func newAppCredentialTable(blind table.Blinder) *table.Table[*storev1.ApplicationCredential] {
	return table.New(table.Spec[*storev1.ApplicationCredential]{
		Name:  "appcred",
		ID:    func(m *storev1.ApplicationCredential) []any { return []any{m.GetId()} },
		Needs: func(m *storev1.ApplicationCredential) []table.Need { return needs(userTable, m.GetUser()) },
		Indexes: []table.Index[*storev1.ApplicationCredential]{{
			Name: byID, Unique: true, Global: true,
			Values: func(m *storev1.ApplicationCredential) []string { return []string{m.GetId()} },
		}, {
			Name: byName, Unique: true,
			Values: func(m *storev1.ApplicationCredential) []string { return []string{m.GetUser(), m.GetName()} },
		}, {
			Name:   byUser,
			Values: func(m *storev1.ApplicationCredential) []string { return []string{m.GetUser()} },
		}},
	}, blind)
}

func newCredentialTable(blind table.Blinder) *table.Table[*storev1.S3Credential] {
	return table.New(table.Spec[*storev1.S3Credential]{
		Name: "s3cred",
		ID:   func(m *storev1.S3Credential) []any { return []any{uint64(m.GetId())} },
		// One that is removed outlives its user until the object storage knows.
		Needs: func(m *storev1.S3Credential) []table.Need {
			if m.GetRemoved() {
				return needs(storageTable, m.GetObjectStorage())
			}
			return append(needs(userTable, m.GetUser()), needs(storageTable, m.GetObjectStorage())...)
		},
		Indexes: []table.Index[*storev1.S3Credential]{{
			Name: byUser,
			Values: func(m *storev1.S3Credential) []string {
				if m.GetRemoved() {
					return nil
				}
				return []string{m.GetUser()}
			},
		}, {
			Name: byPair, Unique: true,
			Values: func(m *storev1.S3Credential) []string {
				if m.GetRemoved() {
					return nil
				}
				return []string{m.GetUser(), m.GetObjectStorage()}
			},
		}, {
			Name:   byHolder, // removed ones, too
			Values: func(m *storev1.S3Credential) []string { return []string{m.GetUser()} },
		}},
	}, blind)
}
