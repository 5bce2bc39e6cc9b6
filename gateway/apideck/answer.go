package apideck

import (
	"slices"
	"strconv"

	"google.golang.org/protobuf/proto"

	"github.com/holdplane/holdplane/gateway"
	vaultv1 "github.com/holdplane/holdplane/gen/holdplane/connectionvault/v1"
	"github.com/holdplane/holdplane/pkg/wirejson"
)

// answer wraps answers. Those of lists have their rows as data, and where the pages around
// them are.
func answer(codec *wirejson.Codec) func([]byte, *gateway.Call, proto.Message) ([]byte, error) {
	return func(dst []byte, c *gateway.Call, m proto.Message) (_ []byte, err error) {
		c.TellQuota()
		c.Header["Cache-Control"] = noStore
		dress(c, m)
		if all, ok := m.(*vaultv1.ListConnectionsResponse); ok {
			dst = slices.Grow(dst, len(all.GetConnections())*roomForOne)
		}
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

// roomForOne is more than most connections take, in bytes. Lists of them have no pages: a
// buffer that grows would be copied many times over.
const roomForOne = 1536

// noStore keeps addresses and tokens that open connections out of caches.
var noStore = []string{"no-store"}
