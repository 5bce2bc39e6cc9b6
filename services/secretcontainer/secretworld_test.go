package secretcontainer_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"

	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	operationsv1 "github.com/holdplane/holdplane/gen/holdplane/operations/v1"
	secretcontainerv1 "github.com/holdplane/holdplane/gen/holdplane/secretcontainer/v1"
	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/kv/key"
	"github.com/holdplane/holdplane/pkg/tenant"
	"github.com/holdplane/holdplane/services/secretcontainer"
)

// safe is a world with people: alice and carol may make secrets in acme, bob in rival.
type safe struct {
	*world
	alice, carol, bob context.Context
	versions          int64
}

func newSafe(t testing.TB) *safe {
	t.Helper()
	return safeIn(newWorld(t))
}

func safeIn(w *world) *safe {
	return &safe{world: w, alice: w.user(acme, "alice", "creator"), carol: w.user(acme, "carol", "creator"), bob: w.user(rival, "bob", "creator")}
}

// as is user for those whose roles change: what they were before ends.
func (s *safe) as(of, id string, roles ...string) context.Context {
	s.t.Helper()
	s.versions++
	permissions := make([]string, len(roles))
	for i, role := range roles {
		permissions[i] = "openstack." + role
	}
	ctx := s.user(of, id)
	_, err := s.access.PutSubject(s.t.Context(), &identityv1.PutSubjectRequest{
		Tenant: of, Id: id, Enabled: true, Permissions: permissions, Epoch: 1, Version: 1 + s.versions,
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return ctx
}

// asCaller has all calls come from one caller, whatever credential they have.
func asCaller(of tenant.ID, id string, permissions ...string) grpc.UnaryServerInterceptor {
	p := auth.Principal{Kind: auth.KindOpaqueSession, Tenant: of, Subject: id}
	caller := p.Grant(permissions...)
	return func(ctx context.Context, r any, _ *grpc.UnaryServerInfo, next grpc.UnaryHandler) (any, error) {
		return next(auth.With(ctx, caller), r)
	}
}

// make makes a secret and returns its id.
func (s *safe) make(ctx context.Context, r *secretcontainerv1.CreateSecretRequest) string {
	s.t.Helper()
	made, err := s.secrets.CreateSecret(ctx, r)
	if err != nil {
		s.t.Fatal(err)
	}
	return made.GetSecretId()
}

// bare makes a secret without payload.
func (s *safe) bare(ctx context.Context) string {
	s.t.Helper()
	return s.make(ctx, &secretcontainerv1.CreateSecretRequest{})
}

// describe returns a secret that has to be there.
func (s *safe) describe(ctx context.Context, id string) *secretcontainerv1.Secret {
	s.t.Helper()
	r, err := s.secrets.GetSecret(ctx, &secretcontainerv1.GetSecretRequest{SecretId: id, WithConsumers: true})
	if err != nil {
		s.t.Fatal(err)
	}
	return r.GetSecret()
}

// open reads a payload.
func (s *safe) open(ctx context.Context, id, accept string) (string, error) {
	r, err := s.secrets.GetPayload(ctx, &secretcontainerv1.GetPayloadRequest{SecretId: id, Accept: accept})
	return string(r.GetPayload()), err
}

func (s *safe) delete(ctx context.Context, id string) {
	s.t.Helper()
	if _, err := s.secrets.DeleteSecret(ctx, &secretcontainerv1.DeleteSecretRequest{SecretId: id}); err != nil {
		s.t.Fatal(err)
	}
}

// lend sets who may read a secret.
func (s *safe) lend(ctx context.Context, id string, projectAccess bool, names ...string) {
	s.t.Helper()
	_, err := s.acls.ReplaceSecretAcl(ctx, &secretcontainerv1.ReplaceSecretAclRequest{SecretId: id, Read: &secretcontainerv1.ReadChange{
		ProjectAccess: &projectAccess, Users: &secretcontainerv1.Users{Ids: names},
	}})
	if err != nil {
		s.t.Fatal(err)
	}
}

// events are what the audit log of a tenant tells of an object, oldest first.
func (s *safe) events(of, object string) (events []string) {
	s.t.Helper()
	r, err := operationsv1.NewAuditServiceClient(s.internal).ListAuditRecords(s.t.Context(),
		&operationsv1.ListAuditRecordsRequest{Service: secretcontainer.Name, Tenant: of, PageSize: 1000})
	if err != nil {
		s.t.Fatal(err)
	}
	for _, record := range slices.Backward(r.GetRecords()) {
		if record.GetObject() == object {
			events = append(events, record.GetActor()+" "+record.GetEvent())
		}
	}
	return events
}

// tablesOf are the names of a tenant's tables that hold anything, but for the audit log and
// counts.
func (s *safe) tablesOf(of string) (names []string) {
	s.t.Helper()
	err := s.store.View(s.t.Context(), func(tx kv.Reader) error {
		r := kv.Prefix(key.New("t", of))
		r.KeysOnly = true
		for e, err := range tx.Scan(r) {
			if err != nil {
				return err
			}
			parts, err := key.Parse(e.Key)
			if err != nil {
				return err
			}
			name := parts[2].(string)
			if name != "audit" && !strings.HasSuffix(name, "/count") && !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
		return nil
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return names
}

// refused checks code and reason of an error; OK and none for none.
func refused(t testing.TB, err error, code codes.Code, reason string) {
	t.Helper()
	expect(t, err, code)
	if err != nil && fault.From(err).Reason != reason {
		t.Errorf("got %v, want reason %s", err, reason)
	}
}

// codeOf is the code of an error; OK of none.
func codeOf(err error) codes.Code {
	if err == nil {
		return codes.OK
	}
	return fault.From(err).Code
}

func ptr[T any](v T) *T { return &v }
