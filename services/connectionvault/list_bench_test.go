package connectionvault_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	connectionvaultv1 "github.com/holdplane/holdplane/gen/holdplane/connectionvault/v1"
)

// many is how many connectors lists are measured over.
const many = 200

// newManyShop integrates connectors with an authorize URL each, of which a consumer has added
// half.
func newManyShop(b *testing.B) (w *world, list, get func()) {
	b.Helper()
	dir := b.TempDir()
	for i := range many {
		text := fmt.Sprintf("service_id: own-%03d\nname: Own\nunified_apis: [crm]\nauth_type: oauth2\noauth:\n  grant: authorization_code\n"+
			"  authorize_url: https://a.example/a\n  token_url: https://a.example/t\nfields:\n  - {id: region, label: Region}\n", i)
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("own-%03d.yaml", i)), []byte(text), 0o600); err != nil {
			b.Fatal(err)
		}
	}
	w = newIdleWorld(b, dir)
	var all []*connectionvaultv1.NewIntegration
	for i := range many {
		all = append(all, &connectionvaultv1.NewIntegration{ServiceId: fmt.Sprintf("own-%03d", i), ClientId: "client", ClientSecret: "secret"})
	}
	ctx := w.addApp(acme, shop, all...)
	for i := 0; i < many; i += 2 {
		w.bring(ctx, "crm", fmt.Sprintf("own-%03d", i), &connectionvaultv1.ImportedCredentials{AccessToken: new("a")})
		w.mustSet(ctx, "crm", fmt.Sprintf("own-%03d", i), `{"region":"eu","n":1}`)
	}
	list = func() {
		r, err := w.connections.ListConnections(ctx, &connectionvaultv1.ListConnectionsRequest{ApplicationId: shop, ConsumerId: jane})
		if err != nil || len(r.GetConnections()) != many {
			b.Fatalf("got %d, %v", len(r.GetConnections()), err)
		}
	}
	return w, list, func() { w.get(ctx, "crm", "own-000") }
}

func BenchmarkListConnections(b *testing.B) {
	_, list, get := newManyShop(b)
	b.Run("list of 200", func(b *testing.B) {
		for b.Loop() {
			list()
		}
	})
	b.Run("get", func(b *testing.B) {
		for b.Loop() {
			get()
		}
	})
}
