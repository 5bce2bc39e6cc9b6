package contabo_test

import (
	"context"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/proto"

	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
)

// scripted is a connection that notes what it is asked, answers what it was told, and tells
// of a quota that has so much left.
type scripted struct {
	grpc.ClientConnInterface
	asked  proto.Message
	sent   metadata.MD
	answer proto.Message
	err    error
	left   string
}

func (c *scripted) Invoke(ctx context.Context, _ string, in, out any, opts ...grpc.CallOption) error {
	c.asked = in.(proto.Message)
	c.sent, _ = metadata.FromOutgoingContext(ctx)
	for _, o := range opts {
		if h, ok := o.(grpc.HeaderCallOption); ok && c.left != "" {
			*h.HeaderAddr = metadata.Pairs("ratelimit-limit", "100", "ratelimit-remaining", c.left, "ratelimit-reset", "30")
		}
	}
	if c.answer != nil {
		proto.Merge(out.(proto.Message), c.answer)
	}
	return c.err
}

const (
	requestUUID = "04e0f898-37b4-48bc-a794-1a57abe6aa31"
	tokenPath   = "/auth/realms/contabo/protocol/openid-connect/token"
)

// ask sends a request of a user's.
func ask(t *testing.T, h http.Handler, method, path, body string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, path, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer "+session)
	r.Header.Set("X-Request-Id", requestUUID)
	r.Header.Set("X-Trace-Id", "arcus_cli")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// login sends a form.
func login(t *testing.T, h http.Handler, authorization, form string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, tokenPath, strings.NewReader(form))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if authorization != "" {
		r.Header.Set("Authorization", authorization)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// What a change names, and nothing else, is in its mask: false is a value, an empty list
// clears, null and unknown members are not there.
func TestUpdateMask(t *testing.T) {
	c := &scripted{}
	h := over(t, c)
	for body, want := range map[string]string{
		``:                               "",
		`{}`:                             "",
		`{"enabled":false}`:              "enabled",
		`{"totp":true,"roles":[]}`:       "totp,roles",
		`{"email":null,"owner":true}`:    "",
		`{"user_id":"x","userId":"x"}`:   "",
		`{"updateMask":"x","locale":""}`: "locale",
	} {
		w := ask(t, h, http.MethodPatch, "/v1/users/"+annID, body)
		r, ok := c.asked.(*useradminv1.UpdateUserRequest)
		if got := strings.Join(r.GetUpdateMask().GetPaths(), ","); !ok || w.Code != http.StatusOK || got != want || r.GetUserId() != annID {
			t.Errorf("%s: got %d, mask %q for user %q, want mask %q", body, w.Code, got, r.GetUserId(), want)
		}
	}
}

// A role's id is the path's, by either method.
func TestRolesChangeByPutAndPatch(t *testing.T) {
	c := &scripted{}
	h := over(t, c)
	for _, method := range []string{http.MethodPut, http.MethodPatch} {
		c.asked = nil
		w := ask(t, h, method, "/v1/roles/12", `{"roleId":1,"role_id":2,"name":"a","admin":true,"accessAllResources":false}`)
		r, ok := c.asked.(*useradminv1.UpdateRoleRequest)
		if !ok || w.Code != http.StatusOK || r.GetRoleId() != 12 || r.GetName() != "a" || !r.GetAdmin() {
			t.Errorf("%s: got %d %s, asked for %v", method, w.Code, w.Body, r)
		}
	}
}

func TestWhatServicesSee(t *testing.T) {
	c := &scripted{}
	h := over(t, c)
	ask(t, h, http.MethodGet, "/v1/users", "")
	if got := slices.Sorted(maps.Keys(c.sent)); !slices.Equal(got, []string{"authorization", "holdplane-client", "x-request-id", "x-trace-id"}) {
		t.Errorf("services got %v", got)
	}
	if c.sent.Get("x-request-id")[0] != requestUUID || c.sent.Get("x-trace-id")[0] != "arcus_cli" {
		t.Errorf("services got %v", c.sent)
	}
	login(t, h, "Basic YTpi", "grant_type=password")
	if got := slices.Sorted(maps.Keys(c.sent)); !slices.Equal(got, []string{"holdplane-client", "x-request-id"}) {
		t.Errorf("the token service got %v", got)
	}
}

// The order by which lists are asked for comes as it is meant, however it is written.
func TestOrderBy(t *testing.T) {
	c := &scripted{answer: &useradminv1.ListUsersResponse{Page: &useradminv1.Page{Size: 10, Page: 1}}}
	h := over(t, c)
	for query, want := range map[string]string{
		"orderBy=name:asc":                             "name:asc",
		"orderBy=a%3Aasc&page=2&orderBy=b:DESC&x=1":    "a:asc,b:DESC",
		"order_by=a:asc&orderby=b:asc&orderBy%5B%5D=c": "",
	} {
		ask(t, h, http.MethodGet, "/v1/users?"+query, "")
		if got := strings.Join(c.asked.(*useradminv1.ListUsersRequest).GetOrderBy(), ","); got != want {
			t.Errorf("%s: got %s, want %s", query, got, want)
		}
	}
}
