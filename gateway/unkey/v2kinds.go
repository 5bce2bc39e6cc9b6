package unkey

import (
	"net/http"

	"github.com/holdplane/holdplane/gateway"
	"github.com/holdplane/holdplane/pkg/fault"
)

// kind is one kind of problem: its name, which ends the address of its page at Unkey and
// here, and the status and title that come with it.
type kind struct {
	name   string
	status int
	title  string
}

// The kinds. Names and titles are Unkey's, except those of requests that its server
// answers in plain text, or not at all.
var (
	kindInvalid       = kind{"unkey/application/invalid_input", http.StatusBadRequest, "Bad Request"}
	kindQueryInvalid  = kind{"user/bad_request/permissions_query_syntax_error", http.StatusBadRequest, "Bad Request"}
	kindUnreadable    = kind{"user/bad_request/request_body_unreadable", http.StatusBadRequest, "Bad Request"}
	kindNoCredential  = kind{"unkey/authentication/missing", http.StatusBadRequest, "Bad Request"}
	kindBadCredential = kind{"unkey/authentication/malformed", http.StatusBadRequest, "Bad Request"}

	kindUnauthorized = kind{"unkey/authentication/key_not_found", http.StatusUnauthorized, "Unauthorized"}
	kindPermission   = kind{"unkey/authorization/insufficient_permissions", http.StatusForbidden, "Insufficient Permissions"}
	kindForbidden    = kind{"unkey/authorization/forbidden", http.StatusForbidden, "Forbidden"}

	kindNotFound          = kind{"unkey/resource/not_found", http.StatusNotFound, "Not Found"}
	kindElsewhere         = kind{"unkey/application/not_available", http.StatusNotFound, "Not Found"}
	kindIdentityUnknown   = kind{"unkey/data/identity_not_found", http.StatusNotFound, "Not Found"}
	kindNamespaceUnknown  = kind{"unkey/data/ratelimit_namespace_not_found", http.StatusNotFound, "Not Found"}
	kindOverrideUnknown   = kind{"unkey/data/ratelimit_override_not_found", http.StatusNotFound, "Not Found"}
	kindAPIUnknown        = kind{"unkey/data/api_not_found", http.StatusNotFound, "Not Found"}
	kindKeyUnknown        = kind{"unkey/data/key_not_found", http.StatusNotFound, "Not Found"}
	kindPermissionUnknown = kind{"unkey/data/permission_not_found", http.StatusNotFound, "Not Found"}
	kindRoleUnknown       = kind{"unkey/data/role_not_found", http.StatusNotFound, "Not Found"}

	kindConflict        = kind{"unkey/data/conflict", http.StatusConflict, "Conflicting Resource"}
	kindIdentityTaken   = kind{"unkey/data/identity_already_exists", http.StatusConflict, "Conflicting Resource"}
	kindKeyTaken        = kind{"unkey/data/key_already_exists", http.StatusConflict, "Conflicting Resource"}
	kindPermissionTaken = kind{"unkey/data/permission_already_exists", http.StatusConflict, "Conflicting Resource"}
	kindRoleTaken       = kind{"unkey/data/role_already_exists", http.StatusConflict, "Conflicting Resource"}

	kindMethod       = kind{"unkey/application/method_not_allowed", http.StatusMethodNotAllowed, "Method Not Allowed"}
	kindTimeout      = kind{"user/bad_request/request_timeout", http.StatusRequestTimeout, "Request Timeout"}
	kindPrecondition = kind{"unkey/application/precondition_failed", http.StatusPreconditionFailed, "Precondition Failed"}
	kindProtected    = kind{"unkey/application/protected_resource", http.StatusPreconditionFailed, "Resource is protected"}
	kindTooLarge     = kind{"user/bad_request/request_body_too_large", http.StatusRequestEntityTooLarge, "Request Entity Too Large"}
	kindMediaType    = kind{"unkey/application/unsupported_media_type", http.StatusUnsupportedMediaType, "Unsupported Media Type"}
	kindTooMany      = kind{"user/too_many_requests/workspace_rate_limited", http.StatusTooManyRequests, "Too Many Requests"}
	kindGoneAway     = kind{"user/bad_request/client_closed_request", gateway.StatusClientClosedRequest, "Client Closed Request"}
	kindInternal     = kind{"unkey/application/unexpected_error", http.StatusInternalServerError, "Internal Server Error"}
	kindUnavailable  = kind{"unkey/application/service_unavailable", http.StatusServiceUnavailable, "Service Unavailable"}
)

// kindByReason comes before kindByStatus.
var kindByReason = map[string]kind{
	fault.ReasonCredentialAbsent: kindNoCredential,
	reasonCredentialMalformed:    kindBadCredential,
	fault.ReasonPermission:       kindPermission,
	fault.ReasonDeadline:         kindTimeout,
	gateway.ReasonElsewhere:      kindElsewhere,
	gateway.ReasonBody:           kindUnreadable,
	reasonQueryInvalid:           kindQueryInvalid,
	reasonLimitConflict:          kindInvalid,
	reasonLimitUnknown:           kindPrecondition,
	reasonIdentityUnknown:        kindIdentityUnknown,
	reasonIdentityTaken:          kindIdentityTaken,
	reasonNamespaceUnknown:       kindNamespaceUnknown,
	reasonOverrideUnknown:        kindOverrideUnknown,
	reasonAPIUnknown:             kindAPIUnknown,
	reasonAPIProtected:           kindProtected,
	reasonKeyUnknown:             kindKeyUnknown,
	reasonKeyTaken:               kindKeyTaken,
	reasonPermissionUnknown:      kindPermissionUnknown,
	reasonPermissionTaken:        kindPermissionTaken,
	reasonRoleUnknown:            kindRoleUnknown,
	reasonRoleTaken:              kindRoleTaken,
}

// kindByStatus is for the other reasons. What is missing is kindInvalid below 500 and
// kindInternal from there.
var kindByStatus = map[int]kind{
	http.StatusUnauthorized:           kindUnauthorized,
	http.StatusForbidden:              kindForbidden,
	http.StatusNotFound:               kindNotFound,
	http.StatusMethodNotAllowed:       kindMethod,
	http.StatusConflict:               kindConflict,
	http.StatusPreconditionFailed:     kindPrecondition,
	http.StatusRequestEntityTooLarge:  kindTooLarge,
	http.StatusUnsupportedMediaType:   kindMediaType,
	http.StatusTooManyRequests:        kindTooMany,
	gateway.StatusClientClosedRequest: kindGoneAway,
	http.StatusServiceUnavailable:     kindUnavailable,
}

// kindOf is the kind of a fault by its reason, or else by its usual status.
func kindOf(reason string, status int) kind {
	if k, ok := kindByReason[reason]; ok {
		return k
	}
	if k, ok := kindByStatus[status]; ok {
		return k
	}
	k := kindInternal
	if status < http.StatusInternalServerError {
		k = kindInvalid
	}
	if k.status != status {
		k.status, k.title = status, http.StatusText(status)
	}
	return k
}
