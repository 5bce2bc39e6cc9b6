package barbican

import (
	"math"
	"math/big"
)

var (
	anyText      = schema{types: []string{"string"}}
	anyObject    = schema{types: []string{"object"}}
	nameOrNull   = schema{types: []string{"string", "null"}, longest: 255}
	word         = schema{types: []string{"string"}, longest: 255}
	filled       = schema{types: []string{"string"}, longest: 255, nonEmpty: true}
	reference    = schema{types: []string{"string"}, nonEmpty: true}
	smallInteger = schema{types: []string{"integer"}, minimum: big.NewInt(1), maximum: big.NewInt(32767)}
	// quotaNumber is bounded, unlike Barbican's: what is below -1 or has more than 32 bits is
	// no quota.
	quotaNumber = schema{types: []string{"integer"}, minimum: big.NewInt(-1), maximum: big.NewInt(math.MaxInt32)}
)

// The schemas of bodies, by the names that texts have of them.
const (
	secretName          = "Secret"
	orderName           = "Order"
	orderedName         = "Secret' within 'Order" // the quotes are Barbican's
	containerName       = "Container"
	containedName       = "ContainerSecret"
	consumerName        = "Consumer"
	secretConsumerName  = "Secret Consumer"
	aclName             = "ACL"
	metadataName        = "SecretMetadata"
	metadatumName       = "SecretMetadatum"
	projectQuotaName    = "Project Quota"
	maxResourceIDLength = 1024
)

var secretSchema = schema{types: []string{"object"}, properties: []property{
	{"name", nameOrNull},
	{"algorithm", word},
	{"mode", word},
	{"bit_length", smallInteger},
	{"expiration", word},
	{"payload", anyText},
	{"secret_type", schema{types: []string{"string"}, longest: 80, enum: []string{"symmetric", "passphrase", "private", "public", "certificate", "opaque"}}},
	{"payload_content_type", nameOrNull},
	{"payload_content_encoding", schema{types: []string{"string"}, longest: 255, enum: []string{"base64"}}},
	{"transport_key_needed", schema{types: []string{"string"}, enum: []string{"true", "false"}}},
	{"transport_key_id", anyText},
}}

var orderSchema = schema{types: []string{"object"}, required: []string{"meta", "type"}, properties: []property{
	{"meta", anyObject},
	{"type", schema{types: []string{"string"}, enum: []string{"key", "asymmetric"}}},
}}

var containerSchema = schema{types: []string{"object"}, required: []string{"type"}, properties: []property{
	{"name", nameOrNull},
	{"type", schema{types: []string{"string"}, enum: []string{"generic", "rsa", "certificate"}}},
	{"secret_refs", schema{types: []string{"array"}, items: &schema{
		types: []string{"object"}, required: []string{"secret_ref"},
		properties: []property{{"name", nameOrNull}, {"secret_ref", reference}},
	}}},
}}

var containedSchema = schema{types: []string{"object"}, required: []string{"secret_ref"}, properties: []property{
	{"name", word},
	{"secret_ref", reference},
}}

var consumerSchema = schema{types: []string{"object"}, required: []string{"name", "URL"}, properties: []property{
	{"URL", filled},
	{"name", schema{types: []string{"string"}, longest: 36, nonEmpty: true}},
}}

var secretConsumerSchema = schema{types: []string{"object"}, required: []string{"service", "resource_type", "resource_id"}, properties: []property{
	{"service", filled},
	{"resource_type", filled},
	// Barbican bounds it by its database only.
	{"resource_id", schema{types: []string{"string"}, nonEmpty: true, longest: maxResourceIDLength}},
}}

// aclSchema looks at all users: Barbican's looks at the first one, and fails on others later.
var aclSchema = schema{types: []string{"object"}, closed: true, properties: []property{
	{"read", schema{types: []string{"object"}, closed: true, properties: []property{
		{"users", schema{types: []string{"array"}, items: &word}},
		{"project-access", schema{types: []string{"boolean"}}},
	}}},
}}

var metadataSchema = schema{types: []string{"object"}, required: []string{"metadata"}, properties: []property{{"metadata", anyObject}}}

var metadatumSchema = schema{types: []string{"object"}, closed: true, required: []string{"key", "value"}, properties: []property{
	{"key", word},
	{"value", word},
}}

var projectQuotaSchema = schema{types: []string{"object"}, closed: true, required: []string{"project_quotas"}, properties: []property{
	{"project_quotas", schema{types: []string{"object"}, closed: true, properties: []property{
		{"secrets", quotaNumber},
		{"orders", quotaNumber},
		{"containers", quotaNumber},
		{"consumers", quotaNumber},
		{"cas", quotaNumber},
	}}},
}}
