package record_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/holdplane/holdplane/pkg/objectstorage"
	"github.com/holdplane/holdplane/pkg/objectstorage/record"
	"github.com/holdplane/holdplane/pkg/seal"
)

func TestNothingIsAsked(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("the storage is asked %s %s", r.Method, r.URL)
	}))
	defer server.Close()
	for _, s := range []objectstorage.Storage{{}, {AdminURL: server.URL, AdminAccessKey: "admin", AdminSecretKey: seal.Secret("secret")}} {
		for range 2 {
			if err := (record.Driver{}).Put(t.Context(), s, objectstorage.Principal{AccessKey: "HPKEY", SecretKey: seal.Secret("secret")}); err != nil {
				t.Error(err)
			}
			if err := (record.Driver{}).Delete(t.Context(), s, "HPKEY"); err != nil {
				t.Error(err)
			}
		}
	}
}
