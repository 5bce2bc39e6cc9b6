package useradmin

import (
	"cmp"
	"slices"
	"strings"

	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
)

// Sizes of pages. Contabo's reference names no maximum; its own client asks for 100.
const (
	defaultPageSize = 10
	maxPageSize     = 1000
)

// paged is what every list request has.
type paged interface {
	GetPage() int64
	GetSize() int64
	GetOrderBy() []string
}

// fields are what rows can be ordered by, under their names on the wire.
type fields[M any] map[string]func(a, b M) int

// cut orders rows as the request asks, stably, and returns its page of them. Fields that
// the rows lack are ignored: Contabo's client sends orderBy=timestamp:desc to every list.
func cut[M any](rows []M, r paged, by fields[M]) ([]M, *useradminv1.Page) {
	if order := orderOf(r.GetOrderBy(), by); order != nil {
		slices.SortStableFunc(rows, order)
	}
	page, total := pageOf(r), int64(len(rows))
	size := int64(page.GetSize())
	from := min(int64(page.GetPage()-1)*size, total)
	return rows[from:min(from+size, total)], counted(page, total)
}

// pageOf is the page that is asked for.
func pageOf(r paged) *useradminv1.Page {
	return &useradminv1.Page{Page: int32(cmp.Or(r.GetPage(), 1)), Size: int32(min(cmp.Or(r.GetSize(), defaultPageSize), maxPageSize))}
}

// counted adds to a page how many rows there are on all.
func counted(page *useradminv1.Page, total int64) *useradminv1.Page {
	size := int64(page.GetSize())
	page.TotalElements, page.TotalPages = int32(total), int32((total+size-1)/size)
	return page
}

// orderOf joins the orders that are known; nil when none is.
func orderOf[M any](names []string, by fields[M]) func(a, b M) int {
	var orders []func(a, b M) int
	for _, name := range names {
		name, direction, _ := strings.Cut(name, ":")
		order := by[name]
		switch {
		case order == nil:
		case strings.EqualFold(direction, "desc"):
			orders = append(orders, func(a, b M) int { return order(b, a) })
		default:
			orders = append(orders, order)
		}
	}
	if orders == nil {
		return nil
	}
	return func(a, b M) int {
		for _, order := range orders {
			if c := order(a, b); c != 0 {
				return c
			}
		}
		return 0
	}
}

// byText orders by a text, without regard to case.
func byText[M any](get func(M) string) func(a, b M) int {
	return func(a, b M) int { return strings.Compare(strings.ToLower(get(a)), strings.ToLower(get(b))) }
}

// byFlag puts false before true.
func byFlag[M any](get func(M) bool) func(a, b M) int {
	number := func(m M) int {
		if get(m) {
			return 1
		}
		return 0
	}
	return func(a, b M) int { return cmp.Compare(number(a), number(b)) }
}
