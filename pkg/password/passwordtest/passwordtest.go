// Package passwordtest makes pools for tests that log in often, and are not about what a hash
// costs.
package passwordtest

import (
	"testing"

	"github.com/holdplane/holdplane/pkg/password"
	"github.com/holdplane/holdplane/pkg/password/internal/cost"
)

// NewPool returns a pool whose hashes take microseconds, and are argon2id's all the same. Under
// the race detector others take a tenth of a second.
func NewPool(_ testing.TB, o password.Options) *password.Pool {
	o.Cost = cost.Params{Memory: 8, Passes: 1, Lanes: 1}
	return password.NewPool(o)
}
