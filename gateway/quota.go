package gateway

import (
	"context"
	"strconv"
	"time"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
)

// Quota is how much of its own quota a caller has left. Services tell it beside answers
// and faults, in the response metadata ratelimit-limit, ratelimit-remaining and
// ratelimit-reset.
type Quota struct {
	// Limit is how many requests a window admits, Remaining how many it still does.
	Limit, Remaining int64
	// Reset is how long the window still lasts, in whole seconds.
	Reset time.Duration
}

// quotaKeys are the names of its numbers, in the order of the fields.
var quotaKeys = [3]string{"ratelimit-limit", "ratelimit-remaining", "ratelimit-reset"}

// quotaOf reads what the service told; nil when it told nothing that makes sense.
func quotaOf(ctx context.Context) *Quota {
	md, _ := runtime.ServerMetadataFromContext(ctx)
	var numbers [len(quotaKeys)]int64
	for i, key := range quotaKeys {
		values := md.HeaderMD[key]
		if len(values) != 1 {
			return nil
		}
		n, err := strconv.ParseInt(values[0], 10, 32)
		if err != nil || n < 0 {
			return nil
		}
		numbers[i] = n
	}
	return &Quota{Limit: numbers[0], Remaining: numbers[1], Reset: time.Duration(numbers[2]) * time.Second}
}
