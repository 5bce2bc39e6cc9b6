package contabo

import (
	"net/url"
	"strconv"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/holdplane/holdplane/gateway"
	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
	"github.com/holdplane/holdplane/pkg/wirejson"
)

// links are _links. Answers that are no lists have the first one only.
type links struct {
	Self     string `json:"self"`
	First    string `json:"first,omitempty"`
	Previous string `json:"previous,omitempty"`
	Next     string `json:"next,omitempty"`
	Last     string `json:"last,omitempty"`
}

// answer wraps answers. Data is an array even of one object; the answer to an update has
// none at all.
func answer(codec *wirejson.Codec) func([]byte, *gateway.Call, proto.Message) ([]byte, error) {
	return func(dst []byte, c *gateway.Call, m proto.Message) (_ []byte, err error) {
		c.TellQuota()
		everlasting(m)
		self := links{Self: c.Request.URL.EscapedPath()}
		switch made := m.(type) {
		case interface{ GetPage() *useradminv1.Page }:
			if dst, err = codec.Append(dst, m); err != nil {
				return nil, err
			}
			dst = append(dst[:len(dst)-1], `,"_links":`...) // in the place of the last brace
			return append(gateway.AppendJSON(dst, linksOf(c.Request.URL, made.GetPage())), '}'), nil
		case *useradminv1.CreateUserResponse:
			self.Self += "/" + made.GetUserId()
		case *useradminv1.CreateRoleResponse:
			self.Self += "/" + strconv.FormatInt(made.GetRoleId(), 10)
		}
		dst = append(dst, '{')
		if m.ProtoReflect().Descriptor().Fields().Len() > 0 {
			if dst, err = codec.Append(append(dst, `"data":[`...), m); err != nil {
				return nil, err
			}
			dst = append(dst, `],`...)
		}
		return append(gateway.AppendJSON(append(dst, `"_links":`...), self), '}'), nil
	}
}

// linksOf leads to the pages around one, with the filters and the order that were asked for.
func linksOf(u *url.URL, p *useradminv1.Page) links {
	asked := u.Query() // what is malformed was refused
	asked.Del("page")
	asked.Del("size")
	rest := "&size=" + strconv.Itoa(int(p.GetSize()))
	if filters := asked.Encode(); filters != "" {
		rest += "&" + filters
	}
	at := func(page int32) string { return u.EscapedPath() + "?page=" + strconv.Itoa(int(page)) + rest }
	page, last := p.GetPage(), max(p.GetTotalPages(), 1)
	l := links{Self: at(page), First: at(1), Last: at(last)}
	if page > 1 {
		l.Previous = at(min(page-1, last))
	}
	if page < last {
		l.Next = at(page + 1)
	}
	return l
}

// never is the end of an object storage that has none. Contabo requires a date, and clients
// generated from its document read no object without one (pfruck-contabo 2.0.0).
var never = timestamppb.New(time.Date(9999, time.December, 31, 0, 0, 0, 0, time.UTC))

func everlasting(m proto.Message) {
	var all []*useradminv1.ObjectStorage
	switch m := m.(type) {
	case *useradminv1.ListObjectStoragesResponse:
		all = m.GetObjectStorages()
	case *useradminv1.GetObjectStorageResponse:
		all = append(all, m.GetObjectStorage())
	}
	for _, s := range all {
		if s != nil && s.CancelDate == nil {
			s.CancelDate = never
		}
	}
}
