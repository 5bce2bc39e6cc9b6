package barbican

import (
	"net/http"
	"strings"

	"github.com/holdplane/holdplane/gateway"
	secretv1 "github.com/holdplane/holdplane/gen/holdplane/secretcontainer/v1"
	"github.com/holdplane/holdplane/pkg/fault"
)

const jsonType = "application/json"

// credential is the caller's token, as services take it.
var credential = gateway.Bearer("X-Auth-Token")

// path takes slashes at the end of every path, and knows the way payloads were read before
// they had a path of their own: by the Accept of a request for the secret.
func path(r *http.Request) string {
	p := asSent(r)
	if r.Method == http.MethodGet && isSecret(p) && !wantsMetadata(r) {
		return p + "/payload"
	}
	return p
}

// asSent is the path that came, without slashes at its end.
func asSent(r *http.Request) string {
	if p := strings.TrimRight(r.URL.EscapedPath(), "/"); p != "" {
		return p
	}
	return "/"
}

// isSecret reports whether a path is that of one secret.
func isSecret(p string) bool {
	rest, ok := strings.CutPrefix(p, "/v1/secrets/")
	return ok && !strings.Contains(rest, "/")
}

// wantsMetadata reports whether a request for a secret wants it described. A list of types is
// one of payloads (testdata/recorded/secrets.txtar).
func wantsMetadata(r *http.Request) bool {
	a := accept(r)
	return a == "" || a == jsonType || a == "*/*"
}

func accept(r *http.Request) string { return strings.Join(r.Header["Accept"], ", ") }

// public are the RPCs that need no token.
var public = map[string]bool{
	secretv1.KeyManagerService_ListVersions_FullMethodName: true,
	secretv1.KeyManagerService_CheckHealth_FullMethodName:  true,
}

// ofAPI reports whether a path is below the one where everything wants a token.
func ofAPI(p string) bool { return p == "/v1" || strings.HasPrefix(p, "/v1/") }

// admit refuses what Barbican's pipeline refuses before a controller sees the request: who
// brings no token, versions that there are not, and answers that nobody could read.
func admit(c *gateway.Call) error {
	if err := admitAnyone(c.Request); err != nil {
		return err
	}
	if !anyAccept[c.RPC] && !accepts(c.Request, jsonType) && !accepts(c.Request, homeTypes[c.RPC]) {
		return fault.InvalidArgument(reasonAccept, "the answer would be %s", jsonType)
	}
	return nil
}

// admitAnyone is what goes for paths without a route, too.
func admitAnyone(r *http.Request) error {
	p := path(r)
	if ofAPI(p) && credential(r) == "" {
		return fault.Unauthenticated(fault.ReasonCredentialAbsent, "send a token as X-Auth-Token")
	}
	if p == "/healthcheck" {
		return nil
	}
	_, err := microversionOf(r.Header)
	return err
}

// homeTypes are the types of JSON Home documents, where one can be asked for.
var homeTypes = map[string]string{
	secretv1.KeyManagerService_ListVersions_FullMethodName: homeType,
	secretv1.KeyManagerService_GetVersion_FullMethodName:   homeType,
}

// anyAccept are the RPCs that answer whatever the Accept.
var anyAccept = map[string]bool{
	secretv1.KeyManagerService_CheckHealth_FullMethodName:          true,
	secretv1.SecretService_GetPayload_FullMethodName:               true,
	secretv1.SecretService_StorePayload_FullMethodName:             true,
	secretv1.SecretService_DeleteSecret_FullMethodName:             true,
	secretv1.MetadataService_GetMetadata_FullMethodName:            true,
	secretv1.MetadataService_SetMetadatum_FullMethodName:           true,
	secretv1.ContainerService_DeleteContainer_FullMethodName:       true,
	secretv1.ContainerService_RemoveContainerSecret_FullMethodName: true,
	secretv1.OrderService_DeleteOrder_FullMethodName:               true,
	secretv1.QuotaService_DeleteProjectQuotas_FullMethodName:       true,
}

// accepts reports whether a request's Accept allows a type; no header allows all.
func accepts(r *http.Request, mediaType string) bool {
	a := accept(r)
	if a == "" {
		return mediaType != ""
	}
	family, _, _ := strings.Cut(mediaType, "/")
	for item := range strings.SplitSeq(a, ",") {
		name, parameters, _ := strings.Cut(item, ";")
		switch name = strings.ToLower(strings.TrimSpace(name)); {
		case mediaType == "" || name == "" || refused(parameters):
		case name == mediaType, name == "*/*", name == family+"/*":
			return true
		}
	}
	return false
}

// refused reports whether the parameters of a type in Accept give it no weight at all.
func refused(parameters string) bool {
	for p := range strings.SplitSeq(parameters, ";") {
		if q, ok := strings.CutPrefix(strings.TrimSpace(p), "q="); ok {
			return strings.Trim(q, "0.") == ""
		}
	}
	return false
}
