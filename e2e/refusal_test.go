package e2e_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// refusals are requests with the root key that can't be done; the identity "taken" exists.
var refusals = []struct {
	name    string
	give    call
	status  int
	message string // what the message must contain
}{
	{name: "external id of two characters", give: call{path: createPath, body: `{"externalId":"ab"}`}, status: 400, message: "externalId"},
	{name: "external id absent", give: call{path: createPath, body: `{}`}, status: 400, message: "externalId"},
	{name: "external id null", give: call{path: createPath, body: `{"externalId":null}`}, status: 400, message: "externalId"},
	{name: "external id a number", give: call{path: createPath, body: `{"externalId":12345}`}, status: 400, message: "externalId"},
	{name: "meta a list", give: call{path: createPath, body: `{"externalId":"refused","meta":[]}`}, status: 400, message: "meta"},
	{name: "meta null", give: call{path: createPath, body: `{"externalId":"refused","meta":null}`}, status: 400, message: "meta"},
	{name: "meta of 64,001 characters", give: call{path: createPath, body: fmt.Sprintf(`{"externalId":"refused","meta":{"x":"%s"}}`,
		strings.Repeat("x", 64_001-len(`{"x":""}`)))}, status: 400, message: "meta"},
	{name: "rate limit 0", give: createWith(`{"name":"tokens","limit":0,"duration":1000}`), status: 400, message: "ratelimits"},
	{name: "rate limit 1.5", give: createWith(`{"name":"tokens","limit":1.5,"duration":1000}`), status: 400, message: "ratelimits"},
	{name: "rate limit a string", give: createWith(`{"name":"tokens","limit":"1","duration":1000}`), status: 400, message: "ratelimits"},
	{name: "window below a second", give: createWith(`{"name":"tokens","limit":1,"duration":999}`), status: 400, message: "ratelimits"},
	{name: "rate limit without a name", give: createWith(`{"limit":1,"duration":1000}`), status: 400, message: "ratelimits"},
	{name: "body not JSON", give: call{path: createPath, body: `{"externalId":"refused"`}, status: 400},
	{name: "body not an object", give: call{path: createPath, body: `["refused"]`}, status: 400},
	{name: "body empty", give: call{path: createPath, method: http.MethodPost}, status: 400},
	{name: "key repeated", give: call{path: createPath, body: `{"externalId":"refused","externalId":"refused"}`}, status: 400},
	{name: "nested too deep", give: call{path: createPath, body: `{"externalId":"refused","meta":` +
		strings.Repeat(`{"a":`, 10_000) + `1` + strings.Repeat(`}`, 10_000) + `}`}, status: 400},
	{name: "get without an id", give: call{path: getPath}, status: 400, message: "Provide either identityId or externalId"},
	{name: "get with an empty id", give: call{path: getPath + "?identityId="}, status: 400},
	{name: "update without an id", give: call{path: updatePath, body: `{"meta":{}}`}, status: 400, message: "Provide either identityId or externalId"},
	{name: "delete without an id", give: call{path: deletePath, body: `{}`}, status: 400, message: "identityId"},
	{name: "delete by external id", give: call{path: deletePath, body: `{"externalId":"taken"}`}, status: 400, message: "identityId"},
	{name: "list of 0", give: call{path: listPath + "?limit=0"}, status: 400, message: "limit"},
	{name: "list of 101", give: call{path: listPath + "?limit=101"}, status: 400, message: "limit"},
	{name: "list of many", give: call{path: listPath + "?limit=many"}, status: 400, message: "limit"},
	{name: "list from a bad cursor", give: call{path: listPath + "?cursor=%21"}, status: 400, message: "cursor"},

	{name: "get unknown id", give: call{path: getPath + "?identityId=id_unknown"}, status: 404},
	{name: "get unknown external id", give: call{path: getPath + "?externalId=unknown"}, status: 404},
	{name: "update unknown id", give: call{path: updatePath, body: `{"identityId":"id_unknown","meta":{}}`}, status: 404},
	{name: "update unknown environment", give: call{path: updatePath, body: `{"externalId":"taken","environment":"nowhere"}`}, status: 404},
	{name: "delete unknown id", give: call{path: deletePath, body: `{"identityId":"id_unknown"}`}, status: 404},
	{name: "unknown route", give: call{path: "/v1/identities.renameIdentity", body: `{}`}, status: 404},
	{name: "GET on a POST route", give: call{path: createPath}, status: 405},
	{name: "POST on a GET route", give: call{path: listPath, body: `{}`}, status: 405},
	{name: "DELETE on a POST route", give: call{path: deletePath, method: http.MethodDelete}, status: 405},

	{name: "external id in use", give: call{path: createPath, body: `{"externalId":"taken"}`}, status: 409, message: "already exists in this workspace"},
	{name: "two limits of one name in create", give: createWith(`{"name":"a","limit":1,"duration":1000},{"name":"a","limit":2,"duration":1000}`), status: 409},
	{name: "two limits of one name in update", give: call{path: updatePath, body: `{"externalId":"taken","ratelimits":` +
		`[{"name":"a","limit":1,"duration":1000},{"name":"a","limit":1,"duration":2000}]}`}, status: 409},
}

