package connectionvault_test

import (
	"bytes"
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"

	connectionvaultv1 "github.com/holdplane/holdplane/gen/holdplane/connectionvault/v1"
	operationsv1 "github.com/holdplane/holdplane/gen/holdplane/operations/v1"
	"github.com/holdplane/holdplane/services/connectionvault"
)

func keyIn(ctx context.Context) string {
	md, _ := metadata.FromOutgoingContext(ctx)
	return strings.TrimPrefix(md.Get("authorization")[0], "Bearer ")
}

func TestDeliveriesAreSigned(t *testing.T) {
	inHooked(t, func(t *testing.T, h *hooked) {
		const odd = "<j&ne>\u2028\"\\é/\x7f\t\x01😀"
		_, err := h.connections.UpdateConnection(h.ctx, &connectionvaultv1.UpdateConnectionRequest{
			ApplicationId: shop, ConsumerId: odd, UnifiedApi: "crm", ServiceId: "copper",
			Settings: `{"email":"jane@example.com","api_key":"hidden-of-jane"}`, Metadata: `{"note":"hidden too"}`,
		})
		expect(t, err, codes.OK)
		synctest.Wait()
		time.Sleep(5 * time.Second)
		all, kinds := h.receiver.take(), []string{}
		for _, r := range all {
			kinds = append(kinds, r.kind(t))
			if !r.signedBy(keyIn(h.ctx)) {
				t.Errorf("wrong signature of %s", r.body)
			}
			if again := r.canonically(t); !bytes.Equal(again, r.body) {
				t.Errorf("sent %s, which is canonically %s", r.body, again)
			}
			if bytes.Contains(r.body, []byte("hidden")) || bytes.Contains(r.body, []byte(keyIn(h.ctx))) {
				t.Errorf("secrets in %s", r.body)
			}
			if got := r.payload(t)["entity"].(map[string]any)["consumer_id"]; got != odd {
				t.Errorf("consumer %q, want %q", got, odd)
			}
		}
		if slices.Sort(kinds); strings.Join(kinds, " ") != "callable created" {
			t.Errorf("told of %v", kinds)
		}
	})
}

func TestDeliveryAsSent(t *testing.T) {
	inHooked(t, func(t *testing.T, h *hooked) {
		h.happen()
		all := h.receiver.take()
		if len(all) != 1 {
			t.Fatalf("%d deliveries, want 1", len(all))
		}
		p := all[0].payload(t)
		event := p["event_id"].(string)
		const want = `{"payload":{"entity":{"auth_type":"apiKey","consumer_id":"jane","created_at":"2000-01-01T00:00:00.000Z","enabled":true,` +
			`"health":"missing_settings","id":"crm+copper","name":"Copper","service_id":"copper","state":"added","unified_api":"crm","updated_at":"2000-01-01T00:00:00.000Z"`
		if got := string(all[0].body); !strings.HasPrefix(strip(got), want) || !strings.HasSuffix(got, `},"entity_id":"crm+copper","entity_type":"Connection",`+
			`"event_id":"`+event+`","event_type":"vault.connection.created","execution_attempt":1,"occurred_at":"2000-01-01T00:00:00.000Z","service_id":"apideck-vault"}}`) {
			t.Errorf("got %s", got)
		}
		for name, want := range map[string]string{
			"Content-Type": "application/json", "X-Apideck-Event-Type": "vault.connection.created", "X-Apideck-Idempotency-Key": event + "." + h.id,
		} {
			if got := all[0].header.Get(name); got != want {
				t.Errorf("%s: got %q, want %q", name, got, want)
			}
		}
	})
}

// strip takes out what the catalog says of a connector.
func strip(body string) string {
	for _, name := range []string{"icon", "logo", "tag_line", "website"} {
		if before, after, ok := strings.Cut(body, `"`+name+`":"`); ok {
			_, after, _ = strings.Cut(after, `"`)
			body = strings.TrimSuffix(before, ",") + "," + strings.TrimPrefix(after, ",")
		}
	}
	return strings.ReplaceAll(strings.ReplaceAll(body, ",}", "}"), "}}}", "}}}")
}

func TestNewestKeySigns(t *testing.T) {
	inHooked(t, func(t *testing.T, h *hooked) {
		h.receiver.fail(http.StatusInternalServerError)
		h.happen()
		r, err := h.operator.RotateApplicationKey(t.Context(), &connectionvaultv1.RotateApplicationKeyRequest{Tenant: acme, ApplicationId: shop, OverlapMs: 3_600_000})
		expect(t, err, codes.OK)
		time.Sleep(10 * time.Second)
		all := h.receiver.take()
		if len(all) != 2 || !all[0].signedBy(keyIn(h.ctx)) || !all[1].signedBy(r.GetApiKey()) {
			t.Errorf("%d deliveries; the second one is to be signed by the new key, the first by the old one", len(all))
		}
	})
}

