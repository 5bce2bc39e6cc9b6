package secretcontainer

import (
	"google.golang.org/protobuf/proto"

	"github.com/holdplane/holdplane/pkg/fault"
)

// maxPage bounds what stands on a page of secrets or containers, in bytes: what uses them, or
// is in them, is all told. Ten of anything fit, however full, and an answer of this size can
// be carried between processes.
const maxPage = 24 << 20

// pageRoom is what is left of a page.
type pageRoom struct{ left int }

func newPageRoom() pageRoom { return pageRoom{maxPage} }

// take has another description stand on the page, and refuses what doesn't fit.
func (r *pageRoom) take(m proto.Message) error {
	if r.left -= proto.Size(m); r.left < 0 {
		return fault.InvalidArgument(reasonPageTooLarge, "the page would have more than %d MiB: ask for fewer with limit, 10 always fit", maxPage>>20)
	}
	return nil
}
