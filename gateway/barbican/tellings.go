package barbican

import (
	"net/http"

	"github.com/holdplane/holdplane/gateway"
	secretv1 "github.com/holdplane/holdplane/gen/holdplane/secretcontainer/v1"
	"github.com/holdplane/holdplane/pkg/fault"
)

// Reasons of the service's faults that are found here, too.
const (
	reasonPayloadTooLarge = "PAYLOAD_TOO_LARGE"
	reasonPayloadAccept   = "PAYLOAD_NOT_ACCEPTABLE"
	reasonMetadataKey     = "METADATA_KEY"
)

// telling is how Barbican tells of a fault: with one of three kinds of text.
type telling struct {
	// status is that of the fault's code when 0.
	status int
	text   string
	// issue is what goes wrong in the operation, which is named before it.
	issue string
	say   func(*gateway.Call, *fault.Error) string
}

const unsafeKey = "Invalid Key. Key must be URL safe."

// tellings are by the reasons of the service's faults, and of those found here.
var tellings = map[string]telling{
	reasonSaid:             {say: itself},
	reasonType:             {status: http.StatusUnsupportedMediaType, say: itself},
	reasonAccept:           {status: http.StatusNotAcceptable},
	reasonVersionUnknown:   {status: http.StatusNotAcceptable},
	reasonVersionMalformed: {status: http.StatusBadRequest},

	"SECRET_NOT_FOUND":     {text: "Secret not found."},
	"SECRET_ID_INVALID":    {text: "Not Found. Provided secret id is invalid."},
	"SECRET_HAS_CONSUMERS": {status: http.StatusBadRequest, issue: "Secret cannot be deleted as it has consumers."},
	"EXPIRATION_PAST":      {say: tooLate},

	"PAYLOAD_ABSENT":      {text: "Not Found. Sorry but your secret has no payload."},
	"PAYLOAD_EXISTS":      {text: "Secret already has data, cannot modify it."},
	"PAYLOAD_EMPTY":       {say: ofPayload("If 'payload' specified, must be non empty", "payload", noData)},
	"PAYLOAD_TYPE":        {say: ofPayload(unsupportedType, "payload_content_type", undecodable)},
	reasonPayloadTooLarge: {status: http.StatusRequestEntityTooLarge, say: tooLarge},
	reasonPayloadAccept:   {status: http.StatusNotAcceptable, issue: "Wrong payload content-type"},

	"METADATUM_NOT_FOUND":       {text: "Secret metadata not found."},
	"METADATUM_EXISTS":          {text: "Conflict. Key in request is already in the secret metadata"},
	"METADATUM_KEYS_DIFFER":     {text: "Key in request data does not match key in the request url."},
	reasonMetadataKey:           {text: unsafeKey},
	"SECRET_CONSUMER_NOT_FOUND": {text: "Consumer not found."},

	"CONTAINER_NOT_FOUND":      {text: "Secrets container not found."},
	"CONTAINER_ID_INVALID":     {text: "Not Found. Provided container id is invalid."},
	"CONTAINER_NOT_GENERIC":    {text: "Only 'generic' containers can be modified."},
	"CONTAINED_SECRET_UNKNOWN": {say: notContainable},
	"CONTAINED_SECRET_EXISTS": {text: "Conflict. A secret with that name and ID is already stored in this container. " +
		"The same secret can exist in a container as long as the name is unique."},
	"CONTAINED_SECRET_ABSENT": {text: "Secret provided is not in the container"},
	"CONTAINED_SECRET_TWICE":  {text: mismatchText(containerName, secretTwice, "secret_refs")},
	"CONSUMER_NOT_FOUND":      {text: "Consumer not found."},
	"CONSUMER_OF_ANOTHER":     {text: "Not Allowed. Sorry, only the creator of a consumer can delete it."},

	"ORDER_NOT_FOUND":            {text: "Order not found."},
	"PROJECT_QUOTA_REACHED":      {issue: "Creation not allowed because a quota has been reached"},
	"PROJECT_QUOTAS_NOT_FOUND":   {text: "Project quotas not found."},
	fault.ReasonCredentialAbsent: {status: http.StatusUnauthorized, text: noToken},
	fault.ReasonTooLarge:         {text: "Provided information too large to process"},
}

func itself(_ *gateway.Call, f *fault.Error) string { return f.Message }

// tooLate names the schema of the call.
func tooLate(c *gateway.Call, _ *fault.Error) string {
	name := secretName
	if c.RPC == secretv1.OrderService_CreateOrder_FullMethodName {
		name = orderedName
	}
	return mismatchText(name, expired, "expiration")
}

// ofPayload says what is wrong with a payload, which stands in a body of members or is the
// body.
func ofPayload(reason, of, alone string) func(*gateway.Call, *fault.Error) string {
	return func(c *gateway.Call, _ *fault.Error) string {
		if c.RPC == secretv1.SecretService_StorePayload_FullMethodName {
			return issueText(c, alone)
		}
		return mismatchText(secretName, reason, of)
	}
}

func tooLarge(c *gateway.Call, _ *fault.Error) string {
	const text = "Provided information too large to process"
	if c.RPC == secretv1.SecretService_StorePayload_FullMethodName {
		return issueText(c, text)
	}
	return text
}

// notContainable names the secret as the request did.
func notContainable(c *gateway.Call, f *fault.Error) string {
	switch c.RPC {
	case secretv1.ContainerService_CreateContainer_FullMethodName:
		return "Secret provided for '" + f.Metadata["name"] + "' doesn't exist."
	case secretv1.ContainerService_RemoveContainerSecret_FullMethodName:
		if ref, ok := c.Note.(*object); ok {
			name := "None"
			if n := ref.optional("name"); n != nil {
				name = *n
			}
			return "Secret '" + name + "' with reference '" + ref.string("secret_ref") + "' doesn't exist."
		}
	}
	return "Secret provided doesn't exist."
}
