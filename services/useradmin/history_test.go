package useradmin_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"

	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
)

// requestN is the id of a request.
func requestN(n int) string { return fmt.Sprintf("00000000-0000-4000-8000-%012d", n) }

// operate is the operator's context for a request.
func operate(t *testing.T, n int, trace string) context.Context {
	return metadata.NewOutgoingContext(t.Context(), metadata.Pairs("x-request-id", requestN(n), "x-trace-id", trace))
}

// past has the operator add ann and bob on one day, cem at the beginning of the next and dee
// on it, and ann change bob then, each by a request of its number. It takes a day of
// synctest, which begins at midnight.
func past(t *testing.T, w *world) {
	t.Helper()
	for i, id := range []string{"ann", "bob", "cem", "dee"} {
		time.Sleep([]time.Duration{0, time.Hour, 23 * time.Hour, time.Second}[i])
		_, err := w.operator.AddUser(operate(t, i+1, "trace-"+id), &useradminv1.AddUserRequest{
			Tenant: acme, Id: id, Email: id + "@example.com", Password: goodPassword, Owner: id == "ann",
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	time.Sleep(time.Second)
	ann := metadata.AppendToOutgoingContext(w.contabo(acme, "ann"), "x-request-id", requestN(5), "x-trace-id", "trace-bob")
	_, err := useradminv1.NewUserServiceClient(w.public).UpdateUser(ann, &useradminv1.UpdateUserRequest{UserId: "bob", Locale: new("de")})
	if err != nil {
		t.Fatal(err)
	}
}

func TestListUserAudits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		first := time.Now().UTC().Format(time.DateOnly)
		second := time.Now().Add(24 * time.Hour).UTC().Format(time.DateOnly)
		w.rest()
		past(t, w)
		two := int64(2)
		for _, c := range []struct {
			name  string
			give  *useradminv1.ListUserAuditsRequest
			want  string // users
			total int32
		}{
			{"newest first", &useradminv1.ListUserAuditsRequest{}, "bob dee cem bob ann", 5},
			{"second page", &useradminv1.ListUserAuditsRequest{Page: &two, Size: &two}, "cem bob", 5},
			{"a page past the end", &useradminv1.ListUserAuditsRequest{Page: ptr(9)}, "", 5},
			{"of a user", &useradminv1.ListUserAuditsRequest{UserId: "bob"}, "bob bob", 2},
			{"of no user", &useradminv1.ListUserAuditsRequest{UserId: "eve"}, "", 0},
			{"of a request", &useradminv1.ListUserAuditsRequest{RequestId: requestN(3)}, "cem", 1},
			{"by the operator", &useradminv1.ListUserAuditsRequest{ChangedBy: "operator"}, "dee cem bob ann", 4},
			{"by a user", &useradminv1.ListUserAuditsRequest{ChangedBy: "ann"}, "bob", 1},
			{"by nobody", &useradminv1.ListUserAuditsRequest{ChangedBy: "bob"}, "", 0},
			{"of a day", &useradminv1.ListUserAuditsRequest{StartDate: first, EndDate: first}, "bob ann", 2},
			{"from a day on", &useradminv1.ListUserAuditsRequest{StartDate: second}, "bob dee cem", 3},
			{"up to a day", &useradminv1.ListUserAuditsRequest{EndDate: first}, "bob ann", 2},
			{"up to the last day", &useradminv1.ListUserAuditsRequest{EndDate: second}, "bob dee cem bob ann", 5},
			{"of a user up to a day", &useradminv1.ListUserAuditsRequest{EndDate: first, UserId: "bob"}, "bob", 1},
			{"until before they began", &useradminv1.ListUserAuditsRequest{StartDate: second, EndDate: first}, "", 0},
			{"by what they lack", &useradminv1.ListUserAuditsRequest{OrderBy: []string{"name:asc", "roleId:asc"}}, "bob dee cem bob ann", 5},
			{"by time", &useradminv1.ListUserAuditsRequest{OrderBy: []string{"timestamp:asc"}}, "ann bob cem dee bob", 5},
			{"by time, newest first", &useradminv1.ListUserAuditsRequest{OrderBy: []string{"timestamp:desc"}}, "bob dee cem bob ann", 5},
			{"by id", &useradminv1.ListUserAuditsRequest{OrderBy: []string{"id:ASC"}, Size: &two}, "ann bob", 5},
			{"by user", &useradminv1.ListUserAuditsRequest{OrderBy: []string{"userId:asc"}}, "ann bob bob cem dee", 5},
			{"by user, second page", &useradminv1.ListUserAuditsRequest{OrderBy: []string{"userId:desc"}, Page: &two, Size: &two}, "bob bob", 5},
			{"by action, then by time", &useradminv1.ListUserAuditsRequest{OrderBy: []string{"action:desc", "timestamp:asc"}}, "bob ann bob cem dee", 5},
			{"by request", &useradminv1.ListUserAuditsRequest{OrderBy: []string{"requestId:asc"}}, "ann bob cem dee bob", 5},
			{"by trace", &useradminv1.ListUserAuditsRequest{OrderBy: []string{"traceId:desc"}}, "dee cem bob bob ann", 5},
			{"by who did it", &useradminv1.ListUserAuditsRequest{OrderBy: []string{"changedBy:desc", "username:asc"}}, "dee cem bob ann bob", 5},
		} {
			r, err := useradminv1.NewHistoryServiceClient(w.public).ListUserAudits(w.contabo(acme, "ann"), c.give)
			if err != nil {
				t.Errorf("%s: %v", c.name, err)
				continue
			}
			var got []string
			for _, a := range r.GetAudits() {
				got = append(got, a.GetUserId())
			}
			if strings.Join(got, " ") != c.want || r.GetPage().GetTotalElements() != c.total {
				t.Errorf("%s: got %q of %d, want %q of %d", c.name, got, r.GetPage().GetTotalElements(), c.want, c.total)
			}
		}
	})
}

