package barbican

import (
	"net/url"
	"strconv"

	"google.golang.org/protobuf/proto"

	"github.com/holdplane/holdplane/gateway"
	secretv1 "github.com/holdplane/holdplane/gen/holdplane/secretcontainer/v1"
)

// links lead to the pages beside one.
type links struct {
	Previous string `json:"previous,omitempty"`
	Next     string `json:"next,omitempty"`
}

// appendLinks puts the links of a page in the place of the last brace. An empty page has none.
func appendLinks(dst []byte, c *gateway.Call, m proto.Message) []byte {
	page, ok := m.(interface{ GetTotal() int64 })
	if !ok || size(m) == 0 {
		return dst
	}
	offset, limit := pageOf(query(c.Request))
	more := ""
	if _, ok := m.(*secretv1.ListSecretsResponse); ok {
		more = otherParameters(c)
	}
	to := func(offset int64) string {
		return c.PublicURL + path(c.Request) + "?limit=" + strconv.Itoa(int(limit)) + "&offset=" + strconv.FormatInt(offset, 10) + more
	}
	var l links
	if offset > 0 {
		l.Previous = to(max(0, offset-int64(limit)))
	}
	if page.GetTotal()-int64(limit) > offset {
		l.Next = to(offset + int64(limit))
	}
	if l == (links{}) {
		return dst
	}
	dst = append(dst[:len(dst)-1], ',')
	start := len(dst)
	dst = gateway.AppendJSON(dst, l)
	return append(dst[:start], dst[start+1:]...) // without its first brace
}

// otherParameters are those of a query that don't say which page.
func otherParameters(c *gateway.Call) string {
	text := ""
	for _, p := range parameters(c.Request) {
		if p.name != "limit" && p.name != "offset" {
			text += "&" + url.QueryEscape(p.name) + "=" + url.QueryEscape(p.value)
		}
	}
	return text
}

// size is how many objects a page has.
func size(m proto.Message) int {
	switch m := m.(type) {
	case *secretv1.ListSecretsResponse:
		return len(m.GetSecrets())
	case *secretv1.ListContainersResponse:
		return len(m.GetContainers())
	case *secretv1.ListConsumersResponse:
		return len(m.GetConsumers())
	case *secretv1.ListSecretConsumersResponse:
		return len(m.GetConsumers())
	case *secretv1.ListOrdersResponse:
		return len(m.GetOrders())
	case *secretv1.ListProjectQuotasResponse:
		return len(m.GetProjectQuotas())
	}
	return 0
}
