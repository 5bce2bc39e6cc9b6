package contabo_test

import (
	"path/filepath"
	"testing"

	"github.com/holdplane/holdplane/gateway/gatewaytest"
)

// Recordings in the folder fake need the tests' services; the others hold for the whole
// product, too.
func TestRecordings(t *testing.T) {
	for _, pattern := range []string{"testdata/*.txtar", "testdata/fake/*.txtar"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatalf("no recordings %s: %v", pattern, err)
		}
		for _, file := range files {
			t.Run(filepath.ToSlash(file), func(t *testing.T) {
				vars := map[string]string{"key": rootKey, "reader": readerKey, "session": session, "base": "https://api.example.com"}
				if err := gatewaytest.Replay(t.Context(), serve(t), file, vars); err != nil {
					t.Error(err)
				}
			})
		}
	}
}
