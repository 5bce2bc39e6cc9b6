package catalog_test

import (
	"testing"
	"testing/fstest"

	"github.com/holdplane/holdplane/services/connectionvault/catalog"
)

// FuzzFile looks for a file that is neither read nor refused.
func FuzzFile(f *testing.F) {
	for _, file := range []string{acme, asked, attacked, "", "---\n---\n", "a: &a [*a]", "service_id: [a]", "- service_id: a", "service_id: a\n<<: {b: c}", "? [a]\n: b"} {
		f.Add(file)
	}
	f.Fuzz(func(t *testing.T, file string) {
		c, err := catalog.LoadShipped(fstest.MapFS{"one.yaml": {Data: []byte(file)}})
		if (c == nil) == (err == nil) {
			t.Errorf("%v, %v", c, err)
		}
	})
}
