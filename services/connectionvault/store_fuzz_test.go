package connectionvault_test

import (
	"context"
	"strings"
	"testing"
	"unicode/utf8"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	connectionvaultv1 "github.com/holdplane/holdplane/gen/holdplane/connectionvault/v1"
	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
)

// FuzzState opens any text as a state: there is one that opens.
func FuzzState(f *testing.F) {
	w, ctx := newShop(f, "pipedrive")
	m := w.get(ctx, "crm", "pipedrive")
	good := stateOf(f, m.GetAuthorizeUrl())
	for _, seed := range []string{good, stateOf(f, m.GetRevokeUrl()), good + ".", good[1:], "..", ".crm.", strings.Replace(good, ".crm.", ".lead.", 1), strings.ToUpper(good), good + "\n", ""} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		a, err := w.service.OpenState("authorize", text, &storev1.VaultAuthorization{Tenant: acme, Application: shop, Service: "pipedrive"})
		switch {
		case text == good && (err != nil || a.GetConsumer() != jane || a.GetApi() != "crm"):
			t.Errorf("the right one opens to %v, %v", a, err)
		case text != good && status.Code(err) != codes.InvalidArgument:
			t.Errorf("%q opens to %v, %v", text, a, err)
		}
	})
}

// FuzzSettings updates a connection with any settings. What its form holds then, a secret
// behind the mask, changes nothing when it is sent back.
func FuzzSettings(f *testing.F) {
	for _, seed := range []string{
		`{"email":"jane@example.com"}`, `{"email":null,"more":{"a":[1e400,{"b":null}]}}`, `{"api_k\u0065y":` + hidden + `,"email":"\ud800"}`, `{"a":1,"a":2}`,
		`{"":""}`, `{"email":["x"]}`, `{"email":12.50}`, `[]`, `null`, ``, `{"a":`, strings.Repeat(`{"a":`, 70) + "1" + strings.Repeat("}", 70),
	} {
		f.Add(seed)
	}
	const secret = "5ecret-of-jane"
	w, ctx := newShop(f, "copper")
	f.Fuzz(func(t *testing.T, text string) {
		if !utf8.ValidString(text) || strings.Contains(text, secret) {
			return // gRPC carries no such text
		}
		w.forget(ctx, t, "copper")
		for _, settings := range []string{`{"api_key":"` + secret + `"}`, text} {
			_, err := w.set(ctx, "crm", "copper", settings)
			if code := status.Code(err); code == codes.InvalidArgument || code == codes.FailedPrecondition {
				return
			} else if code != codes.OK {
				t.Fatalf("%s: %v", settings, err)
			}
		}
		was, err := w.set(ctx, "crm", "copper", "{}")
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(was.String(), secret) {
			t.Errorf("the secret is in %v", was)
		}
		for _, same := range []string{was.GetSettings(), `{"api_key":` + hidden + `}`} {
			if same == "" {
				continue
			}
			is, err := w.set(ctx, "crm", "copper", same)
			if err != nil || is.GetSettings() != was.GetSettings() || is.GetState() != was.GetState() || field(t, is, "api_key").GetValue() != field(t, was, "api_key").GetValue() && same != was.GetSettings() {
				t.Errorf("%s, sent to %v, makes it %v (%v)", same, was, is, err)
			}
		}
	})
}

// FuzzMapping makes any mapping, which is then found as it was made, and deleted.
func FuzzMapping(f *testing.F) {
	for _, id := range []string{"crm+contacts+age", "+", "a/b", "%2F", "\x7f", "é", strings.Repeat("x", 256)} {
		f.Add(id, "$.age")
		f.Add(id, strings.Repeat("$", 1025))
	}
	w, ctx := newShop(f, "copper")
	f.Fuzz(func(t *testing.T, id, value string) {
		if !utf8.ValidString(id) || !utf8.ValidString(value) {
			return // gRPC carries no such text
		}
		w.forget(ctx, t, "copper")
		_, err := w.resources.CreateMapping(ctx, &connectionvaultv1.CreateMappingRequest{
			ApplicationId: shop, ConsumerId: jane, UnifiedApi: "crm", ServiceId: "copper", TargetFieldId: id, Value: value,
		})
		if status.Code(err) == codes.InvalidArgument {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		got, err := w.resources.GetMapping(ctx, &connectionvaultv1.GetMappingRequest{
			ApplicationId: shop, ConsumerId: jane, UnifiedApi: "crm", ServiceId: "copper", TargetFieldId: id,
		})
		if m := got.GetCustomMapping(); err != nil || m.GetId() != id || m.GetValue() != value {
			t.Errorf("%q is found as %v (%v)", id, m, err)
		}
		_, err = w.resources.DeleteMapping(ctx, &connectionvaultv1.DeleteMappingRequest{
			ApplicationId: shop, ConsumerId: jane, UnifiedApi: "crm", ServiceId: "copper", TargetFieldId: id,
		})
		if err != nil {
			t.Fatal(err)
		}
		left, err := w.resources.ListMappings(ctx, &connectionvaultv1.ListMappingsRequest{ApplicationId: shop, ConsumerId: jane, UnifiedApi: "crm", ServiceId: "copper"})
		if err != nil || len(left.GetCustomMappings()) != 0 {
			t.Errorf("%q stays: %v, %v", id, left, err)
		}
	})
}

// forget deletes jane's connection, if there is one.
func (w *world) forget(ctx context.Context, t *testing.T, service string) {
	t.Helper()
	_, err := w.connections.DeleteConnection(ctx, &connectionvaultv1.DeleteConnectionRequest{
		ApplicationId: shop, ConsumerId: jane, UnifiedApi: "crm", ServiceId: service,
	})
	if code := status.Code(err); code != codes.OK && code != codes.NotFound {
		t.Fatal(err)
	}
}
