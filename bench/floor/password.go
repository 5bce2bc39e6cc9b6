package floor

import (
	"context"
	"time"

	"golang.org/x/crypto/argon2"

	"github.com/holdplane/holdplane/bench/load"
)

// Argon hashes password after password with argon2id as users' passwords are: 19 MiB, two
// passes, one lane.
func Argon(ctx context.Context, d time.Duration) (load.Result, error) {
	password, salt := []byte("the password of the bench"), []byte("sixteen bytes ..")
	return measure(ctx, d, 1, func() (time.Duration, error) { return ownCPU(), nil }, func() error {
		argon2.IDKey(password, salt, 2, 19<<10, 1, 32)
		return nil
	})
}
