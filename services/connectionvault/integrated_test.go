package connectionvault_test

import (
	"context"
	"log/slog"
	"strings"
	"testing"

	connectionvaultv1 "github.com/holdplane/holdplane/gen/holdplane/connectionvault/v1"
)

// TestListsFollowIntegrations changes what an application integrates, in one of two
// processes: both show it at once, and another tenant's application is as it was.
func TestListsFollowIntegrations(t *testing.T) {
	w := newIdleWorld(t)
	one, other := w.process(w.store, slog.DiscardHandler), w.process(w.store, slog.DiscardHandler)
	integration := func(service, client string, off bool) *connectionvaultv1.NewIntegration {
		return &connectionvaultv1.NewIntegration{ServiceId: service, ClientId: client, Disabled: off}
	}
	ctx := w.addApp(acme, shop, integration("xero", "c", false))
	rivals := w.addApp(rival, "store", integration("freshbooks", "c", false))
	set := func(by *process, n *connectionvaultv1.NewIntegration) error {
		_, err := by.operator.SetIntegration(t.Context(), &connectionvaultv1.SetIntegrationRequest{Tenant: acme, ApplicationId: shop, Integration: n})
		return err
	}
	remove := func(by *process, service string) error {
		_, err := by.operator.RemoveIntegration(t.Context(), &connectionvaultv1.RemoveIntegrationRequest{Tenant: acme, ApplicationId: shop, ServiceId: service})
		return err
	}
	for _, step := range []struct {
		name string
		do   func() error
		want string
	}{
		{"as it was made", func() error { return nil }, "accounting+xero configured"},
		{"switched off", func() error { return set(one, integration("xero", "c", true)) }, "accounting+xero disabled"},
		{"without a client", func() error { return set(other, integration("xero", "", false)) }, "accounting+xero needs_configuration"},
		{"another one more", func() error { return set(one, integration("freshbooks", "c", false)) }, "accounting+freshbooks configured, accounting+xero needs_configuration"},
		{"one removed", func() error { return remove(other, "xero") }, "accounting+freshbooks configured"},
		{"none", func() error { return remove(one, "freshbooks") }, ""},
	} {
		if err := step.do(); err != nil {
			t.Fatalf("%s: %v", step.name, err)
		}
		for range 2 { // the second time it is remembered
			for _, by := range []*process{one, other} {
				if got := by.integrated(ctx, t, shop); got != step.want {
					t.Errorf("%s: got %q, want %q", step.name, got, step.want)
				}
				if got := by.integrated(rivals, t, "store"); got != "accounting+freshbooks configured" {
					t.Errorf("%s: the other tenant's are %q", step.name, got)
				}
			}
		}
	}
}

// integrated says what a list shows of an application's integrations.
func (p *process) integrated(ctx context.Context, t *testing.T, application string) string {
	t.Helper()
	r, err := p.connections.ListConnections(ctx, &connectionvaultv1.ListConnectionsRequest{ApplicationId: application, ConsumerId: jane})
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, c := range r.GetConnections() {
		all = append(all, c.GetId()+" "+c.GetIntegrationState())
	}
	return strings.Join(all, ", ")
}
