package main

import (
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/holdplane/holdplane/gateway/gatewaytest"
	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
	"github.com/holdplane/holdplane/pkg/id"
)

// TestRecordedWire replays the gateways' wire cases on the whole product, in both forms.
// Those in the folders whole and recorded need it: dialects' own tests have no services.
func TestRecordedWire(t *testing.T) {
	var files []string
	for _, pattern := range []string{"*.txtar", "v2/*.txtar", "whole/*.txtar", "recorded/*.txtar"} {
		found, err := filepath.Glob("../../gateway/*/testdata/" + pattern)
		if err != nil || len(found) == 0 {
			t.Fatalf("no recordings %s: %v", pattern, err)
		}
		files = append(files, found...)
	}
	// What the fakes of that one answer, services don't: apis, keys and so on in whole do.
	files = slices.DeleteFunc(files, func(f string) bool { return strings.HasSuffix(f, "v2/crud.txtar") })
	for name, start := range forms {
		t.Run(name, func(t *testing.T) {
			s := start(t, install(t))
			for _, file := range files {
				folder := filepath.Base(filepath.Dir(file))
				t.Run(folder+" "+strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
					s := s
					switch { // these have users of fixed names, and leave things behind
					case strings.Contains(file, "/keystone/"):
						s = start(t, install(t))
						s.recordedPeople(t)
					case strings.Contains(file, "/barbican/"):
						in := install(t)
						s = start(t, in, "--bootstrap", in.keyManagerUsers(t))
					case strings.Contains(file, "/apideck/"):
						s = start(t, install(t))
					}
					vars := s.recordedVars(t)
					if strings.Contains(file, "/barbican/") {
						maps.Copy(vars, s.keyManagerVars(t))
					}
					if strings.Contains(file, "/apideck/") {
						vars["key"] = s.recordedShop(t)
					}
					if err := gatewaytest.Replay(t.Context(), s.baseURL, file, vars); err != nil {
						t.Error(err)
					}
				})
			}
		})
	}
}

// recordedPeople are the projects and users of Keystone's recordings.
func (s *server) recordedPeople(t *testing.T) {
	t.Helper()
	ctx, operator := t.Context(), useradminv1.NewOperatorServiceClient(s.internal)
	for _, name := range []string{"project_a", "project_b"} {
		r, err := identityv1.NewTenantServiceClient(s.internal).CreateTenant(ctx, &identityv1.CreateTenantRequest{Name: name})
		if err != nil {
			t.Fatal(err)
		}
		of := r.GetTenant().GetId()
		if _, err := operator.CreateAccount(ctx, &useradminv1.CreateAccountRequest{Tenant: of, Name: name}); err != nil {
			t.Fatal(err)
		}
		for _, role := range []string{"creator", "observer"} {
			user := name + "_" + role
			_, err := operator.AddUser(ctx, &useradminv1.AddUserRequest{
				Tenant: of, Username: user, Email: user + "@example.com", Password: "barbican", OpenstackRoles: []string{role},
			})
			if err != nil {
				t.Fatal(err)
			}
		}
	}
}

// recordedVars are what recordings call by name, of a new tenant's.
func (s *server) recordedVars(t *testing.T) map[string]string {
	t.Helper()
	tenant := id.New("t")
	_, key := s.newKey(t, tenant, allPermissions()...)
	_, reader := s.newKey(t, tenant, "identity.*.read_identity")
	return map[string]string{"key": key, "reader": reader, "session": s.newSession(t, tenant), "base": s.baseURL}
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
