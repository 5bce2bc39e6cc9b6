package requestid_test

import (
	"strings"
	"testing"

	"google.golang.org/grpc/metadata"

	"github.com/holdplane/holdplane/pkg/requestid"
)

func TestFrom(t *testing.T) {
	for name, tt := range map[string]struct {
		given []string
		want  string
	}{
		"the gateway's": {[]string{"req_1ChHN4DGSJ5j5EnngnupAH"}, "req_1ChHN4DGSJ5j5EnngnupAH"},
		"a UUID":        {[]string{"0b3c2f9e-52c5-4b9f-8f3e-2d5f5f0c7f11"}, "0b3c2f9e-52c5-4b9f-8f3e-2d5f5f0c7f11"},
		"none":          {nil, ""},
		"two":           {[]string{"a", "b"}, ""},
		"empty":         {[]string{""}, ""},
		"a forged line": {[]string{"a\nlevel=ERROR"}, ""},
		"other letters": {[]string{"ä"}, ""},
		"a long one":    {[]string{strings.Repeat("a", 65)}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			ctx := metadata.NewIncomingContext(t.Context(), metadata.MD{requestid.Key: tt.given})
			if got := requestid.From(ctx); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}
