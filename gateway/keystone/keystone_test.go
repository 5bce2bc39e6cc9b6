package keystone_test

import (
	"path/filepath"
	"testing"

	"github.com/holdplane/holdplane/gateway/gatewaytest"
)

func TestRecordings(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no recordings: %v", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			base := serve(t)
			if err := gatewaytest.Replay(t.Context(), base, file, map[string]string{"base": base}); err != nil {
				t.Error(err)
			}
		})
	}
}
