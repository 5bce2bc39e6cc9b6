package keystone

import (
	"errors"
	"net/http"
	"strings"

	"github.com/holdplane/holdplane/gateway"
	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/wirejson"
)

// Reasons of the user-admin service's faults that have a text of Keystone's. What it finds
// wrong beside them it says in Keystone's words itself.
const (
	reasonTokenUnknown = "TOKEN_UNKNOWN"
	reasonTokenRevoked = "TOKEN_REVOKED"
	reasonMethod       = "METHOD_UNSUPPORTED"
	reasonAuth         = "AUTH_MISSING"
	reasonIdentity     = "IDENTITY_MISSING"
	reasonMethods      = "METHODS_MISSING"
	reasonBusy         = "LOGINS_BUSY"
)

const (
	unauthenticated = "The request you have made requires authentication."
	unknownToken    = "Could not recognize Fernet token"
)

// textByReason comes before all other texts.
var textByReason = map[string]string{
	reasonTokenUnknown:      unknownToken,
	reasonTokenRevoked:      "Failed to validate token",
	reasonMethod:            "Attempted to authenticate with an unsupported method.",
	reasonAuth:              expecting("auth", "request body"),
	reasonIdentity:          "'identity' is a required property",
	reasonMethods:           "Invalid input for field 'identity': 'methods' is a required property",
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

// action is what Keystone's policies call an operation.
var action = map[string]string{
	useradminv1.KeystoneService_GetKeystoneToken_FullMethodName:                         "identity:validate_token",
	useradminv1.KeystoneService_RevokeKeystoneToken_FullMethodName:                      "identity:revoke_token",
	useradminv1.KeystoneService_GetCatalog_FullMethodName:                               "identity:get_auth_catalog",
	useradminv1.KeystoneService_ListAuthProjects_FullMethodName:                         "identity:get_auth_projects",
	useradminv1.KeystoneService_ListUserProjects_FullMethodName:                         "identity:list_user_projects",
	useradminv1.KeystoneService_GetProject_FullMethodName:                               "identity:get_project",
	useradminv1.ApplicationCredentialService_CreateApplicationCredential_FullMethodName: "identity:create_application_credential",
	useradminv1.ApplicationCredentialService_ListApplicationCredentials_FullMethodName:  "identity:list_application_credentials",
	useradminv1.ApplicationCredentialService_GetApplicationCredential_FullMethodName:    "identity:get_application_credential",
	useradminv1.ApplicationCredentialService_DeleteApplicationCredential_FullMethodName: "identity:delete_application_credential",
}

// notFoundByField is what is not there when a path or a header names what can't be.
var notFoundByField = map[string]string{
	"subject_token": unknownToken,
	"user_id":       "Could not find user.",
	"project_id":    "Could not find project.",
	"credential_id": "Could not find Application Credential.",
}

// impossible is the text for an id that nothing can have: it breaks a rule, so that nothing
// was looked for. Empty for other faults.
func impossible(f *fault.Error) string {
	if len(f.Violations) == 0 {
		return ""
	}
	return notFoundByField[f.Violations[0].Field]
}

// text is the message of a fault.
func text(c *gateway.Call, f *fault.Error) string {
	switch known := textByReason[f.Reason]; {
	case c.Status == http.StatusUnauthorized && f.Reason != reasonMethod:
		return unauthenticated
	case f.Reason == reasonTokenUnknown && subject(c.Request) == "":
		return "No token in the request"
	case known != "":
		return known
	case c.Status == http.StatusForbidden:
		return forbidden(action[c.RPC])
	case codeOf(c.Status) == codeInternal:
		return "An unexpected error prevented the server from fulfilling your request."
	case impossible(f) != "":
		return impossible(f)
	case len(f.Violations) > 0:
		return invalid(c.Path(f.Violations[0].Field), f.Violations[0].Message)
	}
	if p := (*wirejson.Problem)(nil); errors.As(f, &p) {
		return ofProblem(p)
	}
	return f.Message
}

func forbidden(action string) string {
	const text = "You are not authorized to perform the requested action"
	if action == "" {
		return text + "."
	}
	return text + ": " + action + "."
}

// ofProblem says what is wrong with a body. Keystone shows the value, too, which may be a
// password.
func ofProblem(p *wirejson.Problem) string {
	switch {
	case len(p.Path) == 0 || p.Kind == wirejson.KindSyntax || p.Kind == wirejson.KindUTF8 || p.Kind == wirejson.KindDepth:
		return expecting("valid JSON", "request body")
	case p.Want != "":
		return invalid(p.Path, "it is not of type '"+p.Want+"'")
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
