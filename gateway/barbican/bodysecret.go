package barbican

import (
	"math/big"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/holdplane/holdplane/gateway"
	secretv1 "github.com/holdplane/holdplane/gen/holdplane/secretcontainer/v1"
	"github.com/holdplane/holdplane/pkg/fault"
)

func fillSecret(c *gateway.Call, v any, m *secretv1.CreateSecretRequest) error {
	o, err := matching(secretName, &secretSchema, v)
	if err != nil {
		return err
	}
	if m.Expiration, err = expirationOf(o, secretName); err != nil {
		return err
	}
	if m.Payload, m.PayloadContentType, err = payloadOf(o, secretName); err != nil {
		return err
	}
	if o.string("transport_key_needed") == "true" || o.has("transport_key_id") {
		return issue(c, noTransport)
	}
	m.Name, m.Algorithm, m.Mode = o.optional("name"), o.optional("algorithm"), o.optional("mode")
	m.BitLength, m.SecretType = o.optionalInteger("bit_length"), o.string("secret_type")
	return nil
}

// expirationOf is when a secret ends; nil when it doesn't.
func expirationOf(o *object, schemaName string) (*timestamppb.Timestamp, error) {
	text := o.string("expiration")
	if text == "" {
		return nil, nil
	}
	t, ok := parseTime(text)
	if !ok {
		return nil, mismatch(schemaName, "Invalid date for 'expiration'", "expiration")
	}
	// Before the service does, which may be asked only for what can be stored.
	if t.Before(time.Unix(0, 0)) {
		return nil, mismatch(schemaName, expired, "expiration")
	}
	return timestamppb.New(t), nil
}

const expired = "'expiration' is before current time"

func fillOrder(v any, m *secretv1.CreateOrderRequest) error {
	o, err := matching(orderName, &orderSchema, v)
	if err != nil {
		return err
	}
	meta, err := matching(orderedName, &secretSchema, o.get("meta"))
	if err != nil {
		return err
	}
	m.Type, m.Meta = o.string("type"), &secretv1.OrderMeta{}
	if m.Meta.Expiration, err = expirationOf(meta, orderedName); err != nil {
		return err
	}
	if _, _, err = payloadOf(meta, orderedName); err != nil {
		return err
	}
	kind := map[string]string{"key": "key", "asymmetric": "asymmetric key"}[m.Type]
	bits := meta.optionalInteger("bit_length")
	switch {
	case meta.has("payload"):
		return mismatch(orderName, "'payload' not allowed for "+m.Type+" type order", "meta")
	case meta.string("algorithm") == "":
		return mismatch(orderName, "'algorithm' is required field for "+kind+" type order", "meta")
	case bits == nil:
		return mismatch(orderName, "'bit_length' is required field for "+kind+" type order", "meta")
	case *bits%8 != 0:
		return fault.InvalidArgument(reasonSaid, unsupportedV)
	case m.Type == "asymmetric" && meta.has("passphrase"):
		// A key that is plain where one asked for an encrypted one would be a surprise.
		return fault.InvalidArgument(reasonSaid, "A passphrase for the private key is not supported: leave it out, the key is sealed where it is kept.")
	}
	m.Meta.Name, m.Meta.Mode = meta.optional("name"), meta.optional("mode")
	m.Meta.Algorithm, m.Meta.BitLength = meta.string("algorithm"), *bits
	m.Meta.PayloadContentType = meta.optional("payload_content_type")
	return nil
}

// string is a member that is text; empty when it is not there.
func (o *object) string(name string) string {
	s, _ := o.text(name)
	return s
}

// optional is a member that is text; nil when it is null or not there.
func (o *object) optional(name string) *string {
	if s, ok := o.text(name); ok {
		return &s
	}
	return nil
}

// optionalInteger is a member that a schema keeps within 32 bits; nil when it is not there.
func (o *object) optionalInteger(name string) *int32 {
	n := integer(o.get(name))
	if n == nil || !n.IsInt64() || n.CmpAbs(big.NewInt(1<<31-1)) > 0 {
		return nil
	}
	small := int32(n.Int64())
	return &small
}
