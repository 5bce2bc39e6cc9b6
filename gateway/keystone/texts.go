package keystone

import (
	"cmp"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/holdplane/holdplane/gateway"
	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/wirejson"
)

// Reasons of the user-admin service's faults that need more than their code.
const (
	reasonTokenUnknown = "TOKEN_UNKNOWN"
	reasonTokenRevoked = "TOKEN_REVOKED"
	reasonMethod       = "METHOD_UNSUPPORTED"
	reasonBusy         = "LOGINS_BUSY"
)

const (
	unauthenticated = "The request you have made requires authentication."
	unknownToken    = "Could not recognize Fernet token"
)

// textByReason comes before the texts of a status, 401 aside.
var textByReason = map[string]string{
	reasonTokenUnknown:      unknownToken,
	reasonTokenRevoked:      "Failed to validate token",
	reasonMethod:            "Attempted to authenticate with an unsupported method.",
	fault.ReasonTooLarge:    "Request is too large.",
	gateway.ReasonMediaType: expecting("application/json", "Content-Type header"),
	gateway.ReasonMethod:    "The method is not allowed for the requested URL.",
	gateway.ReasonRoute: "The requested URL was not found on the server. " +
		"If you entered the URL manually please check your spelling and try again.",
}

// expecting is Keystone's text for what is not there.
func expecting(what, where string) string {
	return "Expecting to find " + what + " in " + where + ". The server could not comply with the request since it is " +
		"either malformed or otherwise incorrect. The client is assumed to be in error."
}

// operation is what Keystone says of an RPC.
type operation struct {
	// action is what its policies call it.
	action string
	// object is what is not found, and segment where its id stands in the path; empty when
	// there is none.
	object  string
	segment int
}

var operations = map[string]operation{
	useradminv1.KeystoneService_GetKeystoneToken_FullMethodName:                         {action: "validate_token"},
	useradminv1.KeystoneService_RevokeKeystoneToken_FullMethodName:                      {action: "revoke_token"},
	useradminv1.KeystoneService_GetCatalog_FullMethodName:                               {action: "get_auth_catalog"},
	useradminv1.KeystoneService_ListAuthProjects_FullMethodName:                         {action: "get_auth_projects"},
	useradminv1.KeystoneService_ListUserProjects_FullMethodName:                         {"list_user_projects", "user", 3},
	useradminv1.KeystoneService_GetProject_FullMethodName:                               {"get_project", "project", 3},
	useradminv1.ApplicationCredentialService_CreateApplicationCredential_FullMethodName: {"create_application_credential", "user", 3},
	useradminv1.ApplicationCredentialService_ListApplicationCredentials_FullMethodName:  {"list_application_credentials", "user", 3},
	useradminv1.ApplicationCredentialService_GetApplicationCredential_FullMethodName:    {"get_application_credential", "Application Credential", 5},
	useradminv1.ApplicationCredentialService_DeleteApplicationCredential_FullMethodName: {"delete_application_credential", "Application Credential", 5},
}

// text is the message of a fault.
func text(c *gateway.Call, f *fault.Error) string {
	known, of := textByReason[f.Reason], operations[c.RPC]
	switch {
	case c.Status == http.StatusUnauthorized && f.Reason != reasonMethod:
		return unauthenticated
	case f.Reason == reasonTokenUnknown && subject(c.Request) == "":
		return "No token in the request"
	case known != "":
		return known
	case c.Status == http.StatusForbidden:
		return forbidden(of.action)
	case c.Status == http.StatusNotFound && of.object != "":
		return "Could not find " + of.object + ": " + segment(c.Request, of.segment) + "."
	case c.Status == http.StatusNotFound && impossible(f):
		return unknownToken
	case c.Status == http.StatusConflict:
		return conflict(f.Metadata["name"])
	case gateway.NameOf(c.Status) == gateway.NameOf(http.StatusInternalServerError):
		return "An unexpected error prevented the server from fulfilling your request."
	}
	return ofInput(c, f)
}

// segment is a segment of the path; the first one is 1.
func segment(r *http.Request, n int) string {
	segments := strings.Split(path(r), "/")
	if n >= len(segments) {
		return ""
	}
	if plain, err := url.PathUnescape(segments[n]); err == nil {
		return plain
	}
	return segments[n]
}

func forbidden(action string) string {
	const text = "You are not authorized to perform the requested action"
	if action == "" {
		return text + "."
	}
	return text + ": identity:" + action + "."
}

func conflict(name string) string {
	const text = "Conflict occurred attempting to store application_credential - Duplicate entry"
	if name == "" {
		return text + "."
	}
	return text + " found with name " + name + "."
}

// ofInput says what is wrong with the input, or what the service says.
func ofInput(c *gateway.Call, f *fault.Error) string {
	var p *wirejson.Problem
	switch {
	case f.Metadata["field"] != "":
		return expecting(f.Metadata["field"], cmp.Or(f.Metadata["target"], "request body"))
	case len(f.Violations) > 0:
		return invalid(c.Path(f.Violations[0].Field), f.Violations[0].Message)
	case errors.As(f, &p):
		return ofProblem(p)
	}
	return f.Message
}

// ofProblem says what is wrong with a body. Keystone shows the value, too, which may be a
// password.
func ofProblem(p *wirejson.Problem) string {
	switch {
	case len(p.Path) == 0 || p.Kind == wirejson.KindSyntax || p.Kind == wirejson.KindDepth:
		return expecting("valid JSON", "request body")
	case p.Want != "":
		return invalid(p.Path, "it is not of type '"+p.Want+"'")
	case p.Kind == wirejson.KindUTF8:
		return invalid(p.Path, "it is not UTF-8")
	case p.Kind == wirejson.KindDuplicate:
		return invalid(p.Path, "it is given more than once")
	}
	return invalid(p.Path, "it has too many elements")
}

// invalid names a field as Keystone does: below the object that the body holds.
func invalid(at wirejson.Path, message string) string {
	if len(at) > 1 {
		at = at[1:]
	}
	return "Invalid input for field '" + strings.ReplaceAll(at.String(), ".", "/") + "': " + message
}
