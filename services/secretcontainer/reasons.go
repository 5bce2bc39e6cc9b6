package secretcontainer

// Reasons of faults. Dialects word them.
const (
	reasonSecretUnknown    = "SECRET_NOT_FOUND"
	reasonSecretID         = "SECRET_ID_INVALID" // it is no UUID; NOT_FOUND
	reasonSecretInUse      = "SECRET_HAS_CONSUMERS"
	reasonSecretEnded      = "EXPIRATION_PAST"
	reasonPayloadAbsent    = "PAYLOAD_ABSENT"         // NOT_FOUND
	reasonPayloadThere     = "PAYLOAD_EXISTS"         // ALREADY_EXISTS
	reasonPayloadEmpty     = "PAYLOAD_EMPTY"          // INVALID_ARGUMENT
	reasonPayloadTooLarge  = "PAYLOAD_TOO_LARGE"      // INVALID_ARGUMENT
	reasonPayloadType      = "PAYLOAD_TYPE"           // of a payload to keep; INVALID_ARGUMENT
	reasonPayloadTypeless  = "PAYLOAD_TYPE_ABSENT"    // a payload without type; INVALID_ARGUMENT
	reasonPayloadTypeAlone = "PAYLOAD_TYPE_ALONE"     // a type without payload; INVALID_ARGUMENT
	reasonPayloadText      = "PAYLOAD_NOT_UTF8"       // text that is none; INVALID_ARGUMENT
	reasonPayloadAccept    = "PAYLOAD_NOT_ACCEPTABLE" // of one to read; INVALID_ARGUMENT
	reasonMetadatumUnknown = "METADATUM_NOT_FOUND"
	reasonMetadatumThere   = "METADATUM_EXISTS"
	reasonMetadatumKeys    = "METADATUM_KEYS_DIFFER" // ALREADY_EXISTS
	reasonMetadataKey      = "METADATA_KEY"          // INVALID_ARGUMENT
	reasonMetadataTooLarge = "METADATA_TOO_LARGE"    // INVALID_ARGUMENT

	reasonSecretConsumerUnknown = "SECRET_CONSUMER_NOT_FOUND"

	reasonContainerUnknown = "CONTAINER_NOT_FOUND"
	reasonContainerID      = "CONTAINER_ID_INVALID"     // it is no UUID; NOT_FOUND
	reasonContainerFixed   = "CONTAINER_NOT_GENERIC"    // INVALID_ARGUMENT
	reasonContainerFull    = "CONTAINER_FULL"           // INVALID_ARGUMENT
	reasonContainedUnknown = "CONTAINED_SECRET_UNKNOWN" // NOT_FOUND; metadata: name
	reasonContainedThere   = "CONTAINED_SECRET_EXISTS"  // ALREADY_EXISTS
	reasonContainedAbsent  = "CONTAINED_SECRET_ABSENT"  // NOT_FOUND
	reasonContainedNames   = "CONTAINED_NAMES"          // of a type, or given twice; INVALID_ARGUMENT; metadata: problem
	reasonContainedTwice   = "CONTAINED_SECRET_TWICE"   // INVALID_ARGUMENT

	reasonConsumerUnknown = "CONSUMER_NOT_FOUND"
	reasonConsumerForeign = "CONSUMER_OF_ANOTHER" // PERMISSION_DENIED

	reasonOrderUnknown = "ORDER_NOT_FOUND"
	reasonOrderMeta    = "ORDER_META" // INVALID_ARGUMENT

	reasonPageTooLarge = "PAGE_TOO_LARGE" // INVALID_ARGUMENT

	reasonQuotaReached  = "PROJECT_QUOTA_REACHED" // PERMISSION_DENIED; metadata: resource
	reasonQuotasUnknown = "PROJECT_QUOTAS_NOT_FOUND"

	reasonDeletedUnknown = "DELETED_SECRET_NOT_FOUND"
)
