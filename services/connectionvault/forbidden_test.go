package connectionvault_test

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"google.golang.org/grpc/codes"

	connectionvaultv1 "github.com/holdplane/holdplane/gen/holdplane/connectionvault/v1"
	"github.com/holdplane/holdplane/pkg/egress/egresstest"
	"github.com/holdplane/holdplane/services/connectionvault/catalog"
)

// steered are services whose token or revocation URLs have settings in them, with one that is
// right for each.
var steered = []struct {
	api, service string
	fields       map[string]string
}{
	{"crm", "salesforce", map[string]string{"hostname": "acme.my.salesforce.com", "instance_url": "https://acme.my.salesforce.com"}},
	{"crm", "zoho-crm", map[string]string{"extension": "com", "accounts_server": "https://accounts.zoho.com"}},
	{"accounting", "zoho-books", map[string]string{"extension": "com", "accounts_server": "https://accounts.zoho.com"}},
	{"accounting", "exact-online", map[string]string{"extension": "nl"}},
	{"accounting", "netsuite", map[string]string{"accountId": "1234567"}},
	{"hris", "namely", map[string]string{"company": "acme"}},
	{"ecommerce", "shopify", map[string]string{"shop": "acme"}},
	{"issue-tracking", "zendesk", map[string]string{"subdomain": "acme"}},
}

// turns is how many settings pass between two that a spelling is written into: each is in
// several, and every setting gets spellings of all kinds.
const turns = 5

// TestForbiddenSettings writes what must not be called into settings that are part of a URL,
// by import and by update, and has the token refreshed and given up then. The rules of each
// setting are held against all of it.
func TestForbiddenSettings(t *testing.T) {
	var services []string
	for _, c := range steered {
		services = append(services, c.service)
	}
	w, app := newShop(t, services...)
	reader := w.rootKey(acme, "vault.tokens.read")
	all, turn := egresstest.Forbidden(), 0
	for _, c := range steered {
		for _, field := range slices.Sorted(maps.Keys(c.fields)) {
			turn++
			t.Run(c.service+" "+field, func(t *testing.T) {
				before := len(w.outside.Lookups())
				w.steer(t, app, reader, c.api, c.service, field, c.fields[field])
				if len(w.outside.Lookups()) == before {
					t.Error("not even the right one was looked up: nothing was tried")
				}
				for n, spelling := range all {
					for _, value := range inHost(spelling.URL) {
						w.staysHome(t, c.service, field, c.fields[field], value)
						if (n+turn)%turns == 0 {
							w.steer(t, app, reader, c.api, c.service, field, value)
						}
					}
				}
			})
		}
	}
	if dialled := w.outside.Dialled(); len(dialled) > 0 {
		t.Errorf("dialled %v", dialled)
	}
}

// staysHome wants a value refused, or its URLs in the domain that those of the right one are
// in.
func (w *world) staysHome(t *testing.T, service, field, right, value string) {
	t.Helper()
	c, ok := w.deps.Catalog.Connector(service)
	if !ok {
		t.Fatalf("there is no %s", service)
	}
	if c.Accepts(field, value) != nil {
		return
	}
	for _, e := range []catalog.Endpoint{catalog.TokenURL, catalog.RefreshURL, catalog.RevokeURL} {
		got, err := c.URL(e, map[string]string{field: value})
		if err != nil {
			continue
		}
		want, err := c.URL(e, map[string]string{field: right})
		if err != nil || domain(got) != domain(want) {
			t.Errorf("%q leads to %s, the right one to %s, %v", value, got, want, err)
		}
	}
}

// domain are the last two labels of a URL's host.
func domain(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return err.Error()
	}
	labels := strings.Split(u.Hostname(), ".")
	return strings.Join(labels[max(0, len(labels)-2):], ".")
}

// inHost are a URL, and its host alone, as the setting may be either.
func inHost(address string) []string {
	_, host, ok := strings.Cut(address, "https://")
	if !ok {
		return []string{address}
	}
	return []string{address, strings.TrimSuffix(host, "/")}
}

// steer sets a setting and does all that calls the provider.
func (w *world) steer(t *testing.T, app, reader context.Context, api, service, field, value string) {
	t.Helper()
	text, err := json.Marshal(map[string]string{field: value})
	if err != nil {
		t.Fatal(err)
	}
	_, err = w.connections.ImportConnection(app, &connectionvaultv1.ImportConnectionRequest{
		ApplicationId: shop, ConsumerId: jane, UnifiedApi: api, ServiceId: service, Settings: string(text),
		Credentials: &connectionvaultv1.ImportedCredentials{RefreshToken: new("refresh"), AccessToken: new("access")},
	})
	if _, updated := w.set(app, api, service, string(text)); err != nil && updated != nil {
		expect(t, err, codes.FailedPrecondition)
		return
	}
	_, err = w.tokens.GetAccessToken(reader, &connectionvaultv1.GetAccessTokenRequest{ApplicationId: shop, ConsumerId: jane, UnifiedApi: api, ServiceId: service})
	if err == nil {
		t.Errorf("%q has given a token", value)
	}
	if _, err := w.connections.DeleteConnection(app, &connectionvaultv1.DeleteConnectionRequest{ApplicationId: shop, ConsumerId: jane, UnifiedApi: api, ServiceId: service}); err != nil {
		t.Errorf("delete with %q: %v", value, err)
	}
}

// TestForbiddenAddresses feeds what must not be called to webhooks and sessions. Names are
// taken, as they may lead elsewhere later, and are refused when something is to be told.
func TestForbiddenAddresses(t *testing.T) {
	inHooked(t, func(t *testing.T, h *hooked) {
		told := 0
		for n, c := range egresstest.Forbidden() {
			made, err := h.webhooks.CreateWebhook(h.ctx, &connectionvaultv1.CreateWebhookRequest{
				ApplicationId: shop, UnifiedApi: "vault", Status: "enabled", DeliveryUrl: c.URL, Events: []string{"*"},
			})
			if err == nil {
				told++
				h.mustSet(h.ctx, "crm", "copper", fmt.Sprintf(`{"email":"jane%d@example.com","api_key":"%d"}`, n, n))
				synctest.Wait()
				_, err = h.webhooks.DeleteWebhook(h.ctx, &connectionvaultv1.DeleteWebhookRequest{ApplicationId: shop, Id: made.GetWebhook().GetId()})
				expect(t, err, codes.OK)
			} else {
				expect(t, err, codes.InvalidArgument)
			}
			_, err = h.sessions.CreateSession(h.ctx, &connectionvaultv1.CreateSessionRequest{ApplicationId: shop, ConsumerId: jane, RedirectUri: c.URL})
			if err == nil && c.URL != "" { // an empty one is none
				t.Errorf("session that leads to %s (%q) is made", c.Name, c.URL)
			}
		}
		if told == 0 || len(h.receiver.take()) == 0 {
			t.Error("nothing was told to anybody: nothing was tried")
		}
		for _, at := range h.outside.Dialled() {
			if at.Addr() != netip.MustParseAddr("93.184.216.34") { // the receiver's
				t.Errorf("dialled %v", at)
			}
		}
	})
}
