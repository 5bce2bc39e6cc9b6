package gateway

import (
	"net/http"

	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/id"
)

// neutralName is the name of what belongs to no product, in logs and metrics.
const neutralName = "gateway"

// neutral is the dialect of what belongs to no product: the gateway's own pages, and
// paths that no dialect owns.
func neutral() Dialect {
	return Dialect{
		Name:            neutralName,
		RequestIDHeader: requestIDKey,
		RequestID:       func(*http.Request) string { return id.New("req") },
		Fail: func(dst []byte, c *Call, f *fault.Error) []byte {
			var e struct {
				Error struct {
					Code      string `json:"code"`
					Message   string `json:"message"`
					RequestID string `json:"requestId"`
				} `json:"error"`
			}
			e.Error.Code, e.Error.Message, e.Error.RequestID = f.Reason, f.Message, c.RequestID
			return AppendJSON(dst, e)
		},
	}
}