// errorCodes are Unkey's words for the statuses. 401 and 403 keep to what typed clients
// demand: the original answered 403 UNAUTHORIZED to unknown keys.
var errorCodes = map[int]string{
	400: "BAD_REQUEST",
	401: "UNAUTHORIZED",
	403: "FORBIDDEN",
	404: "NOT_FOUND",
	405: "METHOD_NOT_ALLOWED",
	409: "CONFLICT",
}

func createWith(ratelimits string) call {
	return call{path: createPath, body: `{"externalId":"refused","ratelimits":[` + ratelimits + `]}`}
}

func TestRefusals(t *testing.T) {
	eachForm(t, func(t *testing.T, s server) {
		s.create(t, `{"externalId":"taken"}`)
		for _, test := range refusals {
			t.Run(test.name, func(t *testing.T) {
				test.give.key = s.rootKey
				message := s.do(t, test.give).refused(t, test.status, errorCodes[test.status])
				if !strings.Contains(message, test.message) {
					t.Errorf("message %q does not say %q", message, test.message)
				}
			})
		}
		s.do(t, call{path: getPath + "?externalId=refused", key: s.rootKey}).refused(t, 404, "NOT_FOUND")
	})
}

func TestDoors(t *testing.T) {
	eachForm(t, func(t *testing.T, s server) {
		mine := s.create(t, `{"externalId":"mine"}`)
		byID := fmt.Sprintf(`{"identityId":%q}`, mine)
		calls := map[string]call{
			"create": {path: createPath, body: `{"externalId":"new"}`},
			"get":    {path: getPath + "?identityId=" + mine},
			"list":   {path: listPath},
			"update": {path: updatePath, body: byID},
			"delete": {path: deletePath, body: byID},
		}
		for _, door := range []struct {
			name, authorization string
			status              map[string]int // 200 for what is not in it
		}{
			{"no key", "", map[string]int{"create": 401, "get": 401, "list": 401, "update": 401, "delete": 401}},
			{"unknown key", "Bearer " + newKey(), map[string]int{"create": 401, "get": 401, "list": 401, "update": 401, "delete": 401}},
			{"another scheme", "Basic " + s.rootKey, map[string]int{"create": 401, "get": 401, "list": 401, "update": 401, "delete": 401}},
			{"reader", "Bearer " + s.readerKey, map[string]int{"create": 403, "update": 403, "delete": 403}},
			{"other tenant", "Bearer " + s.otherKey, map[string]int{"get": 404, "update": 404, "delete": 404}},
		} {
			for name, give := range calls {
				t.Run(door.name+" "+name, func(t *testing.T) {
					give.header = http.Header{}
					if door.authorization != "" {
						give.header.Set("Authorization", door.authorization)
					}
					r := s.do(t, give)
					if want := door.status[name]; want != 0 {
						r.refused(t, want, errorCodes[want])
					} else if r.status != http.StatusOK {
						t.Errorf("status %d, want 200: %s", r.status, r.body)
					}
				})
			}
		}
		equal(t, s.ok(t, getPath+"?externalId=mine", ""), fmt.Sprintf(`{"id":%q,"externalId":"mine","meta":{},"ratelimits":[]}`, mine))
	})
}
