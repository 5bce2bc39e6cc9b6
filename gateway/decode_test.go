package gateway_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/proto"

	"github.com/holdplane/holdplane/gateway"
	"github.com/holdplane/holdplane/gateway/unkey"
	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	"github.com/holdplane/holdplane/pkg/fault"
)

const formType = "application/x-www-form-urlencoded"

// creating is a service that tells the external id it was to create.
func creating(id *string) *service {
	return &service{create: func(_ context.Context, r *identityv1.CreateIdentityRequest) (*identityv1.CreateIdentityResponse, error) {
		*id = r.GetExternalId()
		return &identityv1.CreateIdentityResponse{}, nil
	}}
}

func TestForms(t *testing.T) {
	d := unkey.V1()
	d.MediaTypes = []string{formType}
	d.Body = func(c *gateway.Call, data []byte, m proto.Message) error { return c.DecodeForm(data, m) }
	var got string
	f := start(t, creating(&got), dialects(d))
	for _, tt := range []struct {
		name, form string
		status     int
		want       string // the field, or what the message says
	}{
		{"a field", "externalId=user%201%2b", 200, "user 1+"},
		{"unknown fields", "a=1&externalId=user_1&a=2&b", 200, "user_1"},
		{"a field twice", "externalId=user_1&externalId=user_2", 400, "externalId"},
		{"the same twice", "externalId=user_1&externalId=user_1", 400, "externalId"},
		{"a field that lacks", "", 400, "externalId"},
		{"half an escape", "externalId=%2", 400, "the form is malformed"},
		{"semicolons", "externalId=user_1;a=2", 400, "the form is malformed"},
		{"no text", "externalId=%ff", 400, "externalId"},
		{"JSON", `{"externalId":"user_1"}`, 400, "externalId"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got = ""
			w := f.do("POST", createPath, strings.NewReader(tt.form), "Content-Type", formType+"; charset=utf-8")
			if w.Code != tt.status || got != tt.want && !strings.Contains(w.Body.String(), tt.want) {
				t.Errorf("got %d with %q, want %d with %q: %s", w.Code, got, tt.status, tt.want, w.Body)
			}
		})
	}
	if w := f.do("POST", createPath, strings.NewReader("{}"), "Content-Type", "application/json"); w.Code != http.StatusUnsupportedMediaType {
		t.Errorf("a body of another type: got %d %s", w.Code, w.Body)
	}
}

// A body of any kind is the dialect's to read, and so are its mistakes.
func TestBody(t *testing.T) {
	d := unkey.V1()
	d.MediaTypes = []string{"text/plain", "application/json"}
	d.Body = func(c *gateway.Call, data []byte, m proto.Message) error {
		switch r, ok := m.(*identityv1.CreateIdentityRequest); {
		case c.Request.Header.Get("Content-Type") != "text/plain":
			return c.DecodeJSON(data, m)
		case !ok || c.RPC != identityv1.IdentityService_CreateIdentity_FullMethodName:
			return errors.New("not the call that was made")
		case len(data) == 0:
			return fault.FailedPrecondition("VOID", "there is nothing in it")
		default:
			r.ExternalId = string(data)
			return nil
		}
	}
	var got string
	f := start(t, creating(&got), dialects(d))
	for _, tt := range []struct {
		mediaType, body string
		status          int
		want            string
	}{
		{"text/plain", "raw", 200, "raw"},
		{"text/plain", "", 412, "there is nothing in it"},
		{"application/json", `{"externalId":"quoted"}`, 200, "quoted"},
		{"application/json", `{"externalId":7}`, 400, "externalId"},
		{"application/json", "raw", 400, "error"},
	} {
		got = ""
		w := f.do("POST", createPath, strings.NewReader(tt.body), "Content-Type", tt.mediaType)
		if w.Code != tt.status || got != tt.want && !strings.Contains(w.Body.String(), tt.want) {
			t.Errorf("%s %q: got %d with %q, want %d with %q: %s", tt.mediaType, tt.body, w.Code, got, tt.status, tt.want, w.Body)
		}
	}
}

// Fill has the last word on what leaves, and may refuse.
func TestFill(t *testing.T) {
	d := unkey.V1()
	var before []string
	d.Fill = func(c *gateway.Call, m proto.Message) error {
		id := c.Request.Header.Get("X-External-Id")
		if id == "" {
			return fault.Unauthenticated("UNNAMED", "name the identity")
		}
		switch r := m.(type) {
		case *identityv1.CreateIdentityRequest:
			before, r.ExternalId = append(before, r.GetExternalId()), id
		case *identityv1.GetIdentityRequest:
			before, r.ExternalId = append(before, r.GetExternalId()), &id
		}
		return nil
	}
	var got string
	s := creating(&got)
	s.get = func(_ context.Context, r *identityv1.GetIdentityRequest) (*identityv1.GetIdentityResponse, error) {
		got = r.GetExternalId()
		return &identityv1.GetIdentityResponse{}, nil
	}
	f := start(t, s, dialects(d))
	for _, call := range [][3]string{{"POST", createPath, `{"externalId":"of the body"}`}, {"GET", getPath + "?externalId=of+the+query", ""}} {
		got = ""
		if w := f.do(call[0], call[1], strings.NewReader(call[2]), "X-External-Id", "mine"); w.Code != http.StatusOK || got != "mine" {
			t.Errorf("%s: got %d with %q: %s", call[0], w.Code, got, w.Body)
		}
		got = ""
		if w := f.do(call[0], call[1], strings.NewReader(call[2])); w.Code != http.StatusUnauthorized || got != "" {
			t.Errorf("%s refused: got %d with %q: %s", call[0], w.Code, got, w.Body)
		}
	}
	if strings.Join(before, ", ") != "of the body, of the query" {
		t.Errorf("Fill found %q", before)
	}
}

// A credential from another header is all that services see of one.
func TestAuthorizationFromAnotherHeader(t *testing.T) {
	d := unkey.V1()
	d.Authorization = gateway.Bearer("x-auth-token")
	var sent metadata.MD
	f := start(t, getting(func(ctx context.Context) error {
		sent, _ = metadata.FromIncomingContext(ctx)
		return nil
	}), dialects(d))
	for _, tt := range []struct {
		name   string
		header []string
		want   string
	}{
		{"the header", []string{"X-Auth-Token", "mine"}, "Bearer mine"},
		{"beside Authorization", []string{"X-Auth-Token", "mine", "Authorization", "Bearer other"}, "Bearer mine"},
		{"beside Authorization twice", []string{"X-Auth-Token", "mine", "Authorization", "Bearer other", "Authorization", "1"}, "Bearer mine"},
		{"Authorization alone", []string{"Authorization", "Bearer other"}, ""},
		{"nothing in it", []string{"X-Auth-Token", "", "Authorization", "Bearer other"}, ""},
		{"twice", []string{"X-Auth-Token", "mine", "X-Auth-Token", "other"}, ""},
		{"what looks like metadata", []string{"Grpc-Metadata-Authorization", "Bearer other"}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if w := f.do("GET", getPath, nil, tt.header...); w.Code != http.StatusOK {
				t.Errorf("got %d %s", w.Code, w.Body)
			}
			if got := strings.Join(sent["authorization"], ", "); got != tt.want || sent["x-auth-token"] != nil {
				t.Errorf("services got %q of %v, want %q", got, sent, tt.want)
			}
		})
	}
}
