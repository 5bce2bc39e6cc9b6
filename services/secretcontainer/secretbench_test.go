package secretcontainer_test

import (
	"fmt"
	"testing"

	secretcontainerv1 "github.com/holdplane/holdplane/gen/holdplane/secretcontainer/v1"
	"github.com/holdplane/holdplane/pkg/kv/memkv"
	"github.com/holdplane/holdplane/pkg/rpc"
	"github.com/holdplane/holdplane/services/secretcontainer"
)

// benchClient calls a service that knows its caller, so that only its own work is measured.
func benchClient(b *testing.B) secretcontainerv1.SecretServiceClient {
	b.Helper()
	store := openStore(b, secretcontainer.Name, memkv.New())
	s := secretcontainer.New(secretcontainer.Deps{Store: store, Blind: store.Indexer()})
	local := rpc.NewLocal(asCaller(acme, "alice", "openstack.creator"))
	s.RegisterPublic(local)
	return secretcontainerv1.NewSecretServiceClient(local)
}

func benchSecret() *secretcontainerv1.CreateSecretRequest {
	return &secretcontainerv1.CreateSecretRequest{
		Name: ptr("key"), Payload: make([]byte, 32), PayloadContentType: "application/octet-stream",
	}
}

func BenchmarkCreateSecret(b *testing.B) {
	c := benchClient(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.CreateSecret(b.Context(), benchSecret()); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkGetPayload(b *testing.B) {
	c := benchClient(b)
	r, err := c.CreateSecret(b.Context(), benchSecret())
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.GetPayload(b.Context(), &secretcontainerv1.GetPayloadRequest{SecretId: r.GetSecretId()}); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkListSecrets has lists that read all of a project's secrets for a page.
func BenchmarkListSecrets(b *testing.B) {
	c := benchClient(b)
	const n = 2000
	for i := range n {
		r := benchSecret()
		r.Name = ptr(fmt.Sprint("key ", i*7919%n))
		if _, err := c.CreateSecret(b.Context(), r); err != nil {
			b.Fatal(err)
		}
	}
	for name, r := range map[string]*secretcontainerv1.ListSecretsRequest{
		"filtered": {Name: "%9%"}, "ordered": {Sort: []*secretcontainerv1.SortKey{{Key: "name"}}},
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := c.ListSecrets(b.Context(), r); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
