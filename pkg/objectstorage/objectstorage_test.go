package objectstorage_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/holdplane/holdplane/pkg/objectstorage"
	"github.com/holdplane/holdplane/pkg/seal"
)

func TestSecretsDoNotPrint(t *testing.T) {
	values := []any{
		objectstorage.Storage{AdminURL: "http://gateway", AdminAccessKey: "admin", AdminSecretKey: seal.Secret("hunter2")},
		objectstorage.Principal{AccessKey: "HPKEY", SecretKey: seal.Secret("hunter2"), UserID: "user_1"},
	}
	for _, v := range values {
		var out bytes.Buffer
		fmt.Fprintf(&out, "%v %+v %#v %s %q %x\n", v, v, v, v, v, v)
		slog.New(slog.NewTextHandler(&out, nil)).Info("text", "value", v)
		slog.New(slog.NewJSONHandler(&out, nil)).Info("json", "value", v)
		// Each way that fmt and slog may write the bytes.
		for _, form := range []string{"hunter2", "68756e74657232", "104 117", "0x68", "aHVudGVyMg"} {
			if strings.Contains(out.String(), form) {
				t.Errorf("%T prints %s:\n%s", v, form, &out)
			}
		}
	}
}
