package main

import (
	"path/filepath"
	"testing"

	"github.com/holdplane/holdplane/gateway/gatewaytest"
	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	"github.com/holdplane/holdplane/pkg/id"
)

// TestRecordedWire replays the gateway's wire cases on the whole product.
func TestRecordedWire(t *testing.T) {
	files, err := filepath.Glob("../../gateway/*/testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no recordings: %v", err)
	}
	s := startDev(t)
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			tenant := id.New("t")
			_, key := s.newKey(t, tenant, allPermissions()...)
			_, reader := s.newKey(t, tenant, "identity.*.read_identity")
			vars := map[string]string{"key": key, "reader": reader, "session": s.newSession(t, tenant), "base": s.baseURL}
			if err := gatewaytest.Replay(t.Context(), s.baseURL, file, vars); err != nil {
				t.Error(err)
			}
		})
	}
}

// newSession logs a user of the tenant in.
func (s *server) newSession(t *testing.T, tenant string) string {
	t.Helper()
	access := identityv1.NewAccessServiceClient(s.internal)
	_, err := access.PutSubject(t.Context(), &identityv1.PutSubjectRequest{Tenant: tenant, Id: "user", Enabled: true, Epoch: 1, Version: 1, Permissions: allPermissions()})
	if err != nil {
		t.Fatal(err)
	}
	r, err := access.IssueSession(t.Context(), &identityv1.IssueSessionRequest{
		Tenant: tenant, Subject: "user", Audience: "users", TtlMs: 60_000,
		Kind: identityv1.CredentialKind_CREDENTIAL_KIND_OPAQUE_SESSION,
	})
	if err != nil {
		t.Fatal(err)
	}
	return r.GetAccessToken()
}
