package secretcontainer_test

import (
	"strings"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	secretcontainerv1 "github.com/holdplane/holdplane/gen/holdplane/secretcontainer/v1"
	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/table"
)

func TestWhatOrdersMakeKeepsToTheQuotas(t *testing.T) {
	for _, c := range []struct {
		name                string
		quotas              *secretcontainerv1.Quotas
		give                *secretcontainerv1.CreateOrderRequest
		orders              int
		active, made, boxes int
		resource            string
	}{
		{"no secret", &secretcontainerv1.Quotas{Secrets: proto.Int32(0)}, keyOrder("aes", 256, ""), 3, 0, 0, 0, "secrets"},
		{"three secrets", &secretcontainerv1.Quotas{Secrets: proto.Int32(3)}, keyOrder("aes", 256, ""), 9, 3, 3, 0, "secrets"},
		{"three secrets, for pairs", &secretcontainerv1.Quotas{Secrets: proto.Int32(3)}, pairOrder("rsa", 1024), 5, 1, 2, 1, "secrets"},
		{"two containers", &secretcontainerv1.Quotas{Containers: proto.Int32(2)}, pairOrder("rsa", 1024), 5, 2, 4, 2, "containers"},
		{"no container, for keys", &secretcontainerv1.Quotas{Containers: proto.Int32(0)}, keyOrder("aes", 256, ""), 3, 3, 3, 0, ""},
	} {
		inOrders(t, c.name, func(t *testing.T, w *world) {
			expect(t, w.setQuotas(acme, c.quotas), codes.OK)
			ann := w.user(acme, "ann", "creator")
			var all []string
			for range c.orders {
				all = append(all, w.order(ann, c.give))
			}
			w.start()
			active := 0
			for _, id := range all {
				switch m := w.shown(ann, id); {
				case m.GetStatus() == "ACTIVE":
					active++
				case m.GetStatus() != "ERROR" || m.GetErrorStatusCode() != "403" || c.resource == "" || !strings.Contains(m.GetErrorReason(), c.resource):
					t.Errorf("ended as %v", m)
				}
			}
			boxes := len(rowsOf[*storev1.SecretContainer](w, table.Of(acme), "container"))
			if secrets := len(w.keptSecrets()); secrets != c.made || boxes != c.boxes || active != c.active {
				t.Errorf("%d secrets and %d containers for %d orders, want %d and %d for %d", secrets, boxes, active, c.made, c.boxes, c.active)
			}
			w.expectNoWork()
		})
	}
}
