package barbican_test

import (
	"strings"
	"testing"
)

// What breaks a schema is told in the words of python-jsonschema, and what Barbican checks
// behind it in its own. testdata has more.
func TestSchemas(t *testing.T) {
	nested := strings.Repeat(`{"a":`, 70) + "1" + strings.Repeat("}", 70)
	for _, tt := range []struct{ name, call, body, says string }{
		{"the whole before its parts", "POST " + container + "/consumers", `{"URL":5}`, `schema 'Consumer': 'name' is a required property. Invalid property: 'None'`},
		{"a quote", "POST " + container + "/consumers", `{"URL":["it's",1.50,1e20,true,null,{"a\n":"\"'"}],"name":"n"}`,
			`[\"it's\", 1.5, 1e+20, True, None, {'a\\n': '\"\\''}] is not of type 'string'. Invalid property: 'URL'`},
		{"what can't be printed", "POST /v1/containers", `{"type":"\u0007\u200b\t\\ü"}`, `'\\x07\\u200b\\t\\\\ü' is not one of ['generic', 'rsa', 'certificate']`},
		{"no integer", "POST /v1/secrets", `{"bit_length":1.5}`, `1.5 is not of type 'integer'. Invalid property: 'bit_length'`},
		{"no number", "POST /v1/secrets", `{"bit_length":true}`, `True is not of type 'integer'`},
		{"too large a number", "POST /v1/secrets", `{"bit_length":123456789012345678901234567890}`, `123456789012345678901234567890 is greater than the maximum of 32767`},
		{"a member of a member", "POST /v1/containers", `{"type":"rsa","secret_refs":[{"name":5,"secret_ref":"x"}]}`, `5 is not of type 'string', 'null'. Invalid property: 'secret_refs'`},
		{"two members too many", "PUT " + secret + "/acl", `{"read":{},"write":{},"x":1}`, `Additional properties are not allowed ('write', 'x' were unexpected). Invalid property: 'None'`},
		{"one below", "PUT " + secret + "/acl", `{"read":{"x":1}}`, `Additional properties are not allowed ('x' was unexpected). Invalid property: 'read'`},
		{"a later user", "PATCH " + container + "/acl", `{"read":{"users":["a",5]}}`, `schema 'ACL': 5 is not of type 'string'. Invalid property: 'read'`},
		{"a quota below all", "PUT /v1/project-quotas/p", `{"project_quotas":{"secrets":-2}}`, `schema 'Project Quota': -2 is less than the minimum of -1. Invalid property: 'project_quotas'`},
		{"no quotas", "PUT /v1/project-quotas/p", ``, `Project Quotas issue seen - No data supplied to process..`},
		{"a text as metadata", "PUT " + secret + "/metadata", `{"metadata":"x"}`, `schema 'SecretMetadata': 'x' is not of type 'object'. Invalid property: 'metadata'`},
		{"a number in metadata", "PUT " + secret + "/metadata", `{"metadata":{"a":1}}`, `Invalid Metadata. Keys and Values must be Strings.`},
		{"a key that no path holds", "POST " + secret + "/metadata", `{"key":"a/b","value":""}`, `Invalid Key. Key must be URL safe.`},
		{"one of many", "PUT " + secret + "/metadata", `{"metadata":{"a b":""}}`, `Invalid Key. Key must be URL safe.`},
		{"a resource that has no id", "POST " + secret + "/consumers", `{"service":"s","resource_type":"t"}`, `schema 'Secret Consumer': 'resource_id' is a required property`},
		{"a payload in an order", "POST /v1/orders", `{"type":"key","meta":{"payload":"x","payload_content_type":"text/plain"}}`, `schema 'Order': 'payload' not allowed for key type order. Invalid property: 'meta'`},
		{"a secret in an order", "POST /v1/orders", `{"type":"key","meta":{"name":5}}`, `schema 'Secret' within 'Order': 5 is not of type 'string', 'null'. Invalid property: 'name'`},
		{"no algorithm", "POST /v1/orders", `{"type":"key","meta":{}}`, `'algorithm' is required field for key type order. Invalid property: 'meta'`},
		{"no length", "POST /v1/orders", `{"type":"asymmetric","meta":{"algorithm":"rsa"}}`, `'bit_length' is required field for asymmetric key type order`},
		{"an odd length", "POST /v1/orders", `{"type":"key","meta":{"algorithm":"aes","bit_length":129}}`, `"Provided field value is not supported"`},
		{"an encrypted key", "POST /v1/orders", `{"type":"asymmetric","meta":{"algorithm":"rsa","bit_length":2048,"passphrase":"p"}}`, `A passphrase for the private key is not supported`},
		{"certificates", "POST /v1/orders", `{"type":"certificate","meta":{}}`, `'certificate' is not one of ['key', 'asymmetric']. Invalid property: 'type'`},
		{"a secret of another host", "POST " + container + "/secrets", `{"secret_ref":"https://other.example.com` + secret + `"}`, `"Provided field value is not supported"`},
		{"in a new container", "POST /v1/containers", `{"type":"generic","secret_refs":[{"secret_ref":"http://keys.example.com` + secret + `"}]}`, `"Provided field value is not supported"`},
		{"an end long ago", "POST /v1/secrets", `{"expiration":"1969-12-31"}`, `'expiration' is before current time`},
		{"an end on no day", "POST /v1/secrets", `{"expiration":"2114-02-30"}`, `Invalid date for 'expiration'`},
		{"base64 of no bytes", "POST /v1/secrets", `{"payload":"é","payload_content_type":"application/pkcs8","payload_content_encoding":"base64"}`, `Invalid payload for payload_content_encoding. Invalid property: 'payload'`},
		{"a charset that is not kept", "POST /v1/secrets", `{"payload":"x","payload_content_type":"text/plain;charset=latin-1"}`, `payload_content_type is not one of`},
		{"a transport key", "POST /v1/secrets", `{"transport_key_id":"x"}`, `Secret creation issue seen - No plugin was found that could support your request.`},
		{"too deep", "POST /v1/secrets", nested, `"Malformed JSON"`},
		{"no UTF-8", "POST /v1/secrets", "{\"name\":\"\xff\"}", `"Malformed JSON"`},
		{"half a pair of surrogates", "POST /v1/secrets", `{"payload":"\ud800","payload_content_type":"text/plain"}`, `"Malformed JSON"`},
		{"the other half", "POST /v1/secrets", `{"name":"\uDE00\ud83d"}`, `"Malformed JSON"`},
		{"half a pair before something else", "POST /v1/secrets", `{"name":"\ud83d\n\ude00"}`, `"Malformed JSON"`},
		{"two values", "POST /v1/secrets", `{} {}`, `"Malformed JSON"`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := &scripted{}
			w := send(t, over(t, c, public), tt.call, tt.body, "Content-Type", "application/json")
			if w.Code != 400 || !strings.Contains(w.Body.String(), tt.says) || c.asked != nil {
				t.Errorf("got %d %s\nwant %s", w.Code, w.Body, tt.says)
			}
		})
	}
}
