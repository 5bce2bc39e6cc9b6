package secretcontainer_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"
	"pgregory.net/rapid"

	secretcontainerv1 "github.com/holdplane/holdplane/gen/holdplane/secretcontainer/v1"
)

// letters are few, so that texts are often like patterns; some are special to one of both.
var letters = []rune{'a', 'B', 'b', '_', '%', '.', '*', '\\', 'É', 'é', '\n'}

// TestLike compares filters by name with regular expressions.
func TestLike(t *testing.T) {
	s := newSafe(t)
	var names []string
	text := rapid.Custom(func(t *rapid.T) string {
		return string(rapid.SliceOfN(rapid.SampledFrom(letters), 0, 8).Draw(t, "letters"))
	})
	for i := range 60 {
		name := text.Example(i)
		names = append(names, name)
		s.make(s.alice, &secretcontainerv1.CreateSecretRequest{Name: proto.String(name)})
	}
	rapid.Check(t, func(t *rapid.T) {
		pattern := text.Draw(t, "pattern")
		want := slices.Clone(names)
		if pattern != "" { // none filters nothing
			e := regexp.QuoteMeta(pattern)
			e = strings.NewReplacer("%", ".*", "_", ".").Replace(e)
			like := regexp.MustCompile(`(?is)\A` + e + `\z`)
			want = slices.DeleteFunc(want, func(name string) bool { return !like.MatchString(name) })
		}
		got := s.names(s.alice, &secretcontainerv1.ListSecretsRequest{Name: pattern, Limit: 100})
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Fatalf("%q: got %q, want %q", pattern, got, want)
		}
	})
}

func TestLongPatterns(t *testing.T) {
	s := newSafe(t)
	longest := strings.Repeat("é", 255)
	s.make(s.alice, &secretcontainerv1.CreateSecretRequest{Name: &longest})
	for _, c := range []struct {
		name, pattern string
		want          int
	}{
		{"as long as names", strings.Repeat("_", 255), 1},
		{"and any text", strings.Repeat("%_", 255) + strings.Repeat("%", 9), 1},
		{"longer by one", strings.Repeat("_", 256), 0},
		{"longer by far", strings.Repeat("%_", 1<<16), 0},
		{"any text, far too often", strings.Repeat("%", 1<<16), 1},
		{"nearly all over", strings.Repeat("%é", 127) + "%x", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := s.names(s.alice, &secretcontainerv1.ListSecretsRequest{Name: c.pattern}); len(got) != c.want {
				t.Errorf("%d names are like it, want %d", len(got), c.want)
			}
		})
	}
}
