package keystone_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/holdplane/holdplane/gateway/keystone"
	"github.com/holdplane/holdplane/pkg/fault"
)

const authentication = "The request you have made requires authentication."

// expecting ends Keystone's texts for what is missing.
const expecting = " The server could not comply with the request since it is either malformed or otherwise incorrect. The client is assumed to be in error."

var faults = []struct {
	name, call string
	err        error
	status     int
	says       string
	headers    string // WWW-Authenticate and Retry-After
}{
	{"a password that is wrong", "POST /v3/auth/tokens", fault.Unauthenticated("INVALID_GRANT", "wrong"), 401, authentication, `Keystone uri="` + public + `/v3" `},
	{"a token that is unknown, to get another", "POST /v3/auth/tokens", fault.Unauthenticated("TOKEN_UNKNOWN", "unknown"), 401, authentication, `Keystone uri="` + public + `/v3" `},
	{"a field that is missing", "POST /v3/auth/tokens", lacks("user", "password"), 400, "Expecting to find user in password." + expecting, " "},
	{"the service's own words", "POST /v3/auth/tokens", fault.InvalidArgument("SCOPE_INVALID", "it says so"), 400, "it says so", " "},
	{"a rule broken in the body", "POST /v3/auth/tokens", fault.Invalid(fault.Violation{Field: "auth.identity.methods[3]", Message: "is one too many"}), 400,
		"Invalid input for field 'identity/methods/3': is one too many", " "},
	{"too many wrong logins", "POST /v3/auth/tokens", fault.ResourceExhausted("TOO_MANY_FAILURES", "later"), 429, "later", " 60"},
	{"too many logins under way", "POST /v3/auth/tokens", fault.ResourceExhausted("LOGINS_BUSY", "soon"), 429, "soon", " 1"},
	{"logins that can't be counted", "POST /v3/auth/tokens", fault.Unavailable("try again"), 503, "try again", " 5"},
	{"nothing in time", "POST /v3/auth/tokens", status.Error(codes.DeadlineExceeded, "x"), 504, "the request took too long", " 5"},
	{"a defect", "POST /v3/auth/tokens", errors.New("open /var/lib"), 500, "An unexpected error prevented the server from fulfilling your request.", " "},
	{"no permission", "DELETE /v3/users/u/application_credentials/a", fault.PermissionDenied("PERMISSION_MISSING", "x"), 403,
		"You are not authorized to perform the requested action: identity:delete_application_credential.", " "},
	{"no permission for what needs none", "POST /v3/auth/tokens", fault.PermissionDenied("X", "x"), 403, "You are not authorized to perform the requested action.", " "},
	{"another's projects", "GET /v3/users/u%2Fv/projects/", fault.NotFound("X", "x"), 404, "Could not find user: u/v.", " "},
	{"another's application credential", "GET /v3/users/u/application_credentials/a", fault.NotFound("X", "x"), 404, "Could not find Application Credential: a.", " "},
	{"an application credential for another", "POST /v3/users/u/application_credentials", fault.NotFound("X", "x"), 404, "Could not find user: u.", " "},
	{"a token that is unknown", "GET /v3/auth/tokens", fault.NotFound("TOKEN_UNKNOWN", "x"), 404, "Could not recognize Fernet token", " "},
	{"a token that is revoked", "DELETE /v3/auth/tokens", fault.NotFound("TOKEN_REVOKED", "x"), 404, "Failed to validate token", " "},
	{"a token that can't be", "GET /v3/auth/tokens", fault.Invalid(fault.Violation{Field: "subject_token", Message: "x"}), 404, "Could not recognize Fernet token", " "},
	{"an id that can't be", "GET /v3/projects/p", fault.Invalid(fault.Violation{Field: "project_id", Message: "x"}), 404, "Could not find project: p.", " "},
	{"a name that is taken", "POST /v3/users/u/application_credentials", fault.AlreadyExists("X", "x").With("name", "ci"), 409,
		"Conflict occurred attempting to store application_credential - Duplicate entry found with name ci.", " "},
	{"what is there already", "POST /v3/users/u/application_credentials", fault.AlreadyExists("X", "x"), 409,
		"Conflict occurred attempting to store application_credential - Duplicate entry.", " "},
	{"what has to be changed first", "GET /v3/auth/projects", fault.FailedPrecondition("X", "change it"), 412, "change it", " "},
}

