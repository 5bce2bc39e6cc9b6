package contabo_test

import (
	"net/http"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
)

// Answers by the byte, as strict readers of numbers, booleans and lists want them.
func TestAnswers(t *testing.T) {
	page := &useradminv1.Page{Size: 10, Page: 1}
	const none = `"_pagination":{"size":10,"totalElements":0,"totalPages":0,"page":1},"_links":{"self":"PATH?page=1&size=10","first":"PATH?page=1&size=10","last":"PATH?page=1&size=10"}}`
	for _, tt := range []struct {
		name, method, path, body string
		answer                   proto.Message
		status                   int
		want                     string
	}{
		{"no users", "GET", "/v1/users", "", &useradminv1.ListUsersResponse{Page: page}, 200, `{"data":[],` + none},
		{"no roles", "GET", "/v1/roles", "", &useradminv1.ListRolesResponse{Page: page}, 200, `{"data":[],` + none},
		{"an empty user", "GET", "/v1/users/1", "", &useradminv1.GetUserResponse{User: &useradminv1.User{}}, 200,
			`{"data":[{"tenantId":"","customerId":"","userId":"","firstName":"","lastName":"","email":"","emailVerified":false,"enabled":false,"totp":false,"owner":false,"locale":"","roles":[]}],"_links":{"self":"/v1/users/1"}}`},
		{"a role made", "POST", "/v1/roles", `{"name":"a","admin":false,"accessAllResources":false}`, &useradminv1.CreateRoleResponse{TenantId: "DE", CustomerId: "1", RoleId: 1 << 40}, 201,
			`{"data":[{"tenantId":"DE","customerId":"1","roleId":1099511627776}],"_links":{"self":"/v1/roles/1099511627776"}}`},
		{"a user changed", "PATCH", "/v1/users/1", "{}", nil, 200, `{"_links":{"self":"/v1/users/1"}}`},
		{"a user removed", "DELETE", "/v1/users/1", "", nil, 204, ``},
		{"a secret with marks", "PUT", "/v1/users/client/secret", "", &useradminv1.GenerateClientSecretResponse{Secret: `<&"\`}, 200,
			`{"data":[{"tenantId":"","customerId":"","secret":"<&\"\\"}],"_links":{"self":"/v1/users/client/secret"}}`},
		{"a credential", "GET", "/v1/users/1/object-storages/2/credentials/3", "", &useradminv1.GetCredentialResponse{Credential: &useradminv1.Credential{CredentialId: 16_777_215}}, 200,
			`{"data":[{"tenantId":"","customerId":"","accessKey":"","secretKey":"","objectStorageId":"","displayName":"","region":"","credentialId":16777215}],"_links":{"self":"/v1/users/1/object-storages/2/credentials/3"}}`},
		{"a storage that ends", "GET", "/v1/object-storages/1", "", &useradminv1.GetObjectStorageResponse{ObjectStorage: &useradminv1.ObjectStorage{
			TotalPurchasedSpaceTb: 2, AutoScaling: &useradminv1.AutoScaling{State: "enabled", SizeLimitTb: 1.5}, CancelDate: &timestamppb.Timestamp{Seconds: 1_750_000_000}}}, 200,
			`{"data":[{"tenantId":"","customerId":"","objectStorageId":"","cancelDate":"2025-06-15","autoScaling":{"state":"enabled","sizeLimitTB":1.5},"dataCenter":"","totalPurchasedSpaceTB":2,"s3Url":"","s3TenantId":"","status":"","region":"","displayName":""}],"_links":{"self":"/v1/object-storages/1"}}`},
		{"an entry without changes", "GET", "/v1/users/audits", "", &useradminv1.ListUserAuditsResponse{Audits: []*useradminv1.UserAudit{{Id: 1 << 52}}, Page: page}, 200,
			`{"data":[{"id":4503599627370496,"userId":"","action":"","tenantId":"","customerId":"","changedBy":"","username":"","requestId":"","traceId":""}],` + none},
		{"a token", "POST", tokenPath, "", &useradminv1.CreateTokenResponse{ExpiresIn: 300}, 200,
			`{"access_token":"","expires_in":300,"refresh_expires_in":0,"refresh_token":"","token_type":"","not-before-policy":0,"session_state":"","scope":""}`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := ask(t, over(t, &scripted{answer: tt.answer}), tt.method, tt.path, tt.body)
			if want := strings.ReplaceAll(tt.want, "PATH", tt.path); w.Code != tt.status || w.Body.String() != want {
				t.Errorf("got %d %s\nwant %d %s", w.Code, w.Body, tt.status, want)
			}
		})
	}
}

func TestLinksOfPages(t *testing.T) {
	for _, tt := range []struct {
		name        string
		page, pages int32
		query, want string
	}{
		{"the first of several", 1, 3, "", `{"self":"U1","first":"U1","next":"U2","last":"U3"}`},
		{"one between", 2, 3, "", `{"self":"U2","first":"U1","previous":"U1","next":"U3","last":"U3"}`},
		{"the last", 3, 3, "", `{"self":"U3","first":"U1","previous":"U2","last":"U3"}`},
		{"beyond the last", 9, 3, "", `{"self":"U9","first":"U1","previous":"U3","last":"U3"}`},
		{"beyond nothing", 2, 0, "", `{"self":"U2","first":"U1","previous":"U1","last":"U1"}`},
		{"far beyond", 1<<31 - 1, 1, "", `{"self":"U2147483647","first":"U1","previous":"U1","last":"U1"}`},
		{"filtered", 1, 1, "&page=1&size=5&email=a%26b%22&orderBy=b:asc&orderBy=a:asc", `{"self":"U1Q","first":"U1Q","last":"U1Q"}`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := &scripted{answer: &useradminv1.ListUsersResponse{Page: &useradminv1.Page{Size: 10, Page: tt.page, TotalPages: tt.pages}}}
			w := ask(t, over(t, c), http.MethodGet, "/v1/users?"+strings.TrimPrefix(tt.query, "&"), "")
			want := strings.NewReplacer("Q", "&email=a%26b%22&orderBy=b%3Aasc&orderBy=a%3Aasc", "U1", "/v1/users?page=1&size=10", "U2147483647", "/v1/users?page=2147483647&size=10",
				"U2", "/v1/users?page=2&size=10", "U3", "/v1/users?page=3&size=10", "U9", "/v1/users?page=9&size=10").Replace(tt.want)
			if _, got, _ := strings.Cut(w.Body.String(), `"_links":`); got != want+"}" {
				t.Errorf("got  %s\nwant %s", got, want)
			}
		})
	}
}
