package connectionvault

import (
	"cmp"
	"regexp"
	"strings"

	"google.golang.org/genproto/googleapis/api/annotations"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"

	connectionvaultv1 "github.com/holdplane/holdplane/gen/holdplane/connectionvault/v1"
	"github.com/holdplane/holdplane/pkg/fault"
)

// route is how a method is called on Apideck's wire, as logs tell it.
type route struct {
	method, pattern, operation string
	ok                         int32 // status of success
}

// placeholder finds the fields in a path.
var placeholder = regexp.MustCompile(`\{([a-z_]+)\}`)

// newRoute reads the route of a method from its proto.
func newRoute(service, method string) route {
	full := "/" + service + "/" + method
	r := route{method: "POST", pattern: full, operation: operations[full], ok: cmp.Or(successes[full], 200)}
	if r.operation == "" {
		r.operation = "vault." + strings.ToLower(method[:1]) + method[1:]
	}
	d, err := protoregistry.GlobalFiles.FindDescriptorByName(protoreflect.FullName(service + "." + method))
	if err != nil {
		return r // a service that is not generated here
	}
	rule, _ := proto.GetExtension(d.Options(), annotations.E_Http).(*annotations.HttpRule)
	for verb, path := range map[string]string{
		"GET": rule.GetGet(), "POST": rule.GetPost(), "PATCH": rule.GetPatch(), "DELETE": rule.GetDelete(),
	} {
		if path != "" {
			r.method, r.pattern = verb, path
		}
	}
	return r
}

// path is the path of a request.
func (r route) path(req proto.Message) string {
	return placeholder.ReplaceAllStringFunc(r.pattern, func(name string) string {
		return textField(req, protoreflect.Name(name[1:len(name)-1]))
	})
}

// status is that of the answer.
func (r route) status(err error) int32 {
	f := fault.From(err)
	if f == nil {
		return r.ok
	}
	return cmp.Or(failures[f.Code], 500)
}

// successes are the statuses of success that are not 200, as Apideck's wire has them.
var successes = map[string]int32{
	connectionvaultv1.ConnectionService_DeleteConnection_FullMethodName: 204,
	connectionvaultv1.ResourceService_DeleteMapping_FullMethodName:      204,
	connectionvaultv1.WebhookService_CreateWebhook_FullMethodName:       201,
}

// failures are what faults become on that wire, which has no 403. Others are 500.
var failures = map[codes.Code]int32{
	codes.InvalidArgument:    400,
	codes.OutOfRange:         400,
	codes.Unauthenticated:    401,
	codes.PermissionDenied:   401,
	codes.NotFound:           404,
	codes.AlreadyExists:      409,
	codes.Aborted:            409,
	codes.FailedPrecondition: 422,
	codes.ResourceExhausted:  429,
	codes.Canceled:           499, // nobody receives it
	codes.Unavailable:        503,
	codes.DeadlineExceeded:   504,
}

// textField is a field of a request; empty when it has none.
func textField(m proto.Message, name protoreflect.Name) string {
	f := m.ProtoReflect().Descriptor().Fields().ByName(name)
	if f == nil || f.Kind() != protoreflect.StringKind || f.IsList() {
		return ""
	}
	return m.ProtoReflect().Get(f).String()
}

// operations are Apideck's names for methods. Those of others are their own.
var operations = map[string]string{
	connectionvaultv1.ConnectionService_ListConnections_FullMethodName:     "vault.connectionsAll",
	connectionvaultv1.ConnectionService_GetConnection_FullMethodName:       "vault.connectionsOne",
	connectionvaultv1.ConnectionService_UpdateConnection_FullMethodName:    "vault.connectionsUpdate",
	connectionvaultv1.ConnectionService_DeleteConnection_FullMethodName:    "vault.connectionsDelete",
	connectionvaultv1.ConnectionService_ImportConnection_FullMethodName:    "vault.connectionsImport",
	connectionvaultv1.ConnectionService_AuthorizeConnection_FullMethodName: "vault.connectionsToken",
	connectionvaultv1.ConnectionService_ValidateConnection_FullMethodName:  "vault.validateConnectionState",
	connectionvaultv1.ConnectionService_CreateCallbackState_FullMethodName: "vault.createCallbackState",
	connectionvaultv1.ResourceService_GetResourceConfig_FullMethodName:     "vault.connectionSettingsAll",
	connectionvaultv1.ResourceService_UpdateResourceConfig_FullMethodName:  "vault.connectionSettingsUpdate",
	connectionvaultv1.SessionService_CreateSession_FullMethodName:          "vault.sessionsCreate",
	connectionvaultv1.ConsumerService_ListConsumers_FullMethodName:         "vault.consumersAll",
	connectionvaultv1.ConsumerService_CreateConsumer_FullMethodName:        "vault.consumersAdd",
	connectionvaultv1.ConsumerService_GetConsumer_FullMethodName:           "vault.consumersOne",
	connectionvaultv1.ConsumerService_UpdateConsumer_FullMethodName:        "vault.consumersUpdate",
	connectionvaultv1.ConsumerService_DeleteConsumer_FullMethodName:        "vault.consumersDelete",
	connectionvaultv1.ConsumerService_GetConsumerStats_FullMethodName:      "vault.consumerRequestCountsAll",
	connectionvaultv1.LogService_ListLogs_FullMethodName:                   "vault.logsAll",
}
