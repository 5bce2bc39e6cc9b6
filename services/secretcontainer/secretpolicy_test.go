package secretcontainer_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"google.golang.org/grpc/codes"

	secretcontainerv1 "github.com/holdplane/holdplane/gen/holdplane/secretcontainer/v1"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/rpc"
	"github.com/holdplane/holdplane/pkg/tenant"
)

// secretCall is a method, and what one has to be allowed to, in words of the secretMatrix below.
type secretCall struct {
	name string
	may  string
	do   func(ctx context.Context, id string) error
}

// failed is the error of a call.
func failed[R any](_ R, err error) error { return err }

// secretCalls are all methods about secrets and lists.
func secretCalls(s *safe) []secretCall {
	return slices.Concat(payloadCalls(s), metadataCalls(s), secretListCalls(s), containerListCalls(s))
}

func payloadCalls(s *safe) []secretCall {
	return []secretCall{
		{"create", "make", func(ctx context.Context, _ string) error {
			return failed(s.secrets.CreateSecret(ctx, &secretcontainerv1.CreateSecretRequest{}))
		}},
		{"list", "list", func(ctx context.Context, _ string) error {
			return failed(s.secrets.ListSecrets(ctx, &secretcontainerv1.ListSecretsRequest{}))
		}},
		{"get", "see", func(ctx context.Context, id string) error {
			return failed(s.secrets.GetSecret(ctx, &secretcontainerv1.GetSecretRequest{SecretId: id}))
		}},
		{"read payload", "open", func(ctx context.Context, id string) error { return failed(s.open(ctx, id, "")) }},
		{"store payload", "change", func(ctx context.Context, id string) error {
			return failed(s.secrets.StorePayload(ctx, &secretcontainerv1.StorePayloadRequest{SecretId: id}))
		}},
		{"delete", "change", func(ctx context.Context, id string) error {
			return failed(s.secrets.DeleteSecret(ctx, &secretcontainerv1.DeleteSecretRequest{SecretId: id}))
		}},
	}
}

func metadataCalls(s *safe) []secretCall {
	return []secretCall{
		{"get metadata", "see", func(ctx context.Context, id string) error {
			return failed(s.metadata.GetMetadata(ctx, &secretcontainerv1.GetMetadataRequest{SecretId: id}))
		}},
		{"get metadatum", "see", func(ctx context.Context, id string) error {
			return failed(s.metadata.GetMetadatum(ctx, &secretcontainerv1.GetMetadatumRequest{SecretId: id}))
		}},
		{"replace metadata", "change", func(ctx context.Context, id string) error {
			return failed(s.metadata.ReplaceMetadata(ctx, &secretcontainerv1.ReplaceMetadataRequest{SecretId: id}))
		}},
		{"add metadatum", "change", func(ctx context.Context, id string) error {
			return failed(s.metadata.AddMetadatum(ctx, &secretcontainerv1.AddMetadatumRequest{SecretId: id, Key: "k"}))
		}},
		{"set metadatum", "change", func(ctx context.Context, id string) error {
			return failed(s.metadata.SetMetadatum(ctx, &secretcontainerv1.SetMetadatumRequest{SecretId: id}))
		}},
		{"delete metadatum", "change", func(ctx context.Context, id string) error {
			return failed(s.metadata.DeleteMetadatum(ctx, &secretcontainerv1.DeleteMetadatumRequest{SecretId: id}))
		}},
	}
}

func secretListCalls(s *safe) []secretCall {
	return []secretCall{
		{"get list", "see list", func(ctx context.Context, id string) error {
			return failed(s.acls.GetSecretAcl(ctx, &secretcontainerv1.GetSecretAclRequest{SecretId: id}))
		}},
		{"update list", "change", func(ctx context.Context, id string) error {
			return failed(s.acls.UpdateSecretAcl(ctx, &secretcontainerv1.UpdateSecretAclRequest{SecretId: id}))
		}},
		{"replace list", "change", func(ctx context.Context, id string) error {
			return failed(s.acls.ReplaceSecretAcl(ctx, &secretcontainerv1.ReplaceSecretAclRequest{SecretId: id}))
		}},
		{"delete list", "change", func(ctx context.Context, id string) error {
			return failed(s.acls.DeleteSecretAcl(ctx, &secretcontainerv1.DeleteSecretAclRequest{SecretId: id}))
		}},
	}
}

func containerListCalls(s *safe) []secretCall {
	return []secretCall{
		{"get container's list", "see list", func(ctx context.Context, id string) error {
			return failed(s.acls.GetContainerAcl(ctx, &secretcontainerv1.GetContainerAclRequest{ContainerId: id}))
		}},
		{"update container's list", "change", func(ctx context.Context, id string) error {
			return failed(s.acls.UpdateContainerAcl(ctx, &secretcontainerv1.UpdateContainerAclRequest{ContainerId: id}))
		}},
		{"replace container's list", "change", func(ctx context.Context, id string) error {
			return failed(s.acls.ReplaceContainerAcl(ctx, &secretcontainerv1.ReplaceContainerAclRequest{ContainerId: id}))
		}},
		{"delete container's list", "change", func(ctx context.Context, id string) error {
			return failed(s.acls.DeleteContainerAcl(ctx, &secretcontainerv1.DeleteContainerAclRequest{ContainerId: id}))
		}},
	}
}

