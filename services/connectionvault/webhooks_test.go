package connectionvault_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/grpc/codes"

	connectionvaultv1 "github.com/holdplane/holdplane/gen/holdplane/connectionvault/v1"
	"github.com/holdplane/holdplane/pkg/fault"
)

// addWebhook adds one of shop's, as change has it.
func (w *world) addWebhook(ctx context.Context, change func(*connectionvaultv1.CreateWebhookRequest)) (*connectionvaultv1.Webhook, error) {
	r := &connectionvaultv1.CreateWebhookRequest{ApplicationId: shop, UnifiedApi: "vault", Status: "enabled", DeliveryUrl: hookURL, Events: []string{"*"}}
	change(r)
	answer, err := w.webhooks.CreateWebhook(ctx, r)
	return answer.GetWebhook(), err
}

// webhookPage is a page of four, as their descriptions.
func (w *world) webhookPage(ctx context.Context, cursor string) (string, *connectionvaultv1.ListWebhooksResponse) {
	w.t.Helper()
	r, err := w.webhooks.ListWebhooks(ctx, &connectionvaultv1.ListWebhooksRequest{ApplicationId: shop, Limit: new(int32(4)), Cursor: cursor})
	if err != nil {
		w.t.Fatal(err)
	}
	var all []string
	for _, m := range r.GetWebhooks() {
		all = append(all, m.GetDescription())
	}
	return strings.Join(all, " "), r
}

func TestListWebhooksInPages(t *testing.T) {
	w, ctx := newShop(t)
	other := w.addApp(acme, "other")
	_, err := w.addWebhook(other, func(r *connectionvaultv1.CreateWebhookRequest) { r.ApplicationId = "other" })
	expect(t, err, codes.OK)
	if got, r := w.webhookPage(ctx, ""); got != "" || r.GetTotal() != 0 || r.GetNextCursor() != "" {
		t.Errorf("none: got %q, %v", got, r)
	}
	for i := range 50 {
		_, err := w.addWebhook(ctx, func(r *connectionvaultv1.CreateWebhookRequest) { r.Description = new(fmt.Sprint(i)) })
		expect(t, err, codes.OK)
	}
	_, err = w.addWebhook(ctx, func(*connectionvaultv1.CreateWebhookRequest) {})
	if f := fault.From(err); f == nil || f.Reason != "WEBHOOKS_TOO_MANY" {
		t.Errorf("one too many: %v", err)
	}
	got, first := w.webhookPage(ctx, "")
	if got != "0 1 2 3" || first.GetTotal() != 50 || first.GetPreviousCursor() != "" {
		t.Errorf("first page: %q, %v", got, first)
	}
	got, second := w.webhookPage(ctx, first.GetNextCursor())
	if got != "4 5 6 7" {
		t.Errorf("second page: %q", got)
	}
	if got, _ := w.webhookPage(ctx, second.GetPreviousCursor()); got != "0 1 2 3" {
		t.Errorf("back: %q", got)
	}
	_, err = w.webhooks.ListWebhooks(other, &connectionvaultv1.ListWebhooksRequest{ApplicationId: "other", Cursor: first.GetNextCursor()})
	expect(t, err, codes.InvalidArgument)
	_, err = w.webhooks.ListWebhooks(w.session(ctx, nil), &connectionvaultv1.ListWebhooksRequest{})
	expect(t, err, codes.PermissionDenied)
}

func TestCreateWebhookRefuses(t *testing.T) {
	w, ctx := newShop(t)
	for name, tt := range map[string]struct {
		change        func(*connectionvaultv1.CreateWebhookRequest)
		reason, field string
	}{
		"an event that never happens": {func(r *connectionvaultv1.CreateWebhookRequest) { r.Events = []string{"*", "crm.contact.created"} }, "EVENT_UNKNOWN", "events"},
		"an API that is none":         {func(r *connectionvaultv1.CreateWebhookRequest) { r.UnifiedApi = "weather" }, "WEBHOOK_API", "unified_api"},
		"an address inside":           {func(r *connectionvaultv1.CreateWebhookRequest) { r.DeliveryUrl = "https://10.0.0.1/" }, "ADDRESS_FORBIDDEN", "delivery_url"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := w.addWebhook(ctx, tt.change)
			if f := fault.From(err); f == nil || f.Code != codes.InvalidArgument || f.Reason != tt.reason || f.Metadata["field"] != tt.field {
				t.Errorf("got %v", err)
			}
		})
	}
	m, err := w.addWebhook(ctx, func(r *connectionvaultv1.CreateWebhookRequest) { r.UnifiedApi = "crm" })
	if err != nil || m.GetUnifiedApi() != "crm" {
		t.Errorf("got %v, %v", m, err)
	}
}

func TestUpdateWebhookChangesWhatIsGiven(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, ctx := newShop(t)
		m, err := w.addWebhook(ctx, func(*connectionvaultv1.CreateWebhookRequest) {})
		expect(t, err, codes.OK)
		shown := func(m *connectionvaultv1.Webhook) string {
			return fmt.Sprint(m.GetDescription(), " ", m.GetStatus(), " ", m.GetDeliveryUrl(), " ", m.GetEvents())
		}
		for _, tt := range []struct {
			name string
			give *connectionvaultv1.UpdateWebhookRequest
			code codes.Code
			want string
		}{
			{"a description", &connectionvaultv1.UpdateWebhookRequest{Description: new("new")}, codes.OK, "new enabled " + hookURL + " [*]"},
			{"an address", &connectionvaultv1.UpdateWebhookRequest{DeliveryUrl: new("https://b.example.com/")}, codes.OK, "new enabled https://b.example.com/ [*]"},
			{"events", &connectionvaultv1.UpdateWebhookRequest{Events: []string{"vault.connection.created"}}, codes.OK, "new enabled https://b.example.com/ [vault.connection.created]"},
			{"a status", &connectionvaultv1.UpdateWebhookRequest{Status: new("disabled")}, codes.OK, "new disabled https://b.example.com/ [vault.connection.created]"},
			{"an address inside", &connectionvaultv1.UpdateWebhookRequest{DeliveryUrl: new("https://127.0.0.1/")}, codes.InvalidArgument, ""},
			{"an event that never happens", &connectionvaultv1.UpdateWebhookRequest{Events: []string{"x"}}, codes.InvalidArgument, ""},
			{"another's", &connectionvaultv1.UpdateWebhookRequest{Id: "webhook_other"}, codes.NotFound, ""},
		} {
			time.Sleep(time.Second)
			if tt.give.ApplicationId = shop; tt.give.GetId() == "" {
				tt.give.Id = m.GetId()
			}
			r, err := w.webhooks.UpdateWebhook(ctx, tt.give)
			expect(t, err, tt.code)
			if err == nil && (shown(r.GetWebhook()) != tt.want || r.GetWebhook().GetUpdatedAt() <= m.GetUpdatedAt() || r.GetWebhook().GetCreatedAt() != m.GetCreatedAt()) {
				t.Errorf("%s: got %v", tt.name, r)
			}
		}
		_, err = w.webhooks.GetWebhook(w.addApp(acme, "other"), &connectionvaultv1.GetWebhookRequest{ApplicationId: "other", Id: m.GetId()})
		expect(t, err, codes.NotFound)
	})
}
