package connectionvault_test

import (
	"context"
	"strings"
	"testing"

	"google.golang.org/grpc/codes"

	connectionvaultv1 "github.com/holdplane/holdplane/gen/holdplane/connectionvault/v1"
	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
)

// webhook adds one of shop's.
func (w *world) webhook(id, api string, events ...string) {
	w.t.Helper()
	err := w.service.PlantWebhook(w.t.Context(), &storev1.VaultWebhook{
		Id: id, Application: shop, Tenant: acme, Api: api, Enabled: true, Url: "https://hooks.example.com", Events: events,
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

// news are the events that wait for a webhook, but for the first so many.
func (w *world) news(webhook string, known int) string {
	w.t.Helper()
	all, err := w.service.Queued(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	var types []string
	for _, d := range all {
		if d.GetWebhook() == webhook {
			types = append(types, strings.TrimPrefix(d.GetType(), "vault.connection."))
		}
	}
	return strings.Join(types[min(known, len(types)):], " ")
}

func TestChangesAreTold(t *testing.T) {
	w, ctx := newShop(t, "copper", "pipedrive")
	w.webhook("all", "vault", "*")
	enable := func(on bool) func() error {
		return func() error {
			_, err := w.connections.UpdateConnection(ctx, &connectionvaultv1.UpdateConnectionRequest{
				ApplicationId: shop, ConsumerId: jane, UnifiedApi: "crm", ServiceId: "copper", Enabled: &on,
			})
			return err
		}
	}
	set := func(settings string) func() error {
		return func() error { _, err := w.set(ctx, "crm", "copper", settings); return err }
	}
	known := 0
	for _, step := range []struct {
		name string
		do   func() error
		want string
	}{
		{"added", set(`{"email":"a@example.com"}`), "created"},
		{"completed", set(`{"api_key":"k"}`), "updated callable"},
		{"changed", set(`{"other":1}`), "updated"},
		{"switched off", enable(false), "disabled"},
		{"switched off again", enable(false), "updated"},
		{"switched on", enable(true), "updated callable"},
		{"deleted", func() error {
			_, err := w.connections.DeleteConnection(ctx, &connectionvaultv1.DeleteConnectionRequest{ApplicationId: shop, ConsumerId: jane, UnifiedApi: "crm", ServiceId: "copper"})
			return err
		}, "deleted"},
		{"imported", func() error {
			w.bring(ctx, "crm", "pipedrive", &connectionvaultv1.ImportedCredentials{AccessToken: new("a")})
			return nil
		}, "created updated callable"},
		{"imported again", func() error {
			w.bring(ctx, "crm", "pipedrive", &connectionvaultv1.ImportedCredentials{AccessToken: new("b")})
			return nil
		}, "updated callable"},
		{"gone with its consumer", func() error {
			_, err := w.customers.DeleteConsumer(ctx, &connectionvaultv1.DeleteConsumerRequest{ApplicationId: shop, ConsumerId: jane})
			return err
		}, "deleted"},
	} {
		expect(t, step.do(), codes.OK)
		if got := w.news("all", known); got != step.want {
			t.Errorf("%s: got %q, want %q", step.name, got, step.want)
		}
		known += len(strings.Fields(step.want))
	}
}

func TestEachEventHasAnIDOfItsOwn(t *testing.T) {
	w, ctx := newShop(t, "copper")
	w.webhook("all", "vault", "*")
	for _, api := range []string{"crm", "lead"} {
		w.mustSet(ctx, api, "copper", `{"email":"a@example.com","api_key":"k"}`)
	}
	_, err := w.customers.DeleteConsumer(ctx, &connectionvaultv1.DeleteConsumerRequest{ApplicationId: shop, ConsumerId: jane})
	expect(t, err, codes.OK)
	all, err := w.service.Queued(t.Context())
	if err != nil || len(all) != 6 {
		t.Fatalf("got %v, %v", all, err)
	}
	seen := map[string]bool{}
	for _, d := range all {
		if seen[d.GetEvent()] {
			t.Errorf("%s has the id of another: %s", d.GetType(), d.GetEvent())
		}
		seen[d.GetEvent()] = true
	}
}

func TestWebhooksAreToldWhatTheyAskFor(t *testing.T) {
	w, ctx := newShop(t, "copper")
	w.webhook("created", "vault", "vault.connection.created", "vault.connection.callable")
	w.webhook("leads", "lead", "*")
	w.webhook("deleted", "crm", "vault.connection.deleted")
	w.mustSet(ctx, "crm", "copper", `{"email":"a@example.com","api_key":"secret-of-jane"}`)
	_, err := w.set(ctx, "crm", "copper", `{"email":"nobody"}`)
	expect(t, err, codes.FailedPrecondition)
	for webhook, want := range map[string]string{"created": "created callable", "leads": "", "deleted": ""} {
		if got := w.news(webhook, 0); got != want {
			t.Errorf("%s: got %q, want %q", webhook, got, want)
		}
	}
	all, err := w.service.Queued(context.Background())
	if err != nil || len(all) != 2 {
		t.Fatalf("got %v, %v", all, err)
	}
	d := all[1]
	if d.GetEntityId() != "crm+copper" || d.GetEvent() == all[0].GetEvent() || d.GetOccurredAtMs() == 0 ||
		!strings.Contains(d.GetEntity(), `callable`) || strings.Contains(d.GetEntity(), "secret-of-jane") {
		t.Errorf("delivery %v", d)
	}
}
