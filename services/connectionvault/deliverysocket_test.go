package connectionvault_test

import (
	"bytes"
	"crypto/x509"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"
	"time"

	"google.golang.org/grpc/codes"

	connectionvaultv1 "github.com/holdplane/holdplane/gen/holdplane/connectionvault/v1"
	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/auth/accessclient"
	"github.com/holdplane/holdplane/pkg/egress"
	"github.com/holdplane/holdplane/pkg/rpc"
	"github.com/holdplane/holdplane/services/connectionvault"
)

// reaching has the world's service send by sockets, to what egress allows.
func (w *world) reaching(o egress.Options) {
	w.t.Helper()
	check, err := validator()
	if err != nil {
		w.t.Fatal(err)
	}
	w.deps.Egress = o
	w.service = connectionvault.New(w.deps)
	door := &auth.Door{Verifier: accessclient.New(w.access), Public: rpc.PublicMethods(), Accept: connectionvault.Accepts}
	w.public = rpc.NewLocal(door.Unary, check.Unary)
	w.service.RegisterPublic(w.public)
	w.connect()
	w.run(w.service.Run)
}

// TestDeliveryBySocket is the one way to a receiver on loopback: no operator can allow it, so
// that the whole installation has none.
func TestDeliveryBySocket(t *testing.T) {
	arrived := make(chan received, 10)
	server := httptest.NewTLSServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		var body bytes.Buffer
		if _, err := body.ReadFrom(r.Body); err != nil {
			t.Error(err)
		}
		arrived <- received{time.Now(), r.Method + " " + r.URL.Path, r.Header.Clone(), body.Bytes()}
	}))
	t.Cleanup(server.Close)
	w, ctx := newShop(t, "copper")
	hook := &connectionvaultv1.CreateWebhookRequest{
		ApplicationId: shop, UnifiedApi: "vault", Status: "enabled", DeliveryUrl: server.URL + "/hook", Events: []string{"*"},
	}
	_, err := w.webhooks.CreateWebhook(ctx, hook)
	expect(t, err, codes.InvalidArgument)

	roots := x509.NewCertPool()
	roots.AddCert(server.Certificate())
	w.reaching(egress.Options{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, Roots: roots})
	_, err = w.webhooks.CreateWebhook(ctx, hook)
	expect(t, err, codes.OK)
	key := keyIn(ctx)
	for range 2 {
		w.mustSet(ctx, "crm", "copper", `{"email":"jane@example.com"}`)
		got := <-arrived
		if got.path != "POST /hook" || !got.signedBy(key) || sign(got.canonically(t), key) != got.header.Get("X-Apideck-Signature") {
			t.Errorf("got %s %v %s", got.path, got.header, got.body)
		}
		rotated, err := w.operator.RotateApplicationKey(t.Context(), &connectionvaultv1.RotateApplicationKeyRequest{Tenant: acme, ApplicationId: shop, OverlapMs: 3_600_000})
		expect(t, err, codes.OK)
		key = rotated.GetApiKey()
	}
}
