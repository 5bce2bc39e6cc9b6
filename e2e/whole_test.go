package e2e_test

import (
	"testing"
	"time"
)

// verifies has a test end with `holdplane verify`, which must find nothing in a process's
// stores. What a deletion leaves for later it may find once.
func verifies(t *testing.T, dir string, where ...string) {
	t.Helper()
	t.Cleanup(func() {
		var out []byte
		var err error
		for range 3 {
			if out, err = command(t, dir, append([]string{"verify"}, where...)...).CombinedOutput(); err == nil {
				return
			}
			<-time.After(time.Second)
		}
		t.Errorf("holdplane verify: %v\n%s", err, out)
	})
}
