package barbican_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"

	"google.golang.org/genproto/googleapis/api/annotations"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"

	"github.com/holdplane/holdplane/gateway/barbican"
	"github.com/holdplane/holdplane/pkg/fault"
)

const (
	ref     = `{"name":"n","secret_ref":"` + public + secret + `"}`
	text    = `{"payload":"x","payload_content_type":"text/plain"}`
	key     = `{"type":"key","meta":{"algorithm":"aes","bit_length":256}}`
	refused = " attempt not allowed - please review your user/project privileges"
)

var faults = []struct {
	name, call, body string
	err              error
	status           int
	says             string
}{
	{"an end that has passed", "POST /v1/secrets", text, fault.InvalidArgument("EXPIRATION_PAST", "x"), 400, "schema 'Secret': 'expiration' is before current time. Invalid property: 'expiration'"},
	{"an order's end that has passed", "POST /v1/orders", key, fault.InvalidArgument("EXPIRATION_PAST", "x"), 400, "schema 'Secret' within 'Order': 'expiration' is before"},
	{"too many secrets", "POST /v1/secrets", text, fault.PermissionDenied("PROJECT_QUOTA_REACHED", "x").With("resource", "secrets"), 403,
		"Secret creation issue seen - Creation not allowed because a quota has been reached."},
	{"too many consumers", "POST " + container + "/consumers", `{"name":"n","URL":"u"}`, fault.PermissionDenied("PROJECT_QUOTA_REACHED", "x"), 403,
		"ContainerConsumer creation issue seen - Creation not allowed because a quota has been reached."},
	{"a payload of nothing", "POST /v1/secrets", text, fault.InvalidArgument("PAYLOAD_EMPTY", "x"), 400, "If 'payload' specified, must be non empty. Invalid property: 'payload'"},
	{"a type nobody keeps", "POST /v1/secrets", text, fault.InvalidArgument("PAYLOAD_TYPE", "x"), 400, "payload_content_type is not one of ['text/plain', "},
	{"a secret in use", "DELETE " + secret, "", fault.FailedPrecondition("SECRET_HAS_CONSUMERS", "x"), 400, "Secret deletion issue seen - Secret cannot be deleted as it has consumers.."},
	{"a payload of another type", "GET " + secret + "/payload", "", fault.InvalidArgument("PAYLOAD_NOT_ACCEPTABLE", "x"), 406, "Secret payload retrieval issue seen - Wrong payload content-type."},
	{"a secret to add that is not there", "POST " + container + "/secrets", ref, fault.NotFound("CONTAINED_SECRET_UNKNOWN", "x"), 404, "Secret provided doesn't exist."},
	{"a secret to remove that is not there", "DELETE " + container + "/secrets", ref, fault.NotFound("CONTAINED_SECRET_UNKNOWN", "x"), 404, "Secret 'n' with reference '" + public + secret + "' doesn't exist."},
	{"one without a name", "DELETE " + container + "/secrets", `{"secret_ref":"` + public + secret + `"}`, fault.NotFound("CONTAINED_SECRET_UNKNOWN", "x"), 404, "Secret 'None' with reference"},
	{"a secret of a new container", "POST /v1/containers", `{"type":"generic"}`, fault.NotFound("CONTAINED_SECRET_UNKNOWN", "x").With("name", "a"), 404, "Secret provided for 'a' doesn't exist."},
	{"another's consumer", "DELETE " + container + "/consumers", `{"name":"n","URL":"u"}`, fault.PermissionDenied("CONSUMER_OF_ANOTHER", "x"), 403, "only the creator of a consumer can delete it."},
	{"a metadatum that is there", "POST " + secret + "/metadata", `{"key":"a","value":""}`, fault.AlreadyExists("METADATUM_EXISTS", "x"), 409, "Conflict. Key in request is already in the secret metadata"},
	{"no order", "GET /v1/orders/x", "", fault.NotFound("ORDER_NOT_FOUND", "x"), 404, "Order not found."},
	{"not for this role", "GET " + secret, "", fault.PermissionDenied(fault.ReasonPermission, "x"), 403, "Secret retrieval" + refused},
	{"not for this role either", "GET " + secret + "/payload", "", fault.PermissionDenied(fault.ReasonPermission, "x"), 403, "Secret payload retrieval" + refused},
	{"what only the service finds wrong", "POST /v1/containers", `{"type":"generic"}`, fault.Invalid(fault.Violation{Field: "secret_refs", Message: "at most 1000"}), 400,
		"schema 'Container': at most 1000. Invalid property: 'secret_refs'"},
	{"what has no text", "POST /v1/containers", `{"type":"generic"}`, fault.InvalidArgument("CONTAINER_FULL", "it is full"), 400, "it is full"},
	{"a token that is none", "GET /v1/secrets", "", fault.Unauthenticated(fault.ReasonCredentialBad, "x"), 401, "The request you have made requires authentication."},
	{"too much", "GET /v1/secrets", "", fault.ResourceExhausted(fault.ReasonQuota, "wait"), 429, "wait"},
	{"nobody there", "GET /v1/secrets", "", status.Error(codes.Unavailable, "x"), 503, ""},
	{"a defect", "POST /v1/secrets", text, errors.New("the password is x"), 500, "Secret creation failure seen - please contact site administrator."},
}

