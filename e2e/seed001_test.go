package e2e_test

import (
	"fmt"
	"testing"
)

// TestSeed001 runs the five samples of unkey.py's own README as they are printed there,
// with only the server's address, the key and the ids put in. The SDK raises on
// everything but 200, so a sample that ends well was answered well.
func TestSeed001(t *testing.T) {
	eachForm(t, func(t *testing.T, s server) {
		const tokens = `{"name":"tokens","limit":10,"duration":1000}`
		proxy := record(t, s.baseURL)
		run := s.samples(t, "unkey1")
		sample := func(name, id string) {
			t.Helper()
			run(fill001(t, name, s.rootKey, proxy.url, id))
		}

		sample("create", "")
		got := s.ok(t, getPath+"?externalId=user_123", "")
		id, _ := decode(t, got).(map[string]any)["id"].(string)
		want := fmt.Sprintf(`{"id":%q,"externalId":"user_123","meta":{},"ratelimits":[%s]}`, id, tokens)
		equal(t, got, want)

		sample("get", id)

		for i := range 100 {
			s.create(t, fmt.Sprintf(`{"externalId":"more_%d"}`, i))
		}
		sample("list", "")

		s.ok(t, updatePath, fmt.Sprintf(`{"identityId":%q,"ratelimits":[]}`, id))
		sample("update", id)
		equal(t, s.ok(t, getPath+"?identityId="+id, ""), want)

		sample("delete", id)
		s.do(t, call{path: getPath + "?identityId=" + id, key: s.rootKey}).refused(t, 404, "NOT_FOUND")

		// The list sample asks for a second page, as there are 101 identities.
		if n := len(proxy.exchanges()); n != 6 {
			t.Errorf("the five samples sent %d requests, want 6: %+v", n, proxy.exchanges())
		}
	})
}

// fill001 puts values in the place of those that a sample was printed with.
func fill001(t *testing.T, name, rootKey, baseURL, id string) string {
	t.Helper()
	return fillSample(t, "seed001", name,
		`bearer_auth="UNKEY_ROOT_KEY",`, fmt.Sprintf("bearer_auth=%q,\n    server_url=%q,", rootKey, baseURL),
		"id_1234", id,
		"user_1234", "user_123",
	)
}
