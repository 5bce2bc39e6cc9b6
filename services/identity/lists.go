package identity

import (
	"iter"

	"github.com/holdplane/holdplane/pkg/page"
)

// defaultPageSize is the rows a page of the internal lists has when nobody asks.
const defaultPageSize = 100

// pageRequest is what the requests of the internal lists have in common.
type pageRequest interface {
	GetPageSize() int32
	GetPageToken() string
}

// pageOf reads where a page starts, nil at the beginning, and how many rows it has.
func (s *Service) pageOf(list page.Scope, r pageRequest) (after []byte, size int, err error) {
	size = int(r.GetPageSize())
	if size == 0 {
		size = defaultPageSize
	}
	if r.GetPageToken() != "" {
		after, err = s.deps.Cursors.Decode(list, r.GetPageToken())
	}
	return after, size, err
}

// pageToken is the token of the page that starts at next; empty when there is none.
func (s *Service) pageToken(list page.Scope, next []byte) (string, error) {
	if next == nil {
		return "", nil
	}
	return s.deps.Cursors.Encode(list, next)
}

// take collects up to size rows, and tells whether there are more.
func take[M any](rows iter.Seq2[M, error], size int) (taken []M, more bool, err error) {
	for m, err := range rows {
		if err != nil {
			return nil, false, err
		}
		if len(taken) == size {
			return taken, true, nil
		}
		taken = append(taken, m)
	}
	return taken, false, nil
}
