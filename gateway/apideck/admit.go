package apideck

import (
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/holdplane/holdplane/gateway"
	vaultv1 "github.com/holdplane/holdplane/gen/holdplane/connectionvault/v1"
	"github.com/holdplane/holdplane/pkg/fault"
)

// The headers that say whom a request is for, in the spelling of net/http.
const (
	applicationHeader = "X-Apideck-App-Id"
	consumerHeader    = "X-Apideck-Consumer-Id"
	authTypeHeader    = "X-Apideck-Auth-Type"
)

// maxHeader bounds both ids, in characters.
const maxHeader = 255

// reasonHeaders is of faults that are found here; the others are the service's.
const (
	reasonHeaders           = "HEADERS_INVALID"
	reasonApplicationAbsent = "APPLICATION_ABSENT"
	reasonConsumerAbsent    = "CONSUMER_ABSENT"
)

// ofConsumers are the services whose RPCs are about one consumer, which the header names.
var ofConsumers = map[string]bool{
	vaultv1.ConnectionService_ServiceDesc.ServiceName: true,
	vaultv1.ResourceService_ServiceDesc.ServiceName:   true,
	vaultv1.ConsentService_ServiceDesc.ServiceName:    true,
	vaultv1.SessionService_ServiceDesc.ServiceName:    true,
}

// admit refuses what is wrong with a request's headers. Who does not even send a credential
// is told of nothing else. Sessions know whom they are for.
func admit(c *gateway.Call) error {
	h := c.Request.Header
	scheme, token, _ := strings.Cut(h.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "bearer") || strings.TrimSpace(token) == "" {
		return fault.Unauthenticated(fault.ReasonCredentialAbsent, "send Authorization with Bearer and the API key of the application")
	}
	for _, name := range [...]string{applicationHeader, consumerHeader, authTypeHeader} {
		if err := admitHeader(name, h[name]); err != nil {
			return err
		}
	}
	if isSession(h, token) {
		return nil
	}
	if h.Get(applicationHeader) == "" {
		return fault.InvalidArgument(reasonApplicationAbsent, "send x-apideck-app-id with the id of the application")
	}
	service, _, _ := strings.Cut(strings.TrimPrefix(c.RPC, "/"), "/")
	if h.Get(consumerHeader) == "" && ofConsumers[service] && c.RPC != vaultv1.ConnectionService_ListConnections_FullMethodName {
		return fault.InvalidArgument(reasonConsumerAbsent, "send x-apideck-consumer-id with your id of the consumer")
	}
	return nil
}

func admitHeader(name string, values []string) error {
	name = strings.ToLower(name)
	switch {
	case len(values) > 1:
		return fault.InvalidArgument(reasonHeaders, "%s is given more than once", name)
	case len(values) == 1 && !utf8.ValidString(values[0]):
		return fault.InvalidArgument(reasonHeaders, "%s must be UTF-8", name)
	case len(values) == 1 && utf8.RuneCountInString(values[0]) > maxHeader:
		return fault.InvalidArgument(reasonHeaders, "%s must have %d characters at most", name, maxHeader)
	}
	return nil
}

// isSession reports whether the bearer is said to be a session's token, and may be one: API
// keys have no dots.
func isSession(h http.Header, token string) bool {
	return strings.EqualFold(h.Get(authTypeHeader), "JWT") && strings.Count(token, ".") == 2
}
