package contabo

import (
	"encoding/base64"
	"net/url"
	"strings"
	"unicode/utf8"

	"google.golang.org/protobuf/proto"

	"github.com/holdplane/holdplane/gateway"
	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
	"github.com/holdplane/holdplane/pkg/fault"
)

// fillClient puts the client's id and secret into a grant whose form lacks them: clients
// may send them by HTTP Basic. Both may be there, but must be the same: the client that is
// looked up and the one that is logged must be one.
func fillClient(c *gateway.Call, m proto.Message) error {
	r, ok := m.(*useradminv1.CreateTokenRequest)
	values := c.Request.Header["Authorization"]
	if !ok || len(values) == 0 {
		return nil
	}
	if len(values) > 1 {
		return fault.InvalidArgument(reasonClientTwice, "the header Authorization is given more than once")
	}
	scheme, encoded, _ := strings.Cut(values[0], " ")
	if !strings.EqualFold(scheme, "basic") {
		return nil // an old access token, which some clients send with everything
	}
	id, secret, ok := basic(encoded)
	if !ok {
		return fault.Unauthenticated(reasonClientUnknown, "the header Authorization is not HTTP Basic")
	}
	if differ(r.GetClientId(), id) || differ(r.GetClientSecret(), secret) {
		return fault.InvalidArgument(reasonClientTwice, "the client is given twice, and not the same one")
	}
	r.ClientId, r.ClientSecret = id, secret
	return nil
}

func differ(given, other string) bool { return given != "" && given != other }

// basic reads what follows the scheme. No gRPC message holds text that is not UTF-8.
func basic(encoded string) (id, secret string, ok bool) {
	pair, err := base64.StdEncoding.DecodeString(strings.TrimSpace(encoded))
	if err != nil {
		return "", "", false
	}
	id, secret, ok = strings.Cut(string(pair), ":")
	id, secret = unescape(id), unescape(secret)
	return id, secret, ok && utf8.ValidString(id) && utf8.ValidString(secret)
}

// unescape undoes the form encoding that RFC 6749 asks for inside Basic. Go's client does
// it, curl and most others don't: without a percent sign, or with a stray one, a plus is
// a plus.
func unescape(s string) string {
	if !strings.Contains(s, "%") {
		return s
	}
	if plain, err := url.QueryUnescape(s); err == nil {
		return plain
	}
	return s
}
