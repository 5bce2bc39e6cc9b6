package secretcontainer

import (
	"context"
	"strconv"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/id"
	"github.com/holdplane/holdplane/pkg/kv"
)

// PlantContainer adds a container with secrets in it, each twice, and returns its id.
func PlantContainer(ctx context.Context, s *Service, of, creator string, secrets ...string) (string, error) {
	m := &storev1.SecretContainer{Id: id.UUID(), Tenant: of, Creator: creator, Type: "generic", CreatedUs: 1, UpdatedUs: 1}
	var rows []*storev1.ContainedSecret
	for i := range 2 * len(secrets) {
		name := "n" + strconv.Itoa(i)
		rows = append(rows, &storev1.ContainedSecret{Container: m.GetId(), Id: id.UUID(), Secret: secrets[i/2], Name: &name})
	}
	return m.GetId(), s.deps.Store.Update(ctx, func(tx kv.Writer) error {
		for _, row := range rows {
			if err := s.tables.contained.Insert(tx, scopeOf(m), row); err != nil {
				return err
			}
		}
		return s.tables.containers.Insert(tx, scopeOf(m), m)
	})
}

// PlantUses adds so many consumers to a secret.
func PlantUses(ctx context.Context, s *Service, of, secret string, n int) error {
	m := &storev1.Secret{Tenant: of, Id: secret}
	var rows []*storev1.SecretConsumer
	for i := range n {
		rows = append(rows, &storev1.SecretConsumer{
			Id: id.UUID(), Secret: secret, Service: "image", ResourceType: "image", Resource: strconv.Itoa(i), CreatedUs: int64(i + 1),
		})
	}
	return s.deps.Store.Update(ctx, func(tx kv.Writer) error {
		for _, row := range rows {
			if err := s.tables.secretConsumers.Insert(tx, scopeOf(m), row); err != nil {
				return err
			}
		}
		return nil
	})
}
