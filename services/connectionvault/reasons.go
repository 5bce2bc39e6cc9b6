package connectionvault

// Reasons of faults. Dialects word them.
const (
	reasonApplicationAbsent = "APPLICATION_ABSENT"         // INVALID_ARGUMENT
	reasonOtherApplication  = "APPLICATION_OF_ANOTHER_KEY" // UNAUTHENTICATED
	reasonConsumerAbsent    = "CONSUMER_ABSENT"            // INVALID_ARGUMENT
	reasonOtherConsumer     = "CONSUMER_OF_ANOTHER_SESSION"
	reasonSessionAction     = "SESSION_ACTION" // the session does not allow it; PERMISSION_DENIED

	reasonConnectionUnknown = "CONNECTION_NOT_FOUND"
	reasonIntegrationAbsent = "INTEGRATION_NOT_FOUND"
	reasonConnectorUnknown  = "CONNECTOR_NOT_FOUND"
	reasonApiUnknown        = "API_NOT_FOUND"
	reasonConsumerUnknown   = "CONSUMER_NOT_FOUND"
	reasonConsumerThere     = "CONSUMER_EXISTS"
	reasonResourceUnknown   = "RESOURCE_NOT_FOUND"
	reasonMappingUnknown    = "MAPPING_NOT_FOUND"
	reasonMappingThere      = "MAPPING_EXISTS"
	reasonWebhookUnknown    = "WEBHOOK_NOT_FOUND"
	reasonCursor            = "CURSOR_INVALID"

	reasonSettings     = "CONNECTION_SETTINGS"  // missing or wrong; FAILED_PRECONDITION
	reasonState        = "CONNECTION_STATE"     // FAILED_PRECONDITION; metadata: health
	reasonClientAbsent = "OAUTH_CLIENT_ABSENT"  // FAILED_PRECONDITION
	reasonProvider     = "PROVIDER_REFUSED"     // UNAUTHENTICATED; metadata: response, cooldown_ms
	reasonUnreachable  = "PROVIDER_UNREACHABLE" // UNAUTHENTICATED
	reasonEgress       = "ADDRESS_FORBIDDEN"    // INVALID_ARGUMENT
	reasonRedirect     = "REDIRECT_URI"         // INVALID_ARGUMENT
	reasonOAuthState   = "OAUTH_STATE"          // INVALID_ARGUMENT
	reasonConfirm      = "CONFIRM_TOKEN"        // FAILED_PRECONDITION
	reasonJSON         = "JSON_SHAPE"           // of settings, configuration…; INVALID_ARGUMENT; metadata: field
	reasonEvent        = "EVENT_UNKNOWN"        // INVALID_ARGUMENT; metadata: field
	reasonWebhookAPI   = "WEBHOOK_API"          // INVALID_ARGUMENT; metadata: field
	reasonWebhooksMany = "WEBHOOKS_TOO_MANY"    // FAILED_PRECONDITION
	reasonAppUnknown   = "APPLICATION_NOT_FOUND"
	reasonAppThere     = "APPLICATION_EXISTS"
)
