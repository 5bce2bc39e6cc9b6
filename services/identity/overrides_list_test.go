package identity_test

import (
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	identityv2 "github.com/holdplane/holdplane/gen/holdplane/identity/v2"
)

// overridePages walks a list of overrides and returns its ids, page by page.
type overridePages func(limit *int32, cursor *string) (ids []string, next *string, err error)

func (l *limiting) pagesV1(namespace string, total int64) overridePages {
	return func(limit *int32, cursor *string) (ids []string, next *string, err error) {
		r, err := l.v1.ListOverrides(l.ctx, &identityv1.ListOverridesRequest{NamespaceName: &namespace, Limit: limit, Cursor: cursor})
		if err == nil && r.GetTotal() != total {
			l.t.Errorf("v1: total %d, want %d", r.GetTotal(), total)
		}
		for _, o := range r.GetOverrides() {
			ids = append(ids, o.GetId())
		}
		if err != nil {
			return nil, nil, err
		}
		return ids, r.Cursor, nil
	}
}

func (l *limiting) pagesV2(namespace string) overridePages {
	return func(limit *int32, cursor *string) (ids []string, next *string, err error) {
		r, err := l.v2.ListOverrides(l.ctx, &identityv2.ListOverridesRequest{Namespace: namespace, Limit: limit, Cursor: cursor})
		for _, o := range r.GetOverrides() {
			ids = append(ids, o.GetOverrideId())
		}
		if p := r.GetPagination(); err == nil && p.GetHasMore() != (p.Cursor != nil) {
			l.t.Errorf("v2: has_more is %t, the cursor %q", p.GetHasMore(), p.GetCursor())
		}
		if err != nil {
			return nil, nil, err
		}
		return ids, r.GetPagination().Cursor, nil
	}
}

// walk returns all ids and how many each page had.
func (p overridePages) walk(t *testing.T, limit *int32) (all []string, sizes []int) {
	t.Helper()
	for next := (*string)(nil); ; {
		ids, cursor, err := p(limit, next)
		if err != nil {
			t.Fatal(err)
		}
		all, sizes = append(all, ids...), append(sizes, len(ids))
		if next = cursor; next == nil {
			return all, sizes
		}
	}
}

func TestListOverrides(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, nil)
		l := w.limiting("a")
		for _, n := range []string{"n", "empty", "other"} {
			w.namespace(l, "a", n)
		}
		var want []string
		for i := range 103 {
			time.Sleep(time.Millisecond) // ids are in order from one millisecond to the next
			want = append(want, l.set("n", fmt.Sprint("user", i), 1))
			if i%10 == 0 {
				l.set("other", fmt.Sprint("user", i), 1)
			}
		}
		for _, c := range []struct {
			name  string
			pages overridePages
			limit *int32
			sizes []int
			want  []string
		}{
			{"v1", l.pagesV1("n", 103), nil, []int{100, 3}, want},
			{"v1 by 60", l.pagesV1("n", 103), proto.Int32(60), []int{60, 43}, want},
			{"v1, none", l.pagesV1("empty", 0), nil, []int{0}, nil},
			{"v2", l.pagesV2("n"), nil, []int{10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 3}, want},
			{"v2 by 100", l.pagesV2("n"), proto.Int32(100), []int{100, 3}, want},
			{"v2, none", l.pagesV2("empty"), nil, []int{0}, nil},
		} {
			got, sizes := c.pages.walk(t, c.limit)
			if !slices.Equal(got, c.want) || !slices.Equal(sizes, c.sizes) {
				t.Errorf("%s: pages of %v, want %v; ids %v", c.name, sizes, c.sizes, got)
			}
		}
	})
}

// A cursor is for one list only.
func TestOverrideCursorsBelongToTheirList(t *testing.T) {
	w := newWorld(t, nil)
	a, b := w.limiting("a"), w.limiting("b")
	for _, l := range []*limiting{a, b} {
		if err := limitCalls["v2"](l, "n"); err != nil {
			t.Fatal(err)
		}
		l.set("n", "user1", 1)
		l.set("n", "user2", 1)
	}
	w.namespace(a, "a", "m")
	_, next, err := a.pagesV2("n")(proto.Int32(1), nil)
	if err != nil || next == nil {
		t.Fatalf("first page: %v, cursor %v", err, next)
	}
	for name, pages := range map[string]overridePages{
		"another namespace": a.pagesV2("m"), "another version": a.pagesV1("n", 2), "another tenant": b.pagesV2("n"),
	} {
		_, _, err := pages(nil, next)
		if expectCode(t, err, codes.InvalidArgument); err == nil {
			t.Errorf("%s takes it", name)
		}
	}
}