// Faults of the service in Keystone's words.
func TestFaults(t *testing.T) {
	for _, tt := range faults {
		t.Run(tt.name, func(t *testing.T) {
			h := over(t, &scripted{err: tt.err}, public, keystone.Options{})
			w := send(t, h, tt.call, "{}", "X-Auth-Token", "t", "X-Subject-Token", "s")
			code, message, title := envelope(t, w.Body.Bytes())
			if w.Code != tt.status || code != tt.status || message != tt.says || title != http.StatusText(tt.status) {
				t.Errorf("got %d %s, want %d %s", w.Code, w.Body, tt.status, tt.says)
			}
			if got := w.Header().Get("Www-Authenticate") + " " + w.Header().Get("Retry-After"); got != tt.headers {
				t.Errorf("got headers %q, want %q", got, tt.headers)
			}
			page, ok := strings.CutPrefix(w.Header().Get("X-Error-Doc"), public)
			if ok = ok && send(t, h, "GET "+page, "").Code == http.StatusOK; !ok {
				t.Errorf("%q leads nowhere", page)
			}
		})
	}
}

// envelope reads what Keystone's clients read of an error.
func envelope(t *testing.T, body []byte) (code int, message, title string) {
	t.Helper()
	var e struct {
		Error struct {
			Code           int
			Message, Title string
		}
	}
	if err := json.Unmarshal(body, &e); err != nil {
		t.Fatalf("%s: %v", body, err)
	}
	return e.Error.Code, e.Error.Message, e.Error.Title
}

// What is wrong with a body is told by the member, and never by its value.
func TestMalformedBodies(t *testing.T) {
	const notJSON = "Expecting to find valid JSON in request body." + expecting
	for body, want := range map[string]string{
		`{`:                    notJSON,
		` `:                    notJSON,
		`[]`:                   notJSON,
		`"swordfish"`:          notJSON,
		`{} {}`:                notJSON,
		"{\"a\":\"\xff\"}":     notJSON,
		`{"auth":swordfish}`:   notJSON,
		`{"auth":"swordfish"}`: "Invalid input for field 'auth': it is not of type 'object'",
		`{"auth":{"identity":{"methods":"swordfish"}}}`:                               "Invalid input for field 'identity/methods': it is not of type 'array'",
		`{"auth":{"identity":{"methods":["password",null]}}}`:                         "Invalid input for field 'identity/methods/1': it is not of type 'string'",
		`{"auth":{"identity":{"password":{"user":{"password":["swordfish"]}}}}}`:      "Invalid input for field 'identity/password/user/password': it is not of type 'string'",
		`{"auth":{"identity":{"token":{"id":1}}}}`:                                    "Invalid input for field 'identity/token/id': it is not of type 'string'",
		`{"auth":{"scope":"swordfish","scope":"unscoped"}}`:                           "Invalid input for field 'scope': it is given more than once",
		`{"auth":{"identity":{"methods":[` + strings.Repeat(`"",`, 10_000) + `""]}}}`: "Invalid input for field 'identity/methods/10000': it has too many elements",
		`{"auth":` + strings.Repeat(`[`, 100) + strings.Repeat(`]`, 100) + `}`:        notJSON,
	} {
		h := over(t, &scripted{}, public, keystone.Options{})
		w := send(t, h, "POST /v3/auth/tokens", body)
		if _, message, _ := envelope(t, w.Body.Bytes()); w.Code != http.StatusBadRequest || message != want || strings.Contains(w.Body.String(), "swordfish") {
			t.Errorf("%.80s: got %d %s, want %s", body, w.Code, w.Body, want)
		}
	}
}

func TestSizeOfBodies(t *testing.T) {
	const limit = 112 << 10
	for size, want := range map[int]int{limit: 201, limit + 1: 413} {
		body := `{"x":"` + strings.Repeat("a", size-8) + `"}`
		w := send(t, over(t, &scripted{}, public, keystone.Options{}), "POST /v3/auth/tokens", body)
		if w.Code != want || want == 413 && !strings.Contains(w.Body.String(), `"message":"Request is too large."`) {
			t.Errorf("%d bytes: got %d %s, want %d", size, w.Code, w.Body, want)
		}
	}
}
