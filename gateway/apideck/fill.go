package apideck

import (
	"bytes"
	"fmt"
	"net/url"
	"strings"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/holdplane/holdplane/gateway"
	vaultv1 "github.com/holdplane/holdplane/gen/holdplane/connectionvault/v1"
)

// bodiless are the RPCs whose body says nothing. Clients send none, {} or "".
var bodiless = map[string]bool{
	vaultv1.ConnectionService_AuthorizeConnection_FullMethodName: true,
	vaultv1.ConnectionService_ValidateConnection_FullMethodName:  true,
}

// readBody takes no body for one without members: what is missing is then told by name.
func readBody(c *gateway.Call, data []byte, m proto.Message) error {
	data = bytes.Trim(data, " \t\r\n")
	if len(data) == 0 || bodiless[c.RPC] && string(data) == `""` {
		data = []byte("{}")
	}
	return c.DecodeJSON(data, m)
}

// fromHeader reports whether a field is told by a header where the path does not have it.
func fromHeader(fd protoreflect.FieldDescriptor) bool {
	switch fd.Name() {
	case "application_id":
		return true
	case "consumer_id":
		return fd.ContainingMessage().Name() != "CreateConsumerRequest" // whose body has it
	}
	return false
}

// pathFields are the fields that paths have behind their second segment, in that order.
var pathFields = [...]string{"unified_api", "service_id", "resource", "target_field_id", "consumer_id", "id"}

// fill completes requests with what headers say, and what the path says, which the runtime
// leaves escaped where it is a character such as the + of mappings and the @ of consumers.
func fill(c *gateway.Call, m proto.Message) error {
	r := m.ProtoReflect()
	segments := strings.Split(c.Request.URL.EscapedPath(), "/")
	at := 3 // "", "vault", "connections"
	for _, name := range pathFields {
		if !c.InPath(name) {
			continue
		}
		if at >= len(segments) {
			return fmt.Errorf("%s has no segment for %s", c.RPC, name)
		}
		text, err := url.PathUnescape(segments[at])
		if err != nil {
			return fmt.Errorf("unescape %s: %w", name, err) // no route matches such a path
		}
		r.Set(r.Descriptor().Fields().ByName(protoreflect.Name(name)), protoreflect.ValueOfString(text))
		at++
	}
	for name, header := range map[protoreflect.Name]string{"application_id": applicationHeader, "consumer_id": consumerHeader} {
		if fd := r.Descriptor().Fields().ByName(name); fd != nil && fromHeader(fd) && !c.InPath(string(name)) {
			r.Set(fd, protoreflect.ValueOfString(c.Request.Header.Get(header)))
		}
	}
	switch m := m.(type) {
	case *vaultv1.UpdateConnectionRequest:
		m.Configuration = withOptionTypes.inConfiguration(m.GetConfiguration())
	case *vaultv1.UpdateResourceConfigRequest:
		m.Configuration = withOptionTypes.inConfiguration(m.GetConfiguration())
	}
	return nil
}
