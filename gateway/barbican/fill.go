package barbican

import (
	"strings"

	"github.com/google/uuid"
	"google.golang.org/protobuf/proto"

	"github.com/holdplane/holdplane/gateway"
	secretv1 "github.com/holdplane/holdplane/gen/holdplane/secretcontainer/v1"
	"github.com/holdplane/holdplane/pkg/fault"
)

// fill completes requests with what stands in the query and in headers.
func fill(c *gateway.Call, m proto.Message) error {
	switch m := m.(type) {
	case *secretv1.ListSecretsRequest:
		return fillSecrets(c, m)
	case *secretv1.ListContainersRequest:
		q := query(c.Request)
		m.Offset, m.Limit = pageOf(q)
		m.Name, m.Type = q["name"], q["type"]
	case *secretv1.ListConsumersRequest:
		m.Offset, m.Limit = pageOf(query(c.Request))
	case *secretv1.ListSecretConsumersRequest:
		m.Offset, m.Limit = pageOf(query(c.Request))
	case *secretv1.ListOrdersRequest:
		q := query(c.Request)
		m.Offset, m.Limit = pageOf(q)
		m.Meta = q["meta"]
	case *secretv1.ListProjectQuotasRequest:
		m.Offset, m.Limit = pageOf(query(c.Request))
	case *secretv1.GetSecretRequest:
		m.WithConsumers = versionOf(c.Request) >= withConsumers
	case *secretv1.GetPayloadRequest:
		m.Accept = wanted(accept(c.Request))
	case *secretv1.DeleteSecretRequest:
		return fillDeletion(c, m)
	case *secretv1.GetConsumerRequest:
		if !isUUID(m.GetConsumerId()) {
			return fault.NotFound(reasonSaid, "Not Found. Provided consumer id is invalid.")
		}
	}
	return nil
}

// wanted is the type of payload that a service is asked for by an Accept. Everything can be
// had where nothing is asked for.
func wanted(accept string) string {
	if accept == "" || accept == "*/*" {
		return ""
	}
	if accept == textType || payloadType(accept) == textType && strings.HasPrefix(accept, textType) {
		return textType
	}
	if len(accept) > 255 {
		accept = accept[:255] // no type is that long
	}
	return strings.ToValidUTF8(accept, "\uFFFD")
}

// fillDeletion keeps secrets that are in use from clients who know that they are kept.
func fillDeletion(c *gateway.Call, m *secretv1.DeleteSecretRequest) error {
	if versionOf(c.Request) < keepsUsed {
		return nil
	}
	text, given := query(c.Request)["force"]
	force, known := truths[strings.ToLower(strings.TrimSpace(text))]
	if given && !known {
		return badParameters()
	}
	m.UnusedOnly = !force
	return nil
}

// truths are the spellings of booleans that OpenStack takes.
var truths = map[string]bool{
	"t": true, "true": true, "on": true, "y": true, "yes": true, "1": true,
	"f": false, "false": false, "off": false, "n": false, "no": false, "0": false,
}

// isUUID reports whether an id is a UUID as they are made, in lower case.
func isUUID(id string) bool {
	u, err := uuid.Parse(id)
	return err == nil && u.String() == id
}
