package secretcontainer_test

import (
	"strings"
	"testing"

	"google.golang.org/grpc/codes"

	secretcontainerv1 "github.com/holdplane/holdplane/gen/holdplane/secretcontainer/v1"
	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/id"
	"github.com/holdplane/holdplane/services/secretcontainer"
)

// What a tenant keeps can't make an answer that fills memory, or that no message carries.
func TestPagesAreBounded(t *testing.T) {
	w := newIdleWorld(t)
	ctx, large := w.user(acme, "carla", "creator"), strings.Repeat("x", 2<<20)
	for range 13 {
		if err := secretcontainer.PlantConsumers(t.Context(), w.service, acme, w.contain(ctx), []string{large}); err != nil {
			t.Fatal(err)
		}
		err := secretcontainer.PlantSecret(t.Context(), w.service, &storev1.Secret{Id: id.UUID(), Tenant: acme, Creator: "carla", Name: &large})
		if err != nil {
			t.Fatal(err)
		}
	}
	for limit, want := range map[int32]codes.Code{100: codes.InvalidArgument, 10: codes.OK} {
		_, err := w.containers.ListContainers(ctx, &secretcontainerv1.ListContainersRequest{Limit: limit})
		expect(t, err, want)
		_, err = w.secrets.ListSecrets(ctx, &secretcontainerv1.ListSecretsRequest{Limit: limit})
		expect(t, err, want)
	}
}
