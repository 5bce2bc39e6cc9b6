package barbican_test

import (
	"net/http/httptest"
	"path/filepath"
	"testing"

	"github.com/holdplane/holdplane/gateway/gatewaytest"
)

// What is answered without the service: the rest of testdata is replayed on the whole product.
func TestRecordings(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no recordings: %v", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			s := httptest.NewUnstartedServer(nil)
			base := "http://" + s.Listener.Addr().String()
			s.Config.Handler = over(t, &scripted{}, base)
			s.Start()
			t.Cleanup(s.Close)
			if err := gatewaytest.Replay(t.Context(), base, file, map[string]string{"base": base, "alice": "alice"}); err != nil {
				t.Error(err)
			}
		})
	}
}
