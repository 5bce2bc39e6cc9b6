package apideck

import (
	"strconv"

	"google.golang.org/protobuf/proto"

	"github.com/holdplane/holdplane/gateway"
	"github.com/holdplane/holdplane/pkg/wirejson"
)

// answer wraps answers. Those of lists have their rows as data, and where the pages around
// them are.
func answer(codec *wirejson.Codec) func([]byte, *gateway.Call, proto.Message) ([]byte, error) {
	return func(dst []byte, c *gateway.Call, m proto.Message) (_ []byte, err error) {
		c.TellQuota()
		c.Header["Cache-Control"] = noStore
		dress(c, m)
		dst = strconv.AppendInt(append(dst, `{"status_code":`...), int64(c.Status), 10)
		dst = append(dst, `,"status":"OK"`...)
		p, paged := m.(pageOf)
		if !paged {
			if dst, err = codec.Append(append(dst, `,"data":`...), m); err != nil {
				return nil, err
			}
			return append(dst, '}'), nil
		}
		brace := len(dst)
		if dst, err = codec.Append(dst, m); err != nil {
			return nil, err
		}
		dst[brace] = ','                              // data stands among the members before it
		dst = append(dst[:len(dst)-1], `,"meta":`...) // in the place of the last brace
		dst = append(gateway.AppendJSON(dst, metaOf(p)), `,"links":`...)
		return append(gateway.AppendJSON(dst, linksOf(c, p)), '}'), nil
	}
}

// noStore keeps addresses and tokens that open connections out of caches.
var noStore = []string{"no-store"}
