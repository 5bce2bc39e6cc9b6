package gateway

import (
	"context"
	"net/http"
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

// TellQuota sets the response headers by which callers with a quota pace themselves, and
// for one who made too many requests the one that says when to try again.
func (c *Call) TellQuota() {
	wait := tryAgain
	if q := c.Quota; q != nil {
		wait = q.Reset
		c.Header.Set("RateLimit-Limit", strconv.FormatInt(q.Limit, 10))
		c.Header.Set("RateLimit-Remaining", strconv.FormatInt(q.Remaining, 10))
		c.Header.Set("RateLimit-Reset", strconv.FormatInt(int64(q.Reset/time.Second), 10))
	}
	if c.Status == http.StatusTooManyRequests {
		c.Header.Set("Retry-After", strconv.FormatInt(int64(wait/time.Second), 10))
	}
}

// tryAgain is when to repeat what too much was asked of, where no quota says more: limits
// on strangers count minutes.
const tryAgain = time.Minute

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
