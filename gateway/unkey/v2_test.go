package unkey_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"google.golang.org/grpc/codes"

	identityv2 "github.com/holdplane/holdplane/gen/holdplane/identity/v2"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/rpc"
)

// failing is a service whose getIdentity always fails.
type failing struct {
	identityv2.UnimplementedIdentityServiceServer
	err error
}

func (s *failing) GetIdentity(context.Context, *identityv2.GetIdentityRequest) (*identityv2.GetIdentityResponse, error) {
	return nil, s.err
}

// getV2 asks a gateway, in front of a service that fails with f, for an identity.
func getV2(t *testing.T, h http.Handler) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/v2/identities.getIdentity", strings.NewReader(`{"identity":"x"}`))
	r.Header.Set("Authorization", "Bearer "+rootKey)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Accept", "application/json")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// kinds are the faults of services, and what becomes of them.
var kinds = []struct {
	code         codes.Code
	reason       string
	status       int
	title, named string
}{
	{codes.NotFound, "IDENTITY_NOT_FOUND", 404, "Not Found", "unkey/data/identity_not_found"},
	{codes.NotFound, "NAMESPACE_NOT_FOUND", 404, "Not Found", "unkey/data/ratelimit_namespace_not_found"},
	{codes.NotFound, "OVERRIDE_NOT_FOUND", 404, "Not Found", "unkey/data/ratelimit_override_not_found"},
	{codes.NotFound, "API_NOT_FOUND", 404, "Not Found", "unkey/data/api_not_found"},
	{codes.NotFound, "KEY_NOT_FOUND", 404, "Not Found", "unkey/data/key_not_found"},
	{codes.NotFound, "PERMISSION_NOT_FOUND", 404, "Not Found", "unkey/data/permission_not_found"},
	{codes.NotFound, "ROLE_NOT_FOUND", 404, "Not Found", "unkey/data/role_not_found"},
	{codes.NotFound, "NEWS_TO_US", 404, "Not Found", "unkey/resource/not_found"},
	{codes.AlreadyExists, "IDENTITY_ALREADY_EXISTS", 409, "Conflicting Resource", "unkey/data/identity_already_exists"},
	{codes.AlreadyExists, "KEY_ALREADY_EXISTS", 409, "Conflicting Resource", "unkey/data/key_already_exists"},
	{codes.AlreadyExists, "PERMISSION_ALREADY_EXISTS", 409, "Conflicting Resource", "unkey/data/permission_already_exists"},
	{codes.AlreadyExists, "ROLE_ALREADY_EXISTS", 409, "Conflicting Resource", "unkey/data/role_already_exists"},
	{codes.Aborted, "NEWS_TO_US", 409, "Conflicting Resource", "unkey/data/conflict"},
	{codes.AlreadyExists, "RATELIMIT_CONFLICT", 400, "Bad Request", "unkey/application/invalid_input"},
	{codes.InvalidArgument, "CURSOR_INVALID", 400, "Bad Request", "unkey/application/invalid_input"},
	{codes.InvalidArgument, "RATELIMIT_UNKNOWN", 412, "Precondition Failed", "unkey/application/precondition_failed"},
	{codes.FailedPrecondition, "KEY_NOT_RECOVERABLE", 412, "Precondition Failed", "unkey/application/precondition_failed"},
	{codes.FailedPrecondition, "API_DELETE_PROTECTED", 412, "Resource is protected", "unkey/application/protected_resource"},
	{codes.InvalidArgument, "PERMISSION_QUERY_INVALID", 400, "Bad Request", "user/bad_request/permissions_query_syntax_error"},
	{codes.InvalidArgument, "BODY_UNREADABLE", 400, "Bad Request", "user/bad_request/request_body_unreadable"},
	{codes.Unauthenticated, fault.ReasonCredentialBad, 401, "Unauthorized", "unkey/authentication/key_not_found"},
	{codes.Unauthenticated, fault.ReasonCredentialAbsent, 400, "Bad Request", "unkey/authentication/missing"},
	{codes.PermissionDenied, fault.ReasonPermission, 403, "Insufficient Permissions", "unkey/authorization/insufficient_permissions"},
	{codes.PermissionDenied, "NEWS_TO_US", 403, "Forbidden", "unkey/authorization/forbidden"},
	{codes.ResourceExhausted, "QUOTA_EXCEEDED", 429, "Too Many Requests", "user/too_many_requests/workspace_rate_limited"},
	{codes.ResourceExhausted, fault.ReasonTooLarge, 413, "Request Entity Too Large", "user/bad_request/request_body_too_large"},
	{codes.InvalidArgument, "HOST_REFUSED", 421, "Misdirected Request", "unkey/application/invalid_input"},
	{codes.DeadlineExceeded, fault.ReasonDeadline, 408, "Request Timeout", "user/bad_request/request_timeout"},
	{codes.Unavailable, fault.ReasonUnavailable, 503, "Service Unavailable", "unkey/application/service_unavailable"},
	{codes.Internal, fault.ReasonInternal, 500, "Internal Server Error", "unkey/application/unexpected_error"},
}

