package main

import (
	"testing"

	"google.golang.org/protobuf/proto"

	secretcontainerv1 "github.com/holdplane/holdplane/gen/holdplane/secretcontainer/v1"
)

// emptySecret makes a secret of the owner's that has no payload.
func (w *world) emptySecret(t *testing.T) string {
	return w.keep(t, &secretcontainerv1.CreateSecretRequest{})
}

// secret makes a secret of the owner's.
func (w *world) secret(t *testing.T) string {
	return w.keep(t, &secretcontainerv1.CreateSecretRequest{Payload: []byte("a payload"), PayloadContentType: "text/plain"})
}

func (w *world) keep(t *testing.T, r *secretcontainerv1.CreateSecretRequest) string {
	t.Helper()
	made, err := secretcontainerv1.NewSecretServiceClient(w.public).CreateSecret(w.asOwner(t), r)
	if err != nil {
		t.Fatal(err)
	}
	return made.GetSecretId()
}

// notedSecret is a secret with the metadatum k.
func (w *world) notedSecret(t *testing.T) string {
	t.Helper()
	made := w.secret(t)
	_, err := secretcontainerv1.NewMetadataServiceClient(w.public).AddMetadatum(w.asOwner(t),
		&secretcontainerv1.AddMetadatumRequest{SecretId: made, Key: "k", Value: "v"})
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// usedSecret is a secret with a consumer.
func (w *world) usedSecret(t *testing.T) string {
	t.Helper()
	made := w.secret(t)
	_, err := secretcontainerv1.NewSecretConsumerServiceClient(w.public).RegisterSecretConsumer(w.asOwner(t),
		&secretcontainerv1.RegisterSecretConsumerRequest{SecretId: made, Service: "image", ResourceType: "image", ResourceId: "an image"})
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// container makes a container of the owner's.
func (w *world) container(t *testing.T) string {
	return w.group(t, &secretcontainerv1.CreateContainerRequest{Type: "generic"})
}

func (w *world) group(t *testing.T, r *secretcontainerv1.CreateContainerRequest) string {
	t.Helper()
	made, err := secretcontainerv1.NewContainerServiceClient(w.public).CreateContainer(w.asOwner(t), r)
	if err != nil {
		t.Fatal(err)
	}
	return made.GetContainerId()
}

// containedSecret asks for the removal of a secret from a container that has it.
func (w *world) containedSecret(t *testing.T) *secretcontainerv1.RemoveContainerSecretRequest {
	secret := w.secret(t)
	made := w.group(t, &secretcontainerv1.CreateContainerRequest{Type: "generic", SecretRefs: []*secretcontainerv1.ContainerSecret{
		{Name: proto.String("a name"), SecretId: secret},
	}})
	return &secretcontainerv1.RemoveContainerSecretRequest{ContainerId: made, Name: proto.String("a name"), SecretId: secret}
}

// usedContainer is a container with a consumer.
func (w *world) usedContainer(t *testing.T) string {
	t.Helper()
	made := w.container(t)
	_, err := secretcontainerv1.NewConsumerServiceClient(w.public).RegisterConsumer(w.asOwner(t),
		&secretcontainerv1.RegisterConsumerRequest{ContainerId: made, Name: "a consumer", Url: "https://example.com"})
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// order makes an order of the owner's.
func (w *world) order(t *testing.T) string {
	t.Helper()
	made, err := secretcontainerv1.NewOrderServiceClient(w.public).CreateOrder(w.asOwner(t),
		&secretcontainerv1.CreateOrderRequest{Type: "key", Meta: &secretcontainerv1.OrderMeta{Algorithm: "aes", BitLength: 256}})
	if err != nil {
		t.Fatal(err)
	}
	return made.GetOrderId()
}

// kept are ids of what secret-container keeps of the owner's, n times each.
func (w *world) kept(t *testing.T, n int) (ids []string) {
	t.Helper()
	for range n {
		ids = append(ids, w.emptySecret(t), w.secret(t), w.notedSecret(t), w.usedSecret(t), w.usedContainer(t), w.order(t))
	}
	return ids
}

// boundProject is a project with quotas of its own, and no tenant.
func (w *world) boundProject(t *testing.T) string {
	t.Helper()
	const project = "a bound project"
	_, err := secretcontainerv1.NewQuotaServiceClient(w.public).SetProjectQuotas(w.asOwner(t),
		&secretcontainerv1.SetProjectQuotasRequest{ProjectId: project, ProjectQuotas: &secretcontainerv1.Quotas{Secrets: proto.Int32(10)}})
	if err != nil {
		t.Fatal(err)
	}
	return project
}
