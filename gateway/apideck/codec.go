package apideck

import (
	"strings"

	"google.golang.org/genproto/googleapis/api/annotations"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"

	"github.com/holdplane/holdplane/gateway"
	"github.com/holdplane/holdplane/pkg/wirejson"
)

const messages = "holdplane.connectionvault.v1."

// codecOf has names as the protos spell them. What paths and headers tell is none of a
// body's. Unknown members are dropped, as SDKs of every age are behind it, but for those that
// Apideck's documents refuse. Null is as if it were not there, but where it takes a value away.
func codecOf(services []gateway.Service) wirejson.Dialect {
	k := &tables{seen: map[protoreflect.FullName]bool{}, Dialect: wirejson.Dialect{
		Names:   map[protoreflect.FullName]string{},
		Aliases: map[protoreflect.FullName][]string{},
		Hidden:  map[protoreflect.FullName]bool{},
		Bare:    map[protoreflect.FullName]bool{},
		Nullable: set("Connection.authorize_url", "Connection.revoke_url", "Connection.settings", "Connection.metadata", "Connection.updated_at",
			"UpdateConnectionRequest.metadata", "Log.parent_id", "Log.error_message", "Log.source_ip"),
		// Clients know no empty value of these.
		OmitEmpty: set("Connection.integration_state", "Connection.consent_state", "Connection.health", "ConsumerConnection.health",
			"DataScopes.updated_at", "Webhook.disabled_reason", "Webhook.created_at", "Webhook.updated_at"),
		Closed:   func(md protoreflect.MessageDescriptor) bool { return closed[md.FullName()] },
		Required: true,
		Integers: wirejson.IntegerIntegral,
		Null:     wirejson.NullAbsent,
	}}
	for _, s := range services {
		d, err := protoregistry.GlobalFiles.FindDescriptorByName(protoreflect.FullName(s.Name()))
		if sd, ok := d.(protoreflect.ServiceDescriptor); err == nil && ok { // gateway.New says so if not
			for i := range sd.Methods().Len() {
				k.method(sd.Methods().Get(i))
			}
		}
	}
	for field, name := range filters {
		k.Names[messages+field] = name
		k.Aliases[messages+field] = aliases[name]
	}
	return k.Dialect
}

// closed are the messages that take no member they don't know.
var closed = set("ImportedCredentials", "CreateSessionRequest", "SessionSettings", "CreateConsumerRequest", "UpdateConsumerRequest", "ConsumerMetadata")

// filters are the fields that are parameters in brackets.
var filters = map[protoreflect.FullName]string{
	"ListConsumersRequest.id_prefix":       "filter[consumer_id]",
	"ListConsumersRequest.search":          "filter[search]",
	"ListConnectorsRequest.unified_api":    "filter[unified_api]",
	"ListConnectorsRequest.status":         "filter[status]",
	"ListApisRequest.status":               "filter[status]",
	"ListLogsRequest.connector_id":         "filter[connector_id]",
	"ListLogsRequest.path":                 "filter[path]",
	"ListLogsRequest.path_match_mode":      "filter[path_match_mode]",
	"ListLogsRequest.http_methods":         "filter[http_methods]",
	"ListLogsRequest.start_date":           "filter[start_date]",
	"ListLogsRequest.end_date":             "filter[end_date]",
	"ListLogsRequest.status_codes":         "filter[status_codes]",
	"ListLogsRequest.exclude_unified_apis": "filter[exclude_unified_apis]",
}

// aliases are other names of parameters: for one value, and as PHP writes lists.
var aliases = map[string][]string{
	"filter[http_methods]": {"filter[http_method]", "filter[http_methods][]"},
	"filter[status_codes]": {"filter[status_code]", "filter[status_codes][]"},
}

// tables fills a dialect from descriptors.
type tables struct {
	wirejson.Dialect
	seen map[protoreflect.FullName]bool
}

func (k *tables) method(md protoreflect.MethodDescriptor) {
	k.message(md.Input())
	k.message(md.Output())
	rule, _ := proto.GetExtension(md.Options(), annotations.E_Http).(*annotations.HttpRule)
	path := rule.GetGet() + rule.GetPost() + rule.GetPatch() + rule.GetDelete() // one of them
	for i := range md.Input().Fields().Len() {
		fd := md.Input().Fields().Get(i)
		if strings.Contains(path, "{"+string(fd.Name())+"}") || fromHeader(fd) {
			k.Hidden[fd.FullName()] = true
		}
	}
	fields := md.Output().Fields()
	switch {
	case fields.ByName("next_cursor") != nil: // a page, whose first field is its rows
		k.Names[fields.Get(0).FullName()] = "data"
		for i := 1; i < fields.Len(); i++ {
			k.Hidden[fields.Get(i).FullName()] = true
		}
	case fields.Len() == 1 && fields.Get(0).Message() != nil:
		k.Bare[md.Output().FullName()] = true
	}
}

// message names the fields of a message and of those in it.
func (k *tables) message(md protoreflect.MessageDescriptor) {
	if k.seen[md.FullName()] || md.FullName().Parent()+"." != messages {
		return
	}
	k.seen[md.FullName()] = true
	for i := range md.Fields().Len() {
		fd := md.Fields().Get(i)
		k.Names[fd.FullName()] = string(fd.Name())
		if fd.Message() != nil {
			k.message(fd.Message())
		}
	}
}

func set(names ...protoreflect.FullName) map[protoreflect.FullName]bool {
	all := make(map[protoreflect.FullName]bool, len(names))
	for _, name := range names {
		all[messages+name] = true
	}
	return all
}