// What services find is told in Barbican's words and envelope, with a page about it.
func TestFaults(t *testing.T) {
	pages := map[int]bool{}
	for _, e := range barbican.Dialect().Errors {
		pages[e.Status] = e.Title != "" && e.Cause != "" && e.Fix != "" && json.Valid([]byte(e.Example))
	}
	for _, tt := range faults {
		t.Run(tt.name, func(t *testing.T) {
			w := send(t, over(t, &scripted{err: tt.err}, public), tt.call, tt.body)
			var e struct {
				Code               int
				Title, Description string
			}
			if err := json.Unmarshal(w.Body.Bytes(), &e); err != nil || e.Code != w.Code || e.Title != http.StatusText(w.Code) {
				t.Fatalf("%d %s is no envelope", w.Code, w.Body)
			}
			if w.Code != tt.status || !strings.Contains(e.Description, tt.says) || !pages[w.Code] || w.Header().Get("X-Error-Doc") == "" {
				t.Errorf("got %d %s, want %d %s", w.Code, w.Body, tt.status, tt.says)
			}
			if w.Header().Get("OpenStack-API-Version") != "key-manager 1.0" || !strings.HasPrefix(w.Header().Get("X-Openstack-Request-Id"), "req-") {
				t.Errorf("headers %v", w.Header())
			}
			if again := w.Code == 429 || w.Code == 503; again != (w.Header().Get("Retry-After") != "") {
				t.Errorf("%d: Retry-After %q", w.Code, w.Header().Get("Retry-After"))
			}
		})
	}
}

// Who has no token is refused before anything is read, but for what tells of the API; and all
// operations have names in what is not allowed.
func TestAllCalls(t *testing.T) {
	for rpc, call := range calls(t) {
		free := rpc == "ListVersions" || rpc == "CheckHealth"
		c := &scripted{}
		h := over(t, c, public)
		if w := send(t, h, call, "{", "X-Auth-Token", ""); !free && (w.Code != http.StatusUnauthorized || c.asked != nil) || free && w.Code >= 400 {
			t.Errorf("%s: got %d %s", call, w.Code, w.Body)
		}
		if w := send(t, h, "HEAD"+call[strings.Index(call, " "):], ""); !free && w.Code != http.StatusMethodNotAllowed {
			t.Errorf("HEAD %s: got %d", call, w.Code)
		}
		c.err = fault.PermissionDenied(fault.ReasonPermission, "x")
		if w := send(t, h, call, ""); w.Code == http.StatusForbidden && (strings.Contains(w.Body.String(), "System") || !strings.Contains(w.Body.String(), refused)) && rpc != "CheckHealth" {
			t.Errorf("%s: got %s, which names no operation", call, w.Body)
		}
	}
}

// calls are those that reach the RPCs of the dialect's services, by their names.
func calls(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, s := range barbican.Dialect().Services {
		d, err := protoregistry.GlobalFiles.FindDescriptorByName(protoreflect.FullName(s.Name()))
		if err != nil {
			t.Fatal(err)
		}
		methods := d.(protoreflect.ServiceDescriptor).Methods()
		for i := range methods.Len() {
			rule := proto.GetExtension(methods.Get(i).Options(), annotations.E_Http).(*annotations.HttpRule)
			for verb, path := range map[string]string{"GET": rule.GetGet(), "POST": rule.GetPost(), "PUT": rule.GetPut(), "PATCH": rule.GetPatch(), "DELETE": rule.GetDelete()} {
				if path != "" {
					all[string(methods.Get(i).Name())] = verb + " " + strings.NewReplacer("{", "", "}", "").Replace(path)
				}
			}
		}
	}
	return all
}
