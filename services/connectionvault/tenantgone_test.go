package connectionvault_test

import (
	"bytes"
	"context"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/grpc/codes"

	connectionvaultv1 "github.com/holdplane/holdplane/gen/holdplane/connectionvault/v1"
	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/kv/key"
)

// TestDeletedTenantLeavesNothing deletes one with connections, tokens, a session, and
// deliveries under way.
func TestDeletedTenantLeavesNothing(t *testing.T) {
	inHooked(t, func(t *testing.T, h *hooked) {
		h.receiver.fail(500)
		h.happen()
		h.bring(h.ctx, "crm", "pipedrive", &connectionvaultv1.ImportedCredentials{AccessToken: new("access"), RefreshToken: new("refresh")})
		made, err := h.sessions.CreateSession(h.ctx, &connectionvaultv1.CreateSessionRequest{ApplicationId: shop, ConsumerId: jane})
		if err != nil {
			t.Fatal(err)
		}
		ask := func() error {
			_, err := h.connections.ListConnections(withKey(t, made.GetSessionToken()), &connectionvaultv1.ListConnectionsRequest{ApplicationId: shop, ConsumerId: jane})
			return err
		}
		expect(t, ask(), codes.OK)
		if h.rowsOf(acme) == 0 {
			t.Fatal("there are no rows: nothing is looked at")
		}
		_, err = identityv1.NewTenantServiceClient(h.internal).DeleteTenant(t.Context(), &identityv1.DeleteTenantRequest{Id: acme})
		expect(t, err, codes.OK)
		time.Sleep(time.Hour)
		synctest.Wait()
		expect(t, ask(), codes.Unauthenticated)
		if n := h.rowsOf(acme); n != 0 {
			t.Errorf("%d rows are left", n)
		}
		if left, err := h.service.Queued(context.Background()); err != nil || len(left) != 0 {
			t.Errorf("%d deliveries are left, %v", len(left), err)
		}
	})
}

// rowsOf counts entries that have a tenant's name in their key.
func (w *world) rowsOf(of string) (n int) {
	w.t.Helper()
	part := key.New(of)
	err := w.store.View(context.Background(), func(tx kv.Reader) error {
		for e, err := range tx.Scan(kv.Prefix(key.New("t"))) {
			if err != nil {
				return err
			}
			if bytes.Contains(e.Key, part) {
				n++
			}
		}
		return nil
	})
	if err != nil {
		w.t.Error(err)
	}
	return n
}
