package e2e_test

import (
	"bytes"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
)

const (
	createPath = "/v1/identities.createIdentity"
	getPath    = "/v1/identities.getIdentity"
	listPath   = "/v1/identities.listIdentities"
	updatePath = "/v1/identities.updateIdentity"
	deletePath = "/v1/identities.deleteIdentity"
)

func TestAnswers(t *testing.T) {
	eachForm(t, func(t *testing.T, s server) {
		const limits = `[{"name":"b","limit":9007199254740991,"duration":1000},{"name":"a","limit":1,"duration":60000}]`
		bare := s.create(t, `{"externalId":"bare","unknown":{"a":[1]},"id":"id_mine"}`)
		full := s.create(t, `{"externalId":"full","meta":{"a":10.0},"ratelimits":`+limits+`}`)

		equal(t, s.ok(t, getPath+"?identityId="+bare, ""), fmt.Sprintf(
			`{"id":%q,"externalId":"bare","meta":{},"ratelimits":[]}`, bare))
		equal(t, s.ok(t, getPath+"?externalId=full&unknown=1", ""), fmt.Sprintf(
			`{"id":%q,"externalId":"full","meta":{"a":10.0},"ratelimits":%s}`, full, limits))

		// Items of a list have no meta, and a last page has no cursor, even a full one.
		items := []string{
			fmt.Sprintf(`{"id":%q,"externalId":"bare","ratelimits":[]}`, bare),
			fmt.Sprintf(`{"id":%q,"externalId":"full","ratelimits":%s}`, full, limits),
		}
		slices.Sort(items) // by id, which comes first
		equal(t, s.ok(t, listPath+"?limit=2", ""), `{"identities":[`+strings.Join(items, ",")+`],"total":2}`)
		equal(t, s.ok(t, listPath+"?environment=nowhere", ""), `{"identities":[],"total":0}`)

		equal(t, s.ok(t, updatePath, `{"externalId":"full","meta":{},"ratelimits":[],"unknown":null}`), fmt.Sprintf(
			`{"id":%q,"externalId":"full","meta":{},"ratelimits":[]}`, full))
		equal(t, s.ok(t, deletePath, fmt.Sprintf(`{"identityId":%q}`, full)), `{}`)

		if r := s.do(t, call{path: "/v1/liveness"}); r.status != http.StatusOK {
			t.Errorf("liveness without a key: status %d: %s", r.status, r.body)
		}
	})
}

func TestMetaIsKeptByteForByte(t *testing.T) {
	const meta = `{"ten":[10,10.0,1e1],"big":9007199254740993,"minus zero":-0,"long":0.1000000000000000055511,` +
		`"escaped":"\u00e9\/\ud83d\ude00","plain":"é/😀<&>","null":null,"z":{"y":{},"x":[]}, "spaced" : [ ] }`
	eachForm(t, func(t *testing.T, s server) {
		s.create(t, `{"externalId":"created","meta":`+meta+`}`)
		s.create(t, `{"externalId":"updated"}`)
		bodies := [][]byte{
			s.ok(t, getPath+"?externalId=created", ""),
			s.ok(t, updatePath, `{"externalId":"updated","meta":`+meta+`}`),
			s.ok(t, getPath+"?externalId=updated", ""),
		}
		for _, body := range bodies {
			if !bytes.Contains(body, []byte(`"meta":`+meta)) {
				t.Errorf("meta is not as it was given in\n%s\nwant\n%s", body, meta)
			}
		}
		longest := fmt.Sprintf(`{"x":"%s"}`, strings.Repeat("x", 64_000-len(`{"x":""}`)))
		s.create(t, `{"externalId":"longest","meta":`+longest+`}`)
	})
}

func TestPretty(t *testing.T) {
	eachForm(t, func(t *testing.T, s server) {
		s.create(t, `{"externalId":"pretty","meta":{"a":[1]}}`)
		plain := bytes.TrimSpace(s.ok(t, getPath+"?externalId=pretty", ""))
		pretty := bytes.TrimSpace(s.ok(t, getPath+"?externalId=pretty&pretty", ""))
		if bytes.ContainsRune(plain, '\n') || !bytes.ContainsRune(pretty, '\n') {
			t.Errorf("want lines in the pretty answer only:\n%s\n%s", plain, pretty)
		}
		equal(t, pretty, string(plain))
	})
}

func TestPreflight(t *testing.T) {
	// What a browser asks before @unkey/api may send a create from another origin.
	header := http.Header{
		"Origin":                         {"https://app.example.com"},
		"Access-Control-Request-Method":  {"POST"},
		"Access-Control-Request-Headers": {"authorization,content-type,unkey-telemetry-runtime,unkey-telemetry-sdk"},
	}
	eachForm(t, func(t *testing.T, s server) {
		r := s.do(t, call{method: http.MethodOptions, path: createPath, header: header})
		if r.status != http.StatusOK && r.status != http.StatusNoContent {
			t.Errorf("status %d, want 200 or 204: %s", r.status, r.body)
		}
		if got := r.header.Get("Access-Control-Allow-Origin"); got != "*" {
			t.Errorf("Access-Control-Allow-Origin is %q, want *", got)
		}
		if got := r.header.Values("Access-Control-Allow-Credentials"); got != nil {
			t.Errorf("Access-Control-Allow-Credentials is %q, want none", got)
		}
		for name, want := range map[string]string{
			"Access-Control-Allow-Methods": "post",
			"Access-Control-Allow-Headers": header.Get("Access-Control-Request-Headers"),
		} {
			for w := range strings.SplitSeq(want, ",") {
				if !allows(r.header.Get(name), w) {
					t.Errorf("%s %q does not allow %s", name, r.header.Get(name), w)
				}
			}
		}
	})
}

// allows reads a list as browsers do: "*" stands for everything but authorization.
func allows(list, name string) bool {
	names := strings.Split(strings.ToLower(strings.ReplaceAll(list, " ", "")), ",")
	return slices.Contains(names, name) || name != "authorization" && slices.Contains(names, "*")
}
