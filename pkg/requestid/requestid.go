// Package requestid follows a request through logs and audit records.
package requestid

import (
	"context"

	"google.golang.org/grpc/metadata"
)

// Key is the metadata key, and the HTTP header, that an id travels under.
const Key = "x-request-id"

// From returns the id that the gateway, or a caller of its own accord, gave the request;
// empty when there is none worth repeating.
func From(ctx context.Context) string {
	if ids := metadata.ValueFromIncomingContext(ctx, Key); len(ids) == 1 && plain(ids[0]) {
		return ids[0]
	}
	return ""
}

// plain keeps what a stranger sends from forging log lines and headers.
func plain(s string) bool {
	if len(s) == 0 || len(s) > 64 {
		return false
	}
	for _, c := range []byte(s) {
		if (c|0x20 < 'a' || c|0x20 > 'z') && (c < '0' || c > '9') && c != '-' && c != '_' {
			return false
		}
	}
	return true
}