func TestFailedDeliveriesAreRepeated(t *testing.T) {
	for _, tt := range []struct {
		name   string
		answer func(http.ResponseWriter, *http.Request)
	}{
		{"a 500", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) }},
		{"a 400", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(400) }},
		{"a redirect to another host", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://public.example.com/", http.StatusTemporaryRedirect)
		}},
		{"a redirect that makes GET of POST", func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodPost {
				http.Redirect(w, r, "/login", http.StatusFound)
			}
		}},
		{"no answer", hang},
		{"half an answer", func(w http.ResponseWriter, _ *http.Request) { panic(http.ErrAbortHandler) }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			inHooked(t, func(t *testing.T, h *hooked) {
				h.receiver.will(tt.answer)
				h.happen()
				time.Sleep(10 * time.Minute)
				tried := len(posts(h.receiver.take()))
				h.receiver.fail(http.StatusAccepted)
				time.Sleep(20 * time.Minute)
				last := h.receiver.take()
				if tried < 4 || tried > 10 || len(last) != 1 || int(last[0].payload(t)["execution_attempt"].(float64)) != tried+1 || !last[0].signedBy(keyIn(h.ctx)) {
					t.Errorf("%d tries in vain, then %d", tried, len(last))
				}
			})
		})
	}
}

func posts(all []received) []received {
	return slices.DeleteFunc(all, func(r received) bool { return !strings.HasPrefix(r.path, "POST") })
}

func TestWebhookIsGivenUpAfterThreeDays(t *testing.T) {
	inHooked(t, func(t *testing.T, h *hooked) {
		h.receiver.fail(http.StatusInternalServerError)
		h.happen()
		h.happen()
		time.Sleep(2 * time.Hour)
		if n := len(h.receiver.take()); n < 6 || n > 24 {
			t.Errorf("%d tries in two hours", n)
		}
		h.rest(70*time.Hour - 10*time.Minute)
		time.Sleep(9 * time.Minute)
		if m := h.read(); m.GetStatus() != "enabled" {
			t.Fatalf("before three days: %v", m)
		}
		time.Sleep(2 * time.Hour)
		if m := h.read(); m.GetStatus() != "disabled" || m.GetDisabledReason() != "retry_limit" {
			t.Errorf("after three days: %v", m)
		}
		all, err := operationsv1.NewAuditServiceClient(h.internal).ListAuditRecords(t.Context(), &operationsv1.ListAuditRecordsRequest{Service: connectionvault.Name, Tenant: acme})
		expect(t, err, codes.OK)
		if r := all.GetRecords()[0]; r.GetEvent() != "webhook.disable" || r.GetObject() != h.id || r.GetDetails()["reason"] != "retry_limit" {
			t.Errorf("audited %v", r)
		}
		h.receiver.take()
		h.happen()
		if left, err := h.service.Queued(t.Context()); err != nil || len(left) != 0 || len(h.receiver.take()) != 0 {
			t.Errorf("%d deliveries are left, %v", len(left), err)
		}
		h.enable(true)
		h.receiver.fail(http.StatusOK)
		h.happen()
		if n := len(h.receiver.take()); n != 1 {
			t.Errorf("%d deliveries once it is enabled again, want 1", n)
		}
	})
}

func (h *hooked) enable(on bool) {
	h.t.Helper()
	status := map[bool]string{true: "enabled", false: "disabled"}[on]
	r, err := h.webhooks.UpdateWebhook(h.ctx, &connectionvaultv1.UpdateWebhookRequest{ApplicationId: shop, Id: h.id, Status: &status})
	if err != nil || r.GetWebhook().GetStatus() != status || r.GetWebhook().GetDisabledReason() != "none" {
		h.t.Fatalf("got %v, %v", r, err)
	}
}

func TestNothingMoreIsToldTo(t *testing.T) {
	for name, end := range map[string]func(h *hooked){
		"a disabled webhook": func(h *hooked) { h.enable(false) },
		"a deleted webhook": func(h *hooked) {
			_, err := h.webhooks.DeleteWebhook(h.ctx, &connectionvaultv1.DeleteWebhookRequest{ApplicationId: shop, Id: h.id})
			expect(h.t, err, codes.OK)
		},
		"a tenant that is gone": func(h *hooked) {
			_, err := operationsv1.NewTenantDataServiceClient(h.internal).DeleteTenantData(h.t.Context(), &operationsv1.DeleteTenantDataRequest{Service: connectionvault.Name, Tenant: acme})
			expect(h.t, err, codes.OK)
		},
	} {
		t.Run(name, func(t *testing.T) {
			inHooked(t, func(t *testing.T, h *hooked) {
				h.receiver.fail(http.StatusInternalServerError)
				h.happen()
				end(h)
				h.receiver.take()
				time.Sleep(10 * time.Minute)
				left, err := h.service.Queued(context.Background())
				if n := len(h.receiver.take()); n != 0 || err != nil || len(left) != 0 {
					t.Errorf("%d deliveries, %d are left, %v", n, len(left), err)
				}
			})
		})
	}
}

func TestDeliveryOutlivesACrash(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, ctx := newShop(t, "copper")
		h := &hooked{world: w, ctx: ctx, receiver: newReceiver(w)}
		h.create("*")
		h.receiver.will(hang)
		h.mustSet(h.ctx, "crm", "copper", `{"email":"jane@example.com"}`)
		first, crash := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- w.service.Run(first) }()
		synctest.Wait()
		crash()
		expect(t, <-done, codes.OK)
		h.receiver.fail(http.StatusOK)
		w.run(connectionvault.New(w.deps).Run)
		time.Sleep(2 * time.Minute)
		all := h.receiver.take()
		if len(all) != 2 || !bytes.Equal(all[0].body, all[1].body) {
			t.Errorf("%d deliveries, want the one that broke off and the same again", len(all))
		}
	})
}
