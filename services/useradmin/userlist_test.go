package useradmin_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"

	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
)

func TestListUsers(t *testing.T) {
	w := newIdleWorld(t, nil)
	w.add(&useradminv1.AddUserRequest{Id: "a", Email: "zoe@example.com", FirstName: "Bea", Owner: true, Locale: "de"})
	w.add(&useradminv1.AddUserRequest{Id: "b", Email: "Yan@example.com", Totp: true, Password: goodPassword, Roles: []int64{3}})
	w.add(&useradminv1.AddUserRequest{Id: "c", Email: "xia@other.example", LastName: "Ames", Disabled: true})
	w.add(&useradminv1.AddUserRequest{Tenant: rival, Id: "r", Email: "rita@example.com"})
	for _, c := range []struct {
		name string
		give *useradminv1.ListUsersRequest
		want string
	}{
		{"in the order of ids", &useradminv1.ListUsersRequest{}, "a b c"},
		{"by part of the address", &useradminv1.ListUsersRequest{Email: "EXAMPLE.COM"}, "a b"},
		{"who are enabled", &useradminv1.ListUsersRequest{Enabled: proto.Bool(true)}, "a b"},
		{"who are disabled", &useradminv1.ListUsersRequest{Enabled: proto.Bool(false)}, "c"},
		{"who own", &useradminv1.ListUsersRequest{Owner: proto.Bool(true)}, "a"},
		{"who don't own", &useradminv1.ListUsersRequest{Owner: proto.Bool(false)}, "b c"},
		{"who are enabled and don't own", &useradminv1.ListUsersRequest{Enabled: proto.Bool(true), Owner: proto.Bool(false)}, "b"},
		{"nobody", &useradminv1.ListUsersRequest{Email: "%"}, ""},
		{"by id", &useradminv1.ListUsersRequest{OrderBy: []string{"userId:desc"}}, "c b a"},
		{"by address", &useradminv1.ListUsersRequest{OrderBy: []string{"email"}}, "c b a"},
		{"by the first name that is shown", &useradminv1.ListUsersRequest{OrderBy: []string{"firstName:asc"}}, "a c b"},
		{"by last name", &useradminv1.ListUsersRequest{OrderBy: []string{"lastName:DESC"}}, "c a b"},
		{"by verification", &useradminv1.ListUsersRequest{OrderBy: []string{"emailVerified:desc"}}, "b a c"},
		{"by being enabled", &useradminv1.ListUsersRequest{OrderBy: []string{"enabled"}}, "c a b"},
		{"by the second factor", &useradminv1.ListUsersRequest{OrderBy: []string{"totp:desc"}}, "b a c"},
		{"by owner", &useradminv1.ListUsersRequest{OrderBy: []string{"owner"}}, "b c a"},
		{"by language, then by id", &useradminv1.ListUsersRequest{OrderBy: []string{"locale:desc", "userId:desc"}}, "c b a"},
		{"by roles", &useradminv1.ListUsersRequest{OrderBy: []string{"roles:desc"}}, "b a c"},
		{"by what they have not", &useradminv1.ListUsersRequest{OrderBy: []string{"timestamp:desc", "name"}}, "a b c"},
		{"by what all share", &useradminv1.ListUsersRequest{OrderBy: []string{"tenantId:desc", "customerId:desc"}}, "a b c"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, err := w.users.ListUsers(w.all(), c.give)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, u := range r.GetUsers() {
				got = append(got, u.GetUserId())
				if diff := cmp.Diff(w.get(u.GetUserId()), u, protocmp.Transform()); diff != "" {
					t.Error(diff)
				}
			}
			if strings.Join(got, " ") != c.want || r.GetPage().GetTotalElements() != int32(len(got)) {
				t.Errorf("got %v of %d, want %q", got, r.GetPage().GetTotalElements(), c.want)
			}
		})
	}
}

func TestPagesOfUsers(t *testing.T) {
	w := newIdleWorld(t, nil)
	var ids []string
	for i := range 25 {
		ids = append(ids, w.user(fmt.Sprintf("u%02d", i)))
	}
	for _, c := range []struct {
		name       string
		page, size *int64
		want       []string
		wantPage   *useradminv1.Page
	}{
		{"the first", nil, nil, ids[:10], &useradminv1.Page{Page: 1, Size: 10, TotalPages: 3, TotalElements: 25}},
		{"the last", proto.Int64(3), nil, ids[20:], &useradminv1.Page{Page: 3, Size: 10, TotalPages: 3, TotalElements: 25}},
		{"past the end", proto.Int64(4), nil, nil, &useradminv1.Page{Page: 4, Size: 10, TotalPages: 3, TotalElements: 25}},
		{"far past the end", proto.Int64(1<<31 - 1), proto.Int64(1 << 40), nil, &useradminv1.Page{Page: 1<<31 - 1, Size: 1000, TotalPages: 1, TotalElements: 25}},
		{"all on one", nil, proto.Int64(25), ids, &useradminv1.Page{Page: 1, Size: 25, TotalPages: 1, TotalElements: 25}},
	} {
		for _, order := range [][]string{nil, {"userId"}} {
			t.Run(fmt.Sprintf("%s, ordered by %v", c.name, order), func(t *testing.T) {
				r, err := w.users.ListUsers(w.all(), &useradminv1.ListUsersRequest{Page: c.page, Size: c.size, OrderBy: order})
				if err != nil {
					t.Fatal(err)
				}
				var got []string
				for _, u := range r.GetUsers() {
					got = append(got, u.GetUserId())
				}
				if diff := cmp.Diff(c.wantPage, r.GetPage(), protocmp.Transform()); diff != "" || !slices.Equal(got, c.want) {
					t.Errorf("got %v, want %v\n%s", got, c.want, diff)
				}
			})
		}
	}
	for _, bad := range []*useradminv1.ListUsersRequest{{Page: proto.Int64(0)}, {Page: proto.Int64(1 << 31)}, {Size: proto.Int64(0)}, {Size: proto.Int64(-1)}} {
		_, err := w.users.ListUsers(w.all(), bad)
		expect(t, err, codes.InvalidArgument)
	}
}
