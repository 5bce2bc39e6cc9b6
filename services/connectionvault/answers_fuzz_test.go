package connectionvault_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	connectionvaultv1 "github.com/holdplane/holdplane/gen/holdplane/connectionvault/v1"
)

// FuzzTokenAnswer has a provider answer a refresh with anything: callers get a token or are
// told what is the matter, in words that don't repeat what the provider was sent.
func FuzzTokenAnswer(f *testing.F) {
	for _, body := range []string{
		`{"access_token":"a","expires_in":3600,"refresh_token":"r","scope":"read"}`, `{"access_token":"a","expires_in":"1e400","account":{"id":[]}}`, `{"access_token":"a","expires_in":-9223372036854775808}`,
		`{"access_token":["a"]}`, `{"error":"invalid_grant","error_description":"` + sentToken + `\u0000"}`, `{"error":{"code":1}}`, `"`, `null`, "\xff", `{"access_token":"\ud800"}`,
	} {
		f.Add(200, "application/json", body)
		f.Add(400, "application/json;;", body)
	}
	f.Add(200, "application/x-www-form-urlencoded", "access_token=%ff&expires_in=x")
	f.Add(200, "text/plain", "access_token=a&token_type=%00&refresh_token=%ff&scope=%ff")
	f.Add(302, "", "")
	f.Add(503, "text/html", "<p>busy")
	w := newFlow(f)
	f.Fuzz(func(t *testing.T, code int, mediaType, body string) {
		if code < 200 || code > 599 {
			return
		}
		w.provider.set(func(p *provider) {
			p.asked = nil
			p.instead = func(rw http.ResponseWriter, _ url.Values) bool {
				rw.Header().Set("Content-Type", mediaType)
				rw.Header().Set("Location", body)
				rw.WriteHeader(code)
				_, _ = rw.Write([]byte(body)) // some codes have no body
				return true
			}
		})
		for _, service := range []string{"rotator", "jason"} {
			_, err := w.process.connections.ImportConnection(w.app, &connectionvaultv1.ImportConnectionRequest{
				ApplicationId: "shop", ConsumerId: "ann", UnifiedApi: "crm", ServiceId: service,
				Credentials: &connectionvaultv1.ImportedCredentials{RefreshToken: proto.String(sentToken)},
			})
			if err != nil {
				t.Fatal(err)
			}
			got, err := w.process.token(w.reader, "ann", service)
			checkTold(t, got, err)
		}
	})
}

// sentToken is a refresh token that providers are sent.
const sentToken = "a refresh token of ann's"

func checkTold(t *testing.T, got *connectionvaultv1.GetAccessTokenResponse, err error) {
	t.Helper()
	told := status.Convert(err)
	switch told.Code() {
	case codes.OK:
		if got.GetAccessToken() == "" || !utf8.ValidString(got.GetAccessToken()) {
			t.Errorf("the token is %q", got.GetAccessToken())
		}
	case codes.Unauthenticated, codes.InvalidArgument:
		if !utf8.ValidString(told.Message()) || strings.Contains(told.Message(), sentToken) || len(told.Message()) > 2000 {
			t.Errorf("callers are told %q", told.Message())
		}
	default:
		t.Errorf("callers are told %v", err)
	}
}
