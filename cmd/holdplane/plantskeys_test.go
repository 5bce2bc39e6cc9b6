package main

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
)

// planted is what answers have that tests go on with.
type planted struct{ APIID, KeyID, Key, Code, Plaintext string }

// object calls the API of v2 and reads the data of the answer, which must be a success.
func (p *planting) object(s *server, path string, body any) (data planted) {
	p.t.Helper()
	status, answer := s.post(p.t, p.key, path, body)
	if err := json.Unmarshal([]byte(answer), &struct{ Data any }{&data}); err != nil || status != http.StatusOK {
		p.t.Errorf("%s answers %d %s", path, status, answer)
	}
	if data.Key != "" {
		p.plantKey(data.Key)
	}
	return data
}

// plantKey plants a key and the digest by which it is known.
func (p *planting) plantKey(key string) (hash string) {
	d := sha256.Sum256([]byte(p.plant(key)))
	p.plant(string(d[:]))
	return p.plant(base64.StdEncoding.EncodeToString(d[:]))
}

type fields = map[string]any

// grants makes a role and a permission, which other calls name.
func (p *planting) grants(s *server) {
	p.roleName, p.slug = p.value(), p.value()
	p.object(s, "/v2/permissions.createRole", fields{"name": p.roleName, "description": p.value()})
	p.object(s, "/v2/permissions.createPermission", fields{"name": p.value(), "slug": p.slug, "description": p.value()})
}

// keys makes keys in every way, and uses them with everything that can be said.
func (p *planting) keys(s *server) (api string) {
	api = p.object(s, "/v2/apis.createApi", fields{"name": p.value()}).APIID
	limit := fields{"name": p.value(), "limit": 10, "duration": 60_000, "autoApply": true}
	made := p.object(s, "/v2/keys.createKey", fields{
		"apiId": api, "prefix": p.value()[:12], "name": p.value(), "externalId": p.value(), "meta": fields{p.value(): p.value()}, "recoverable": true,
		"roles": []string{p.roleName}, "permissions": []string{p.slug}, "credits": fields{"remaining": 10}, "ratelimits": []any{limit},
	})
	if got := p.object(s, "/v2/keys.getKey", fields{"keyId": made.KeyID, "decrypt": true}); got.Plaintext != made.Key {
		p.t.Error("a recoverable key is not recovered")
	}
	again := p.object(s, "/v2/keys.rerollKey", fields{"keyId": made.KeyID, "expiration": 60_000})
	for _, key := range []string{made.Key, again.Key} {
		p.valid(s, key)
		p.object(s, "/v2/keys.verifyKey", fields{"key": key, "permissions": "(" + p.value() + " AND " + p.value() + ") OR " + p.value()})
		p.want(s, http.StatusBadRequest, "/v2/keys.verifyKey", fields{"key": key, "permissions": "(" + p.value() + " AND " + p.value()})
	}
	old := p.value()
	p.want(s, http.StatusOK, "/v1/migrations.createKeys", []any{fields{"apiId": api, "plaintext": old, "name": p.value(), "environment": p.value()}})
	p.plantKey(old)
	later := p.value()
	hash := p.plantKey(later)
	p.want(s, http.StatusBadRequest, "/v2/keys.migrateKeys", fields{"migrationId": "sha256", "apiId": api, "keys": []any{fields{"hash": p.value()}}})
	p.object(s, "/v2/keys.migrateKeys", fields{"migrationId": "sha256", "apiId": api, "keys": []any{fields{"hash": hash}}})
	p.valid(s, old)
	p.valid(s, later)
	return api
}

// valid verifies a key that has to be valid.
func (p *planting) valid(s *server, key string) {
	p.t.Helper()
	inline := fields{"name": p.value(), "limit": 10, "duration": 60_000}
	if got := p.object(s, "/v2/keys.verifyKey", fields{"key": key, "tags": []string{p.value()}, "ratelimits": []any{inline}}); got.Code != "VALID" {
		p.t.Errorf("a key is %s", got.Code)
	}
	status, answer := s.post(p.t, "", "/v1/keys.verifyKey", fields{"key": key, "tags": []string{p.value()}, "authorization": fields{"permissions": fields{"or": []string{p.value(), p.slug}}}})
	if status != http.StatusOK || strings.Contains(answer, "NOT_FOUND") {
		p.t.Errorf("v1 answers %d %s", status, answer)
	}
}

// overrides counts in namespaces of planted names.
func (p *planting) overrides(s *server) {
	for _, identifier := range []string{p.value(), p.value() + "*"} {
		space := p.value()
		p.object(s, "/v2/ratelimit.limit", fields{"namespace": space, "identifier": identifier, "limit": 1, "duration": 60_000})
		named := fields{"namespace": space, "identifier": identifier}
		p.object(s, "/v2/ratelimit.setOverride", fields{"namespace": space, "identifier": identifier, "limit": 5, "duration": 60_000})
		p.object(s, "/v2/ratelimit.getOverride", named)
		p.object(s, "/v2/ratelimit.limit", fields{"namespace": space, "identifier": identifier, "limit": 1, "duration": 60_000})
	}
}

// imports takes over a file of keys, good ones and bad ones.
func (p *planting) imports(s *server, api string) {
	var lines strings.Builder
	var good []string
	for range 3 {
		key, hashed := p.value(), p.value()
		good = append(good, key, hashed)
		p.plantKey(key)
		fmt.Fprintf(&lines, `{"apiId":%q,"plaintext":%q,"name":%q,"externalId":%q,"meta":{%q:%q},"environment":%q}`+"\n", api, key, p.value(), p.value(), p.value(), p.value(), p.value())
		fmt.Fprintf(&lines, `{"apiId":%q,"hash":{"value":%q,"variant":"sha256_base64"},"ownerId":%q,"roles":[%q],"permissions":[%q]}`+"\n", api, p.plantKey(hashed), p.value(), p.value(), p.value())
	}
	for _, form := range []string{
		`%s`, `{"plaintext":"%s"`, `{"%s":1}`, `{"plaintext":["%s"]}`, `{"apiId":"nowhere","plaintext":"%s"}`, `{"apiId":"none","hash":"%s"}`, `{"apiId":"none","hash":{"value":"x","variant":"%s"}}`,
		`{"apiId":"none","plaintext":"x","refill":{"interval":"%s"}}`, `{"apiId":"none","plaintext":"x","prefix":"%s"}`, `{"apiId":"none","plaintext":"x","meta":"%s"}`,
	} {
		fmt.Fprintf(&lines, form+"\n", p.value())
	}
	file := p.write(p.t, "keys.jsonl", lines.String(), 0o600)
	for i, more := range [][]string{{"--dry-run"}, nil, {"--json"}} {
		out, err := runWith(p.t, "", append([]string{"keys", "import", file, "--tenant", p.tenant, "--data-dir", p.data}, more...)...)
		if err == nil || !strings.Contains(out, "refused") {
			p.t.Errorf("import %v: %v %s", more, err, out)
			continue
		}
		p.written[fmt.Sprint("import ", i)] = []byte(out + err.Error())
	}
	for _, key := range good {
		p.valid(s, key)
	}
}
