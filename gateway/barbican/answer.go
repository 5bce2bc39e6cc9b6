package barbican

import (
	"google.golang.org/protobuf/proto"

	"github.com/holdplane/holdplane/gateway"
	secretv1 "github.com/holdplane/holdplane/gen/holdplane/secretcontainer/v1"
)

// answer writes a success: the message, with addresses where services have ids.
func (k codecs) answer(dst []byte, c *gateway.Call, m proto.Message) ([]byte, error) {
	v := versionOf(c.Request)
	if _, ok := m.(*secretv1.CheckHealthResponse); ok {
		c.Header["Content-Type"] = []string{"text/plain; charset=UTF-8"}
		return append(dst, "OK"...), nil
	}
	tellVersion(c.Header, v)
	c.TellQuota()
	switch m := m.(type) {
	case *secretv1.ListVersionsResponse:
		return appendVersions(dst, c), nil
	case *secretv1.GetVersionResponse:
		return gateway.AppendJSON(dst, map[string]version{"version": versionAt(c.PublicURL, v)}), nil
	case *secretv1.ListTransportKeysResponse:
		return append(dst, `{"transport_keys":[],"total":0}`...), nil
	case *secretv1.DeleteSecretAclResponse, *secretv1.DeleteContainerAclResponse:
		return append(dst, "null"...), nil
	case *secretv1.GetPayloadResponse:
		c.Header["Content-Type"] = []string{sentType(accept(c.Request), m.GetContentType())}
		c.Header["Cache-Control"] = noStore
		return append(dst, m.GetPayload()...), nil
	}
	refer(c, m)
	codec := k.full
	if v < withConsumers && hidesConsumers[c.RPC] {
		codec = k.first
	}
	dst, err := codec.Append(dst, m)
	if err != nil {
		return nil, err
	}
	return appendLinks(dst, c, m), nil
}

// noStore keeps payloads out of caches on the way, which don't know that X-Auth-Token is a
// credential.
var noStore = []string{"no-store"}

// hidesConsumers are the RPCs that don't show them in the first microversion. Those about
// consumers do.
var hidesConsumers = map[string]bool{
	secretv1.SecretService_GetSecret_FullMethodName:   true,
	secretv1.SecretService_ListSecrets_FullMethodName: true,
}

// sentType is the Content-Type of a payload: what was asked for. Barbican echoes */*, which is
// no type; the payload's own says more.
func sentType(accept, kept string) string {
	as := kept
	switch {
	case accept == "", accept == binaryType:
		return binaryType
	case payloadType(accept) == textType && accept != textType:
		return "text/plain; charset=utf-8"
	case accept == textType, accept == pkcs8Type:
		as = accept
	}
	if as == textType {
		return "text/plain; charset=UTF-8"
	}
	return as
}

// refer puts addresses in the place of ids, and tells where what was made is.
func refer(c *gateway.Call, m proto.Message) {
	switch m := m.(type) {
	case *secretv1.CreateSecretResponse:
		m.SecretId = made(c, at(c, "secrets", m.GetSecretId()))
	case *secretv1.CreateContainerResponse:
		m.ContainerId = made(c, at(c, "containers", m.GetContainerId()))
	case *secretv1.AddContainerSecretResponse:
		m.ContainerId = made(c, at(c, "containers", m.GetContainerId()))
	case *secretv1.CreateOrderResponse:
		m.OrderId = made(c, at(c, "orders", m.GetOrderId()))
	case *secretv1.ReplaceMetadataResponse:
		m.SecretId = at(c, "secrets", m.GetSecretId()) + "/metadata"
	case *secretv1.AddMetadatumResponse:
		made(c, at(c, "secrets", m.GetSecretId())+"/metadata/"+m.GetKey())
	case *secretv1.ReplaceSecretAclResponse:
		m.SecretId = at(c, "secrets", m.GetSecretId()) + "/acl"
	case *secretv1.UpdateSecretAclResponse:
		m.SecretId = at(c, "secrets", m.GetSecretId()) + "/acl"
	case *secretv1.ReplaceContainerAclResponse:
		m.ContainerId = at(c, "containers", m.GetContainerId()) + "/acl"
	case *secretv1.UpdateContainerAclResponse:
		m.ContainerId = at(c, "containers", m.GetContainerId()) + "/acl"
	default:
		referObjects(c, m)
	}
}

// referObjects is refer for answers with whole objects.
func referObjects(c *gateway.Call, m proto.Message) {
	switch m := m.(type) {
	case *secretv1.RegisterConsumerResponse:
		// Nothing is there (testdata/recorded/consumers.txtar).
		made(c, at(c, "consumers", m.GetContainer().GetContainerId())+"/consumers")
		referContainer(c, m.GetContainer())
	case *secretv1.RegisterSecretConsumerResponse:
		made(c, at(c, "consumers", m.GetSecret().GetSecretId())+"/consumers")
		referSecret(c, m.GetSecret())
	case *secretv1.ListSecretsResponse:
		for _, s := range m.GetSecrets() {
			referSecret(c, s)
		}
	case *secretv1.ListContainersResponse:
		for _, s := range m.GetContainers() {
			referContainer(c, s)
		}
	case *secretv1.ListOrdersResponse:
		for _, o := range m.GetOrders() {
			referOrder(c, o)
		}
	case interface{ GetSecret() *secretv1.Secret }:
		referSecret(c, m.GetSecret())
	case interface{ GetContainer() *secretv1.Container }:
		referContainer(c, m.GetContainer())
	case interface{ GetOrder() *secretv1.Order }:
		referOrder(c, m.GetOrder())
	}
}

// at is the address of an object; empty when it has no id.
func at(c *gateway.Call, collection, id string) string {
	if id == "" {
		return ""
	}
	return c.PublicURL + "/v1/" + collection + "/" + id
}

// made tells the address of what was made.
func made(c *gateway.Call, address string) string {
	c.Header["Location"] = []string{address}
	return address
}

func referSecret(c *gateway.Call, s *secretv1.Secret) {
	if s != nil {
		s.SecretId = at(c, "secrets", s.GetSecretId())
	}
}

func referContainer(c *gateway.Call, s *secretv1.Container) {
	if s == nil {
		return
	}
	s.ContainerId = at(c, "containers", s.GetContainerId())
	for _, ref := range s.GetSecretRefs() {
		ref.SecretId = at(c, "secrets", ref.GetSecretId())
	}
}

func referOrder(c *gateway.Call, o *secretv1.Order) {
	if o == nil {
		return
	}
	o.OrderId = at(c, "orders", o.GetOrderId())
	o.SecretId, o.ContainerId = at(c, "secrets", o.GetSecretId()), at(c, "containers", o.GetContainerId())
}
