package identity

import (
	"iter"
	"strings"

	"google.golang.org/protobuf/proto"

	"github.com/holdplane/holdplane/pkg/table"
)

// searchBudget bounds the rows that one page of a search reads: a row counts once, and
// again for each searchBytes it has. A page that finds little ends there, and the client
// goes on from its cursor.
const (
	searchBudget = 20_000
	searchBytes  = 1 << 10
)

// matching collects up to size rows that match, and the position that the rest comes
// after; nil when there is no more.
func matching[M proto.Message](t *table.Table[M], rows iter.Seq2[M, error], size int, match func(M) bool) (found []M, next []byte, err error) {
	spent := 0
	var last M
	kept := func(yield func(M, error) bool) {
		for m, err := range rows {
			if err == nil && spent >= searchBudget {
				next = t.Position(last)
				return
			}
			spent, last = spent+1+proto.Size(m)/searchBytes, m
			if err == nil && !match(m) {
				continue
			}
			if !yield(m, err) {
				return
			}
		}
	}
	found, rest, err := t.Take(kept, size)
	if rest != nil {
		next = rest
	}
	return found, next, err
}

// contains tells whether any of the texts contains what is searched for, in any case.
func contains(search string, texts ...string) bool {
	search = strings.ToLower(strings.TrimSpace(search))
	for _, text := range texts {
		if strings.Contains(strings.ToLower(text), search) {
			return true
		}
	}
	return search == ""
}