// secretMatrix is who may do what: with a secret that its project shares, and with a private one.
// Cleo made it.
var secretMatrix = []struct{ who, in, roles, shared, private string }{
	{"ada", acme, "admin", "make list see open change see-list", "make list see open change see-list"},
	{"cleo", acme, "creator", "make list see open change see-list", "make list see open change see-list"},
	{"cleo", acme, "member", "make list see open change see-list", "make list see open change see-list"},
	{"cleo", acme, "observer", "list see open see-list", "list see-list"},
	{"carl", acme, "creator", "make list see open change see-list", "make list see-list"},
	{"mia", acme, "member", "make list see open change see-list", "make list see-list"},
	{"otto", acme, "observer", "list see open see-list", "list see-list"},
	{"otto", acme, "observer reader", "list see open see-list", "list see-list"},
	{"audrey", acme, "audit", "see", ""},
	{"serge", acme, "key-manager:service-admin", "see", ""},
	{"rita", acme, "reader", "", ""},
	{"olga", acme, "other", "", ""},
	{"nora", acme, "other", "see open", "see open"},
	{"nora", rival, "creator", "make list see open", "make list see open"},
	{"nora", rival, "other", "see open", "see open"},
	{"nora", rival, "", "", ""}, // as a token without a project
	{"bert", rival, "admin", "make list", "make list"},
	{"cleo", rival, "creator", "make list", "make list"}, // the same id in another project
}

func TestWhoMayDoWhatWithSecrets(t *testing.T) {
	s := newSafe(t)
	for _, row := range secretMatrix {
		for _, c := range []struct {
			kind, rights string
			shared       bool
		}{{"shared", row.shared, true}, {"private", row.private, false}} {
			t.Run(strings.Join([]string{row.who, row.in, row.roles, c.kind}, " "), func(t *testing.T) {
				for _, call := range secretCalls(s) {
					id := s.stand(c.shared, strings.Contains(call.name, "container"))
					err := call.do(s.as(row.in, row.who, strings.Fields(row.roles)...), id)
					denied := err != nil && fault.From(err).Code == codes.PermissionDenied
					if may := slices.Contains(strings.Fields(c.rights), strings.ReplaceAll(call.may, " ", "-")); may == denied {
						t.Errorf("%s: got %v, want %v", call.name, err, may)
					}
				}
			})
		}
	}
}

// A session without a project is nobody's, though the lists name its user.
func TestSessionsWithoutProjectOpenNothing(t *testing.T) {
	s := newSafe(t)
	outside := *s.world
	outside.public = rpc.NewLocal(asCaller(tenant.None, "nora", "openstack.admin"))
	s.service.RegisterPublic(outside.public)
	outside.connect()
	for _, call := range secretCalls(&safe{world: &outside}) {
		id := s.stand(true, strings.Contains(call.name, "container"))
		expect(t, call.do(t.Context(), id), codes.PermissionDenied)
	}
}

// stand returns a secret or a container of cleo's, which names nora.
func (s *safe) stand(shared, container bool) string {
	s.t.Helper()
	cleo := s.as(acme, "cleo", "creator")
	if !container {
		id := s.keep(cleo, "n", "text")
		s.lend(cleo, id, shared, "nora")
		return id
	}
	id := s.contain(cleo)
	_, err := s.acls.ReplaceContainerAcl(cleo, &secretcontainerv1.ReplaceContainerAclRequest{ContainerId: id, Read: &secretcontainerv1.ReadChange{
		ProjectAccess: &shared, Users: &secretcontainerv1.Users{Ids: []string{"nora"}},
	}})
	if err != nil {
		s.t.Fatal(err)
	}
	return id
}

func TestOnlyTheOperatorKeepsDeletedSecrets(t *testing.T) {
	s := newSafe(t)
	admin := rpc.NewLocal(asCaller(acme, "ada", "openstack.admin"))
	s.service.RegisterInternal(admin)
	o, id := secretcontainerv1.NewOperatorServiceClient(admin), s.bare(s.alice)
	for name, err := range map[string]error{
		"get":      failed(o.GetRetention(t.Context(), &secretcontainerv1.GetRetentionRequest{Tenant: acme})),
		"set":      failed(o.SetRetention(t.Context(), &secretcontainerv1.SetRetentionRequest{Tenant: acme})),
		"list":     failed(o.ListDeletedSecrets(t.Context(), &secretcontainerv1.ListDeletedSecretsRequest{Tenant: acme})),
		"undelete": failed(o.UndeleteSecret(t.Context(), &secretcontainerv1.UndeleteSecretRequest{Tenant: acme, SecretId: id})),
		"purge":    failed(o.PurgeSecret(t.Context(), &secretcontainerv1.PurgeSecretRequest{Tenant: acme, SecretId: id})),
	} {
		t.Run(name, func(t *testing.T) { expect(t, err, codes.PermissionDenied) })
	}
}