func TestUserAudit(t *testing.T) {
	w := newWorld(t)
	if _, err := w.operator.AddUser(operate(t, 7, "the trace"), &useradminv1.AddUserRequest{Tenant: acme, Id: "ann", Email: "ann@example.com", Password: goodPassword, Owner: true}); err != nil {
		t.Fatal(err)
	}
	r, err := useradminv1.NewHistoryServiceClient(w.public).ListUserAudits(w.contabo(acme, "ann"), &useradminv1.ListUserAuditsRequest{})
	if err != nil || len(r.GetAudits()) != 1 {
		t.Fatalf("%v, %v", r, err)
	}
	a := r.GetAudits()[0]
	if a.GetId() <= 0 || a.GetId() >= 1<<53 || a.GetAction() != "CREATED" || a.GetTenantId() != "HP" || a.GetCustomerId() != acme ||
		a.GetChangedBy() != "operator" || a.GetUsername() != "operator" || a.GetRequestId() != requestN(7) || a.GetTraceId() != "the trace" ||
		time.Since(a.GetTimestamp().AsTime()) > time.Minute {
		t.Errorf("got %v", a)
	}
	if !strings.HasPrefix(a.GetChanges(), `{"prev":{},"new":{`) || !strings.Contains(a.GetChanges(), `"email":"ann@example.com"`) || strings.Contains(a.GetChanges(), "argon2") {
		t.Errorf("changes are %s", a.GetChanges())
	}
}

func TestListRoleAudits(t *testing.T) {
	w := newWorld(t)
	w.add(&useradminv1.AddUserRequest{Id: "ann", Owner: true})
	for i := range 3 {
		_, err := w.operator.AddRole(operate(t, i, ""), &useradminv1.AddRoleRequest{
			Tenant: acme, RoleId: int64(3000 - 900*i), Role: &useradminv1.CreateRoleRequest{Name: fmt.Sprint("role ", i)},
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		name string
		give *useradminv1.ListRoleAuditsRequest
		want []int64
	}{
		{"newest first", &useradminv1.ListRoleAuditsRequest{}, []int64{1200, 2100, 3000}},
		{"of a role", &useradminv1.ListRoleAuditsRequest{RoleId: ptr(2100)}, []int64{2100}},
		{"of no role", &useradminv1.ListRoleAuditsRequest{RoleId: ptr(0)}, nil},
		{"by role", &useradminv1.ListRoleAuditsRequest{OrderBy: []string{"roleId:desc"}}, []int64{3000, 2100, 1200}},
		{"by what they lack", &useradminv1.ListRoleAuditsRequest{OrderBy: []string{"userId:desc"}}, []int64{1200, 2100, 3000}},
		{"of a request", &useradminv1.ListRoleAuditsRequest{RequestId: requestN(0)}, []int64{3000}},
	} {
		r, err := useradminv1.NewHistoryServiceClient(w.public).ListRoleAudits(w.contabo(acme, "ann"), c.give)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		var got []int64
		for _, a := range r.GetAudits() {
			got = append(got, a.GetRoleId())
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: got %v, want %v", c.name, got, c.want)
		}
	}
}

func TestAuditsAreForWhomTheyMayReach(t *testing.T) {
	w := newWorld(t)
	w.add(&useradminv1.AddUserRequest{Id: "ann", Owner: true})
	w.add(&useradminv1.AddUserRequest{Id: "bob", Roles: []int64{2}})
	w.add(&useradminv1.AddUserRequest{Tenant: rival, Id: "spy", Owner: true})
	client := useradminv1.NewHistoryServiceClient(w.public)
	for _, c := range []struct {
		name   string
		caller context.Context
		user   string
		start  string
		want   codes.Code
	}{
		{"without permission", w.contabo(acme, "bob"), "", "", codes.PermissionDenied},
		{"with permission", w.rootKey(acme, "users.audits.read", "roles.audits.read"), "", "", codes.OK},
		{"by a session for another product", w.keystone(acme, "ann"), "", "", codes.Unauthenticated},
		{"of a day that is none", w.contabo(acme, "ann"), "", "2023-02-29", codes.InvalidArgument},
		{"of a month that is none", w.contabo(acme, "ann"), "", "2023-13-01", codes.InvalidArgument},
		{"of a time", w.contabo(acme, "ann"), "", "2023-01-01T00:00:00Z", codes.InvalidArgument},
	} {
		_, err := client.ListUserAudits(c.caller, &useradminv1.ListUserAuditsRequest{StartDate: c.start})
		t.Log(c.name)
		expect(t, err, c.want)
		_, err = client.ListRoleAudits(c.caller, &useradminv1.ListRoleAuditsRequest{EndDate: c.start})
		expect(t, err, c.want)
	}
	r, err := client.ListUserAudits(w.contabo(rival, "spy"), &useradminv1.ListUserAuditsRequest{UserId: "ann"})
	if err != nil || len(r.GetAudits()) != 0 {
		t.Errorf("of another tenant's user: %v, %v", r, err)
	}
}

// ptr is a number that is present.
func ptr(n int64) *int64 { return &n }
