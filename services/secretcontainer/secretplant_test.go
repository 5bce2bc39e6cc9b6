package secretcontainer

import (
	"context"
	"strconv"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/id"
	"github.com/holdplane/holdplane/pkg/kv"
)

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
