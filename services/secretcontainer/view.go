package secretcontainer

import (
	"iter"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/holdplane/holdplane/pkg/table"
	"github.com/holdplane/holdplane/pkg/tenant"
)

// statusActive is of all that can be found.
const statusActive = "ACTIVE"

// every is all rows.
var every table.Page

// timestamp is a moment by its Unix microseconds; unset for 0.
func timestamp(us int64) *timestamppb.Timestamp {
	if us == 0 {
		return nil
	}
	return timestamppb.New(time.UnixMicro(us))
}

// scopeOf is where a secret or a container is, with all that goes with it.
func scopeOf(m owned) table.Scope { return scope(tenant.ID(m.GetTenant())) }

func collect[M any](rows iter.Seq2[M, error]) (all []M, err error) {
	for m, err := range rows {
		if err != nil {
			return nil, err
		}
		all = append(all, m)
	}
	return all, nil
}

// sizeOf is how many rows a page has at most.
func sizeOf(limit int32) int {
	if limit == 0 {
		return 10
	}
	return int(limit)
}