func TestKindsOfFaults(t *testing.T) {
	s := &failing{}
	local := rpc.NewLocal()
	identityv2.RegisterIdentityServiceServer(local, s)
	h := over(t, local, slog.DiscardHandler)
	for _, tt := range kinds {
		t.Run(tt.reason, func(t *testing.T) {
			s.err = &fault.Error{Code: tt.code, Reason: tt.reason, Message: "because"}
			w := getV2(t, h)
			e := readV2(t, w)
			detail := "because"
			if tt.reason == fault.ReasonCredentialBad {
				detail = "key not found" // services have one text for all products
			}
			if w.Code != tt.status || e.Status != tt.status || e.Title != tt.title || e.Type != "https://unkey.com/docs/errors/"+tt.named || e.Detail != detail {
				t.Errorf("got %d %s", w.Code, w.Body)
			}
			doc := w.Header().Get("X-Error-Doc")
			page := httptest.NewRecorder()
			h.ServeHTTP(page, httptest.NewRequestWithContext(t.Context(), http.MethodGet, doc, nil))
			if doc != "/docs/errors/unkey-v2/"+tt.named || page.Code != http.StatusOK {
				t.Errorf("the page is %q, which answers %d", doc, page.Code)
			}
		})
	}
}

// errorV2 is what typed clients need of an error.
type errorV2 struct {
	Title, Detail, Type string
	Status              int
	Errors              *[]struct{ Location, Message string }
}

// readV2 reads the envelope of an error, which has an array of errors with 400 only.
func readV2(t *testing.T, w *httptest.ResponseRecorder) errorV2 {
	t.Helper()
	var e struct {
		Meta  struct{ RequestID string }
		Error errorV2
	}
	if err := json.Unmarshal(w.Body.Bytes(), &e); err != nil || e.Meta.RequestID == "" || e.Meta.RequestID != w.Header().Get("Unkey-Request-Id") ||
		e.Error.Title == "" || e.Error.Detail == "" || e.Error.Status != w.Code || (e.Error.Errors != nil) != (w.Code == http.StatusBadRequest) {
		t.Fatalf("status %d: %s is no envelope (%v)", w.Code, w.Body, err)
	}
	return e.Error
}

func TestBodyLimitOfV2(t *testing.T) {
	const limit, head, tail = 10 << 20, `{"externalId":"user_1","more":"`, `"}`
	h := handler(t)
	for size, want := range map[int]int{limit: http.StatusOK, limit + 1: http.StatusRequestEntityTooLarge} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/v2/identities.createIdentity",
			strings.NewReader(head+strings.Repeat("a", size-len(head)-len(tail))+tail))
		r.Header.Set("Authorization", "Bearer "+rootKey)
		r.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		if h.ServeHTTP(w, r); w.Code != want {
			t.Errorf("%d bytes: got %d %s", size, w.Code, w.Body)
		}
	}
}

// A list full of mistakes is answered with some of them.
func TestMistakesAreBounded(t *testing.T) {
	many := make([]fault.Violation, 1000)
	for i := range many {
		many[i] = fault.Violation{Field: "identity"}
	}
	local := rpc.NewLocal()
	identityv2.RegisterIdentityServiceServer(local, &failing{err: fault.Invalid(many...)})
	e := readV2(t, getV2(t, over(t, local, slog.DiscardHandler)))
	if n := len(*e.Errors); n != 100 || (*e.Errors)[99].Message != "is not valid" {
		t.Errorf("got %d, the last of which is %+v", n, (*e.Errors)[n-1])
	}
}
