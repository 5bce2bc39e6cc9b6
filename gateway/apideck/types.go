package apideck

import (
	"net/http"

	"github.com/holdplane/holdplane/gateway"
)

// Type names, as Apideck's documents list them, and those of what they don't list.
const (
	typeRequest      = "RequestValidationError"
	typeHeaders      = "RequestHeadersValidationError"
	typeCursor       = "InvalidCursorError"
	typeRedirect     = "OAuthRedirectUriError"
	typeOAuthState   = "OAuthInvalidStateError"
	typeUnauthorized = "UnauthorizedError"
	typeConnector    = "ConnectorCredentialsError"
	typeLimit        = "RequestLimitError"
	typeEntity       = "EntityNotFoundError"
	typeNoConnector  = "ConnectorNotFoundError"
	typeIntegration  = "IntegrationNotFoundError"
	typeConnection   = "ConnectionNotFoundError"
	typeMethod       = "MethodNotAllowedError"
	typeConflict     = "ConflictError"
	typeState        = "InvalidStateError"
	typeSettings     = "ConnectionSettingsError"
	typeCredentials  = "OAuthCredentialsNotFoundError"
	typeRate         = "ConnectorRateLimitError"
	typeInternal     = "InternalServerError"
	typeUnavailable  = "ServiceUnavailableError"
)

// typed is a type name at the status that it has.
type typed struct {
	status int
	name   string
}

// typeByReason comes before typeByStatus. The reasons are the service's, and those of faults
// that are found here.
var typeByReason = map[string]typed{
	reasonHeaders:           {http.StatusBadRequest, typeHeaders},
	reasonApplicationAbsent: {http.StatusBadRequest, typeHeaders},
	reasonConsumerAbsent:    {http.StatusBadRequest, typeHeaders},
	gateway.ReasonHeader:    {http.StatusBadRequest, typeHeaders},
	"CURSOR_INVALID":        {http.StatusBadRequest, typeCursor},
	"REDIRECT_URI":          {http.StatusBadRequest, typeRedirect},
	"OAUTH_STATE":           {http.StatusBadRequest, typeOAuthState},
	"PROVIDER_REFUSED":      {http.StatusUnauthorized, typeConnector},
	"PROVIDER_UNREACHABLE":  {http.StatusUnauthorized, typeConnector},
	"CONNECTION_NOT_FOUND":  {http.StatusNotFound, typeConnection},
	"INTEGRATION_NOT_FOUND": {http.StatusNotFound, typeIntegration},
	"CONNECTOR_NOT_FOUND":   {http.StatusNotFound, typeNoConnector},
	"CONNECTION_SETTINGS":   {http.StatusUnprocessableEntity, typeSettings},
	"OAUTH_CLIENT_ABSENT":   {http.StatusUnprocessableEntity, typeCredentials},
}

// typeByStatus holds the statuses with a type of their own. Others are those of the request
// below 500, and of the server from there.
var typeByStatus = map[int]string{
	http.StatusUnauthorized:        typeUnauthorized,
	http.StatusPaymentRequired:     typeLimit,
	http.StatusNotFound:            typeEntity,
	http.StatusMethodNotAllowed:    typeMethod,
	http.StatusConflict:            typeConflict,
	http.StatusUnprocessableEntity: typeState,
	http.StatusTooManyRequests:     typeRate,
	http.StatusServiceUnavailable:  typeUnavailable,
	http.StatusGatewayTimeout:      typeUnavailable,
}
