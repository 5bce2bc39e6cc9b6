package passwordtest_test

import (
	"strings"
	"testing"

	"github.com/holdplane/holdplane/pkg/password"
	"github.com/holdplane/holdplane/pkg/password/passwordtest"
)

// Its hashes are like others, to every pool, but for what they cost.
func TestPool(t *testing.T) {
	cheap, dear := passwordtest.NewPool(t, password.Options{}), password.NewPool(password.Options{})
	h, err := cheap.Hash(t.Context(), "a password")
	if err != nil || !strings.HasPrefix(h, "$argon2id$v=19$m=8,t=1,p=1$") || cheap.Outdated(h) || !dear.Outdated(h) {
		t.Fatal(h, err)
	}
	for _, p := range []*password.Pool{cheap, dear} {
		for given, want := range map[string]bool{"a password": true, "another": false} {
			if ok, err := p.Verify(t.Context(), h, given); ok != want || err != nil {
				t.Errorf("%q: %v, %v", given, ok, err)
			}
		}
	}
}
