package unkey_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"

	"github.com/holdplane/holdplane/gateway"
	"github.com/holdplane/holdplane/gateway/unkey"
	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	"github.com/holdplane/holdplane/pkg/fault"
)

// scripted is a connection that notes what it is asked and answers what it was told.
type scripted struct {
	grpc.ClientConnInterface
	asked  proto.Message
	answer proto.Message
	err    error
}

func (c *scripted) Invoke(_ context.Context, _ string, in, out any, _ ...grpc.CallOption) error {
	c.asked = in.(proto.Message)
	if c.answer != nil {
		proto.Merge(out.(proto.Message), c.answer)
	}
	return c.err
}

// through is a gateway in front of a scripted connection.
func through(t *testing.T, c *scripted) http.Handler {
	t.Helper()
	h, err := gateway.New(t.Context(), gateway.Config{
		Dialects: []gateway.Dialect{unkey.V1()}, Conn: func(string) grpc.ClientConnInterface { return c },
		Log: slog.New(slog.DiscardHandler), Metrics: prometheus.NewRegistry(),
	})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func TestAnswersOfV1(t *testing.T) {
	c := &scripted{}
	h := through(t, c)
	for _, tt := range []struct {
		name, method, path, body string
		answer                   proto.Message
		want                     string
	}{
		{"a key", "GET", "keys.getKey?keyId=key_1", "", &identityv1.GetKeyResponse{Key: &identityv1.Key{Id: "key_1", Meta: "{}"}},
			`{"id":"key_1","start":"","workspaceId":"","createdAt":0,"roles":[],"permissions":[],"enabled":false}`},
		{"an unknown key", "POST", "keys.verifyKey", `{"key":"x"}`, &identityv1.VerifyKeyResponse{Code: "NOT_FOUND", RequestId: "req_1"},
			`{"valid":false,"code":"NOT_FOUND","requestId":"req_1"}`},
		{"uses without end", "POST", "keys.updateRemaining", `{"keyId":"key_1","op":"set","value":null}`, &identityv1.UpdateRemainingResponse{}, `{"remaining":null}`},
		{"roles of a key", "POST", "keys.setRoles", `{"keyId":"key_1","roles":[{"name":"a"}]}`, &identityv1.SetRolesResponse{}, `[]`},
		{"permissions", "GET", "permissions.listPermissions", "", &identityv1.ListPermissionsResponse{Permissions: []*identityv1.GetPermissionResponse{{Id: "perm_1"}}},
			`[{"id":"perm_1","name":"","slug":""}]`},
		{"an override", "GET", "ratelimits.getOverride?namespaceName=a&identifier=b", "", &identityv1.GetOverrideResponse{Override: &identityv1.Override{Id: "rlor_1"}},
			`{"id":"rlor_1","identifier":"","limit":0,"duration":0,"async":false}`},
		{"imported keys", "POST", "migrations.createKeys", `[{"apiId":"api_1"}]`, &identityv1.CreateKeysResponse{KeyIds: []string{"key_1"}}, `{"keyIds":["key_1"]}`},
		{"nothing", "POST", "apis.deleteApi", `{"apiId":"api_1"}`, nil, `{}`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c.answer = tt.answer
			w := httptest.NewRecorder()
			h.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), tt.method, "/v1/"+tt.path, strings.NewReader(tt.body)))
			if w.Code != http.StatusOK || w.Body.String() != tt.want {
				t.Errorf("got %d %s, want %s", w.Code, w.Body, tt.want)
			}
		})
	}
}

// Null clears a field of a key, and is no value elsewhere.
func TestNullInV1(t *testing.T) {
	c := &scripted{}
	h := through(t, c)
	const fields = `"name":null,"ownerId":null,"externalId":null,"meta":null,"expires":null,"ratelimit":null,"remaining":null,"refill":null`
	for body, status := range map[string]int{
		`{"keyId":"key_1",` + fields + `}`: 200, `{"keyId":"key_1","enabled":null}`: 400, `{"keyId":"key_1","roles":null}`: 400,
	} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/v1/keys.updateKey", strings.NewReader(body)))
		if w.Code != status {
			t.Errorf("%s: got %d %s, want %d", body, w.Code, w.Body, status)
		}
		if status != http.StatusOK {
			continue
		}
		mask := c.asked.(*identityv1.UpdateKeyRequest).GetUpdateMask().GetPaths()
		if got := strings.Join(mask, ","); got != "key_id,name,owner_id,external_id,meta,expires,ratelimit,remaining,refill" {
			t.Errorf("the mask is %s", got)
		}
	}
}

func TestCodesOfV1(t *testing.T) {
	c := &scripted{}
	h := through(t, c)
	for _, tt := range []struct {
		err    error
		status int
		code   string
	}{
		{fault.FailedPrecondition("API_DELETE_PROTECTED", "x"), 412, "DELETE_PROTECTED"},
		{fault.FailedPrecondition("KEY_NOT_RECOVERABLE", "x"), 412, "PRECONDITION_FAILED"},
		{fault.FailedPrecondition("RATELIMIT_UNKNOWN", "x"), 400, "BAD_REQUEST"},
		{fault.ResourceExhausted("QUOTA_EXCEEDED", "x"), 429, "TOO_MANY_REQUESTS"},
		{fault.AlreadyExists("ROLE_ALREADY_EXISTS", "x"), 409, "CONFLICT"},
	} {
		c.err = tt.err
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/v1/apis.deleteApi", strings.NewReader(`{"apiId":"api_1"}`)))
		doc := w.Header().Get("X-Error-Doc")
		if w.Code != tt.status || !strings.Contains(w.Body.String(), `"code":"`+tt.code+`"`) || !strings.HasSuffix(doc, "/"+tt.code) {
			t.Errorf("%v: got %d %s, page %q", tt.err, w.Code, w.Body, doc)
		}
		// Where no quota says when, strangers' limits count minutes.
		if got := w.Header().Get("Retry-After"); (got == "60") != (tt.status == 429) {
			t.Errorf("%v: Retry-After %q", tt.err, got)
		}
	}
}
