package apideck

import (
	"net/http"

	"github.com/holdplane/holdplane/gateway"
)

// docs explain the type names.
var docs = append([]gateway.ErrorDoc{
	{
		Code: typeRequest, Status: http.StatusBadRequest,
		Title:   "The request is not one that the API understands.",
		Cause:   "A member of the body or a parameter is missing, has the wrong type or breaks a limit; the body is not JSON, too large or compressed; imported credentials, sessions or consumers have a member that does not exist; or an address in the settings may not be called from here.",
		Fix:     "The message names each field at fault. Change those. Repeating the same request gives the same answer.",
		Example: example(400, typeRequest, "credentials.scope: unknown field"),
	},
	{
		Code: typeHeaders, Status: http.StatusBadRequest,
		Title:   "The headers don't say whom the request is for.",
		Cause:   "x-apideck-app-id is missing, or x-apideck-consumer-id where the request is about a consumer; or one of them is given twice, is not UTF-8, or is longer than 255 characters.",
		Fix:     "Send both, as SDKs do when appId and consumerId are set. Requests with a session's token and x-apideck-auth-type: JWT need neither.",
		Example: example(400, typeHeaders, "send x-apideck-app-id with the id of the application"),
	},
	{
		Code: typeCursor, Status: http.StatusBadRequest,
		Title:   "The cursor is none of this list.",
		Cause:   "It was changed, is of another list or of other filters.",
		Fix:     "Take cursors from meta.cursors of the page before, with the same filters; or start again without one.",
		Example: example(400, typeCursor, "the cursor is not valid for this list; start again without one"),
	},
	{
		Code: typeRedirect, Status: http.StatusBadRequest,
		Title:   "The redirect URI is not one of the application's.",
		Cause:   "Browsers are sent to registered addresses only, which are compared byte for byte.",
		Fix:     "Use a registered one, or have the operator register yours.",
		Example: example(400, typeRedirect, "…"),
	},
	{
		Code: typeOAuthState, Status: http.StatusBadRequest,
		Title:   "The state of an authorization is not valid.",
		Cause:   "It has expired, was used before, or belongs to another service, consumer or browser.",
		Fix:     "Begin again: authorize_url of the connection has a new one.",
		Example: example(400, typeOAuthState, "…"),
	},
	{
		Code: typeUnauthorized, Status: http.StatusUnauthorized,
		Title:   "The credential does not open this.",
		Cause:   "There is no Authorization header with Bearer; the API key is unknown or was rotated, or is that of another application than x-apideck-app-id; the session has ended, is for another consumer, or does not allow the action.",
		Fix:     "Send the application's API key, with the application's own id; or make a new session.",
		Example: example(401, typeUnauthorized, "the key is not the application's"),
	},
	{
		Code: typeConnector, Status: http.StatusUnauthorized,
		Title:   "The provider did not accept the connection's credentials, or could not be reached.",
		Cause:   "The consumer revoked them at the provider, the settings are wrong, or the provider is down. detail.debug has the provider's own words, and how long nothing more is tried.",
		Fix:     "Wait as long as cooldown_remaining_ms says. If the provider refused, have the consumer authorize again or correct the settings.",
		Example: `{"status_code":401,"error":"Unauthorized","type_name":"ConnectorCredentialsError","message":"the provider refused: invalid_grant","detail":{"type":"refresh_token_connector_error","message":"the provider refused: invalid_grant","debug":{"response":{"error":"invalid_grant"},"message":"the provider refused: invalid_grant","code":"invalid_grant","cooldown_remaining_ms":30000}},"ref":"` + refs + `connectorcredentialserror"}`,
	},
	{
		Code: typeLimit, Status: http.StatusPaymentRequired,
		Title:   "A limit of the application is reached.",
		Cause:   "There is as much as there may be of something; the message says of what. Waiting does not help.",
		Fix:     "Remove what is not needed, or ask the operator for more.",
		Example: example(402, typeLimit, "…"),
	},
}, docsOfState...)

// example is an answer as clients see it.
func example(status int, name, message string) string {
	return string(gateway.AppendJSON(nil, envelopeOf(status, name, message, message)))
}
