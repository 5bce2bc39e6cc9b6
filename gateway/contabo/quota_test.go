package contabo_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
	"github.com/holdplane/holdplane/pkg/fault"
)

func TestQuotaHeaders(t *testing.T) {
	for _, tt := range []struct {
		name, left string
		status     int
		want       [4]string
	}{
		{"no quota", "", 200, [4]string{}},
		{"some left", "7", 200, [4]string{"100", "7", "30", ""}},
		{"used up", "0", 429, [4]string{"100", "0", "30", "30"}},
	} {
		c := &scripted{left: tt.left}
		if tt.left == "0" {
			c.err = fault.ResourceExhausted(fault.ReasonQuota, "the quota is used up")
		}
		h := over(t, c)
		c.answer = &useradminv1.GetUserResponse{}
		user := ask(t, h, http.MethodGet, "/v1/users/1", "")
		c.answer = &useradminv1.CreateTokenResponse{}
		for name, w := range map[string]*httptest.ResponseRecorder{"user": user, "token": login(t, h, "", "")} {
			var got [4]string
			for i, name := range []string{"RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset", "Retry-After"} {
				got[i] = w.Header().Get(name)
			}
			if w.Code != tt.status || got != tt.want {
				t.Errorf("%s, %s: got %d %q: %s", tt.name, name, w.Code, got, w.Body)
			}
		}
	}
}
