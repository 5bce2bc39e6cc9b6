package barbican

import (
	"errors"
	"slices"
	"strings"

	"github.com/holdplane/holdplane/pkg/fault"
)

// maxPayload bounds payloads as they are sent, in bytes.
const maxPayload = 20_000

const (
	textType   = "text/plain"
	binaryType = "application/octet-stream"
	pkcs8Type  = "application/pkcs8"
)

// supported are the types of payloads as texts list them.
var supported = []string{textType, "text/plain;charset=utf-8", "text/plain; charset=utf-8", binaryType, pkcs8Type}

const unsupportedType = "payload_content_type is not one of ['text/plain', 'text/plain;charset=utf-8', 'text/plain; charset=utf-8', 'application/octet-stream', 'application/pkcs8']"

// payloadType is the type that a payload of a content type is kept as; empty when there is
// none. The case does not count, and neither does the charset when it is UTF-8.
func payloadType(contentType string) string {
	name, parameters, has := strings.Cut(contentType, ";")
	name = strings.ToLower(strings.TrimSpace(name))
	if has {
		parameter, _, _ := strings.Cut(parameters, ";")
		_, charset, ok := strings.Cut(parameter, "=")
		if !ok || !strings.EqualFold(strings.TrimSpace(charset), "utf-8") {
			return ""
		}
	}
	if !slices.Contains([]string{textType, binaryType, pkcs8Type}, name) {
		return ""
	}
	return name
}

// payloadOf is the payload that a new secret comes with, and its type. The object matches
// secretSchema; none says that there is no payload.
func payloadOf(o *object, schemaName string) (payload []byte, contentType string, err error) {
	text, ok := o.text("payload")
	sent, typed := o.text("payload_content_type")
	bad := func(reason, of string) ([]byte, string, error) { return nil, "", mismatch(schemaName, reason, of) }
	switch contentType = payloadType(sent); {
	case !ok && o.has("payload_content_type") && schemaName == secretName:
		return bad("payload must be provided when payload_content_type is specified", "payload")
	case !ok && sent != "" && contentType == "":
		return bad(unsupportedType, "payload_content_type")
	case !ok:
		return nil, "", nil
	case !typed:
		return bad("If 'payload' is supplied, 'payload_content_type' must also be supplied.", "payload_content_type")
	case contentType == "":
		return bad(unsupportedType, "payload_content_type")
	}
	_, encoded := o.text("payload_content_encoding")
	switch {
	case encoded && contentType == textType:
		return bad("payload_content_encoding is not one of None", "payload_content_encoding")
	case !encoded && contentType != textType:
		return bad("payload_content_encoding is not one of ['base64', 'binary']", "payload_content_encoding")
	case len(text) > maxPayload:
		return nil, "", fault.InvalidArgument(reasonPayloadTooLarge, "the payload has more than %d bytes", maxPayload)
	case text == "":
		return bad("If 'payload' specified, must be non empty", "payload")
	case !encoded:
		return []byte(text), contentType, nil
	}
	if payload, err = decodeBase64(text); err != nil {
		return bad("Invalid payload for payload_content_encoding", "payload")
	}
	return payload, contentType, nil
}

var errBase64 = errors.New("not base64")

// decodeBase64 reads what Python's base64 module does when it is not strict: characters of
// no meaning are skipped, and what comes behind the padding does not count.
func decodeBase64(text string) ([]byte, error) {
	decoded := make([]byte, 0, len(text)/4*3)
	bits, have, pads := uint32(0), 0, 0
	for i := range len(text) {
		c := text[i]
		if c >= 0x80 {
			return nil, errBase64
		}
		if c == '=' {
			if pads++; have >= 2 && have+pads >= 4 {
				return decoded, nil
			}
			continue
		}
		value := strings.IndexByte(alphabet, c)
		if value < 0 {
			continue
		}
		pads = 0
		bits = bits<<6 | uint32(value)
		if have++; have > 1 {
			decoded = append(decoded, byte(bits>>(8-2*have)))
		}
		have %= 4
	}
	if have != 0 {
		return nil, errBase64
	}
	return decoded, nil
}

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
