package apideck

import (
	"net/http"

	"github.com/holdplane/holdplane/gateway"
)

// docsOfState explain faults that are not the request's own.
var docsOfState = []gateway.ErrorDoc{
	{
		Code: typeEntity, Status: http.StatusNotFound,
		Title:   "There is nothing under this id, or at this path.",
		Cause:   "The consumer, mapping, resource, unified API or webhook does not exist, was deleted, or is another application's; or the path is misspelled, or of an operation that is not served here.",
		Fix:     "Take ids from the list of the same kind. Paths are case-sensitive and end without a slash.",
		Example: example(404, typeEntity, "consumer test-consumer does not exist"),
	},
	{
		Code: typeNoConnector, Status: http.StatusNotFound,
		Title:   "There is no such connector.",
		Cause:   "No service of the catalog has this id.",
		Fix:     "GET /connector/connectors lists them. Operators can add files of their own.",
		Example: example(404, typeNoConnector, "connector pipe does not exist"),
	},
	{
		Code: typeIntegration, Status: http.StatusNotFound,
		Title:   "The application does not integrate this service.",
		Cause:   "The service is in the catalog, but the operator has not set it up for the application.",
		Fix:     "Ask the operator to add the integration.",
		Example: example(404, typeIntegration, "…"),
	},
	{
		Code: typeConnection, Status: http.StatusNotFound,
		Title:   "There is no such connection.",
		Cause:   "The service is not one of the unified API, or the consumer has not added the connection.",
		Fix:     "GET /vault/connections lists all that there can be, with their states.",
		Example: example(404, typeConnection, "…"),
	},
	{
		Code: typeMethod, Status: http.StatusMethodNotAllowed,
		Title:   "The path is right, the method is not.",
		Cause:   "Reads are GET, new objects POST, changes PATCH, removals DELETE. Browsers' preflights end here, too: no other origin is let in.",
		Fix:     "The Allow header of the answer lists the methods of this path.",
		Example: example(405, typeMethod, "the method is not allowed here"),
	},
	{
		Code: typeConflict, Status: http.StatusConflict,
		Title:   "It is there already.",
		Cause:   "A consumer or mapping with this id exists, or was changed at the same time. After a lost answer a repeated create ends here, too: the first one succeeded.",
		Fix:     "Read what is there, and change that.",
		Example: example(409, typeConflict, "consumer test-consumer exists"),
	},
	{
		Code: typeState, Status: http.StatusUnprocessableEntity,
		Title:   "The connection is not in a state for this.",
		Cause:   "It is not added, disabled, or of another grant than the operation is for; or a confirm token has expired or was used.",
		Fix:     "state and health of the connection say what is missing.",
		Example: example(422, typeState, "…"),
	},
	{
		Code: typeSettings, Status: http.StatusUnprocessableEntity,
		Title:   "Settings of the connection are missing or wrong.",
		Cause:   "A required form field has no value, or a value is none that the service takes.",
		Fix:     "form_fields of the connection lists what is needed. Send the settings by PATCH first.",
		Example: example(422, typeSettings, `the setting "instance_url" is missing; enter it first`),
	},
	{
		Code: typeCredentials, Status: http.StatusUnprocessableEntity,
		Title:   "The integration has no OAuth client.",
		Cause:   "The operator has not entered the client that was registered at the provider.",
		Fix:     "Ask the operator to enter client id and secret.",
		Example: example(422, typeCredentials, "…"),
	},
	{
		Code: typeRate, Status: http.StatusTooManyRequests,
		Title:   "Too many requests.",
		Cause:   "More requests were made than the application's owner, or the server, admits in a period of time.",
		Fix:     "Wait as many seconds as the header Retry-After says and repeat: SDKs don't do so by themselves.",
		Example: `{"status_code":429,"error":"Too Many Requests","type_name":"ConnectorRateLimitError","message":"the quota is used up; try again in 30 seconds","detail":{"context":"the quota is used up; try again in 30 seconds","error":"Too Many Requests"},"ref":"` + refs + `connectorratelimiterror"}`,
	},
	{
		Code: typeInternal, Status: http.StatusInternalServerError,
		Title:   "The server could not do what it should.",
		Cause:   "A defect of the server.",
		Fix:     "Give the operator the Request-Id; the server's log has the cause under it.",
		Example: example(500, typeInternal, "internal error"),
	},
	{
		Code: typeUnavailable, Status: http.StatusServiceUnavailable,
		Title:   "A service is not there just now.",
		Cause:   "It is not reachable (503), or did not answer in time (504). Providers that fail are another error.",
		Fix:     "This passes: repeat the request, with growing pauses, as SDKs do by themselves.",
		Example: example(503, typeUnavailable, "the service is not reachable; try again"),
	},
}
