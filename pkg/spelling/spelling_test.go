package spelling_test

import (
	"slices"
	"testing"

	"github.com/holdplane/holdplane/pkg/spelling"
)

func TestNearest(t *testing.T) {
	for _, test := range []struct {
		name, give string
		known      []string
		want       string
	}{
		{"a letter missing", "tenans", []string{"users", "tenants"}, "tenants"},
		{"a letter too many", "userss", []string{"users", "tenants"}, "users"},
		{"two letters swapped", "tneants", []string{"users", "tenants"}, "tenants"},
		{"of equals the first by order", "c", []string{"b", "a"}, "a"},
		{"nothing alike is still the nearest", "zzz", []string{"abcdef", "abc"}, "abc"},
		{"nothing known", "a", nil, ""},
	} {
		if got := spelling.Nearest(test.give, slices.Values(test.known)); got != test.want {
			t.Errorf("%s: %q is nearest to %q, want %q", test.name, test.give, got, test.want)
		}
	}
}
