package connectionvault_test

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	connectionvaultv1 "github.com/holdplane/holdplane/gen/holdplane/connectionvault/v1"
)

// hookURL is where the receiver of tests is.
const hookURL = "https://hooks.example.com/vault"

// received is one delivery.
type received struct {
	at     time.Time
	path   string
	header http.Header
	body   []byte
}

// payload is what a delivery says.
func (r received) payload(t testing.TB) map[string]any {
	t.Helper()
	var all map[string]map[string]any
	if err := json.Unmarshal(r.body, &all); err != nil || len(all) != 1 {
		t.Fatalf("body %s: %v", r.body, err)
	}
	return all["payload"]
}

// kind is what happened and how often it was told.
func (r received) kind(t testing.TB) string {
	return strings.TrimPrefix(r.payload(t)["event_type"].(string), "vault.connection.")
}

// signedBy verifies a delivery as receivers do that take the bytes as they come.
func (r received) signedBy(key string) bool {
	return r.header.Get("X-Apideck-Signature") == sign(r.body, key)
}

// canonically is the body as receivers have it that parse, sort and write it anew.
func (r received) canonically(t testing.TB) []byte {
	t.Helper()
	var value any
	if err := json.Unmarshal(r.body, &value); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(value); err != nil {
		t.Fatal(err)
	}
	return []byte(strings.NewReplacer(`\u2028`, "\u2028").Replace(strings.TrimSpace(b.String())))
}

func sign(body []byte, key string) string {
	mac := hmac.New(sha256.New, []byte(key))
	mac.Write(body)
	return hex.EncodeToString(mac.Sum(nil))
}

// receiver records deliveries and answers them.
type receiver struct {
	mu     sync.Mutex
	all    []received
	answer func(w http.ResponseWriter, r *http.Request)
}

// newReceiver answers 200 until it is told otherwise.
func newReceiver(w *world) *receiver {
	at := netip.MustParseAddr("93.184.216.34")
	rec := &receiver{answer: func(http.ResponseWriter, *http.Request) {}}
	w.outside.Name("hooks.example.com", []netip.Addr{at})
	w.outside.Serve(w.t, netip.AddrPortFrom(at, 443), rec)
	return rec
}

func (rec *receiver) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	rec.mu.Lock()
	rec.all = append(rec.all, received{time.Now(), r.Method + " " + r.URL.Path, r.Header.Clone(), body})
	answer := rec.answer
	rec.mu.Unlock()
	answer(w, r)
}

func (rec *receiver) will(answer func(http.ResponseWriter, *http.Request)) {
	rec.mu.Lock()
	defer rec.mu.Unlock()
	rec.answer = answer
}

func (rec *receiver) fail(status int) {
	rec.will(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) })
}

// take are the deliveries since it was called last.
func (rec *receiver) take() []received {
	rec.mu.Lock()
	defer rec.mu.Unlock()
	all := rec.all
	rec.all = nil
	return all
}

// hang answers nothing while the caller waits.
func hang(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }

// hooked is a shop with a receiver, in a bubble.
type hooked struct {
	*world
	ctx      context.Context
	receiver *receiver
	id       string
}

// inHooked runs a test where a webhook is told all.
func inHooked(t *testing.T, test func(t *testing.T, h *hooked)) {
	synctest.Test(t, func(t *testing.T) {
		w, ctx := newShop(t, "copper", "pipedrive")
		h := &hooked{world: w, ctx: ctx, receiver: newReceiver(w)}
		w.run(w.service.Run)
		h.id = h.create("*").GetId()
		test(t, h)
	})
}

// create adds a webhook for events.
func (h *hooked) create(events ...string) *connectionvaultv1.Webhook {
	h.t.Helper()
	r, err := h.webhooks.CreateWebhook(h.ctx, &connectionvaultv1.CreateWebhookRequest{
		ApplicationId: shop, UnifiedApi: "vault", Status: "enabled", DeliveryUrl: hookURL, Events: events,
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return r.GetWebhook()
}

func (h *hooked) read() *connectionvaultv1.Webhook {
	h.t.Helper()
	r, err := h.webhooks.GetWebhook(h.ctx, &connectionvaultv1.GetWebhookRequest{ApplicationId: shop, Id: h.id})
	if err != nil {
		h.t.Fatal(err)
	}
	return r.GetWebhook()
}

// happen makes an event: the first is created.
func (h *hooked) happen() {
	h.t.Helper()
	h.mustSet(h.ctx, "crm", "copper", `{"email":"jane@example.com"}`)
	synctest.Wait()
}
