package e2e_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"testing"
	"time"
)

// bite is how long a change may take to reach every process.
const bite = 5 * time.Second

// change is something that one process is told and another must act on.
type change struct {
	name string
	// make prepares it by process a and returns what changes it, by a as well, and what
	// tells whether a process acts on it.
	make func(t *testing.T, c cluster, a server) (do func(), known func(server) bool)
}

var changes = []change{
	{name: "root key revoked", make: func(t *testing.T, c cluster, a server) (func(), func(server) bool) {
		var made struct {
			Key    struct{ ID string }
			Secret string
		}
		fill(t, c.operate(t, a, "keys", "create", "--tenant", "default", "--permission", "*"), &made)
		return func() { c.operate(t, a, "keys", "revoke", made.Key.ID, "--tenant", "default") },
			func(s server) bool {
				return s.do(t, call{path: "/v2/identities.listIdentities", key: made.Secret, body: `{}`}).status == 401
			}
	}},
	{name: "key deleted", make: keyChange(`{}`, "keys.deleteKey", `{"keyId":%q}`, `{}`, "NOT_FOUND")},
	{name: "key disabled", make: keyChange(`{}`, "keys.updateKey", `{"keyId":%q,"enabled":false}`, `{}`, "DISABLED")},
	{name: "key ended", make: keyChange(`{}`, "keys.updateKey", `{"keyId":%q,"expires":1}`, `{}`, "EXPIRED")},
	{name: "credits taken", make: keyChange(`{"credits":{"remaining":9}}`, "keys.updateCredits",
		`{"keyId":%q,"operation":"set","value":0}`, `{}`, "USAGE_EXCEEDED")},
	{name: "permission removed", make: keyChange(`{"permissions":["a.b"]}`, "keys.removePermissions",
		`{"keyId":%q,"permissions":["a.b"]}`, `{"permissions":"a.b"}`, "INSUFFICIENT_PERMISSIONS")},
	{name: "role's permission removed", make: func(t *testing.T, _ cluster, a server) (func(), func(server) bool) {
		role := a.name()
		id := a.v2(t, "permissions.createRole", fmt.Sprintf(`{"name":%q,"permissions":["by.role"]}`, role))["roleId"]
		_, key := a.newAPIKey(t, fmt.Sprintf(`{"roles":[%q]}`, role))
		return func() {
				a.v2list(t, "permissions.setRolePermissions", fmt.Sprintf(`{"roleId":%q,"permissions":[]}`, id))
			},
			func(s server) bool {
				return s.verify(t, key, `{"permissions":"by.role"}`)["code"] == "INSUFFICIENT_PERMISSIONS"
			}
	}},
	{name: "identity's limit changed", make: func(t *testing.T, _ cluster, a server) (func(), func(server) bool) {
		who := a.name()
		body := `{%q:%q,"ratelimits":[{"name":"tokens","limit":%d,"duration":86400000,"autoApply":true}]}`
		a.v2(t, "identities.createIdentity", fmt.Sprintf(body, "externalId", who, 1000))
		_, key := a.newAPIKey(t, fmt.Sprintf(`{"externalId":%q}`, who))
		return func() { a.v2(t, "identities.updateIdentity", fmt.Sprintf(body, "identity", who, 1)) },
			func(s server) bool {
				limits, _ := s.verify(t, key, `{}`)["ratelimits"].([]any)
				limit, _ := limits[0].(map[string]any)
				return limit["limit"] == json.Number("1")
			}
	}},
	{name: "override set", make: func(t *testing.T, _ cluster, a server) (func(), func(server) bool) {
		space := a.name()
		a.limit(t, space, 100)
		return func() { a.override(t, space, 7) }, func(s server) bool { return s.limit(t, space, 100) == "7" }
	}},
	{name: "override deleted", make: func(t *testing.T, _ cluster, a server) (func(), func(server) bool) {
		space := a.name()
		a.limit(t, space, 100)
		a.override(t, space, 7)
		return func() {
				a.v2(t, "ratelimit.deleteOverride", fmt.Sprintf(`{"namespace":%q,"identifier":"user"}`, space))
			},
			func(s server) bool { return s.limit(t, space, 100) == "100" }
	}},
	{name: "key imported that was refused", make: func(t *testing.T, _ cluster, a server) (func(), func(server) bool) {
		secret, api := a.name(), a.v2(t, "apis.createApi", `{"name":"imports"}`)["apiId"]
		digest := sha256.Sum256([]byte(secret))
		hash := base64.StdEncoding.EncodeToString(digest[:])
		body := fmt.Sprintf(`[{"apiId":%q,"hash":{"value":%q,"variant":"sha256_base64"}}]`, api, hash)
		return func() { a.ok(t, "/v1/migrations.createKeys", body) },
			func(s server) bool {
				verdict := s.ok(t, "/v1/keys.verifyKey", fmt.Sprintf(`{"key":%q}`, secret))
				return bytes.Contains(verdict, []byte(`"VALID"`))
			}
	}},
}

// keyChange is a change to a key that another verdict shows. All are of v2; the key's id goes
// into the request that changes it.
func keyChange(fields, operation, request, query, verdict string) func(*testing.T, cluster, server) (func(), func(server) bool) {
	return func(t *testing.T, _ cluster, a server) (func(), func(server) bool) {
		id, key := a.newAPIKey(t, fields)
		return func() { a.data(t, operation, fmt.Sprintf(request, id)) },
			func(s server) bool { return s.verify(t, key, query)["code"] == verdict }
	}
}

// TestChangesReachOtherProcesses tells one process of changes and looks at another, which
// has acted on what was before.
func TestChangesReachOtherProcesses(t *testing.T) {
	c := newCluster(t, newServer())
	b, _ := c.join(t)
	t.Run("by a process that lives on", func(t *testing.T) {
		t.Parallel()
		a, _ := c.join(t)
		reach(t, c, b, func(t *testing.T) (server, func()) { return a, func() {} })
	})
	t.Run("by a process that dies when it has answered", func(t *testing.T) {
		t.Parallel()
		reach(t, c, b, func(t *testing.T) (server, func()) {
			a, p := c.join(t)
			return a, func() { p.kill(t) }
		})
	})
}

// reach makes all changes, each by a process that begin starts, and then waits for all of
// them at b: what takes seconds takes them once.
func reach(t *testing.T, c cluster, b server, begin func(t *testing.T) (a server, answered func())) {
	type pending struct {
		do, answered func()
		known        func(server) bool
		since        time.Time
	}
	all := make([]pending, len(changes))
	for i, change := range changes {
		a, answered := begin(t)
		do, known := change.make(t, c, a)
		all[i] = pending{do: do, answered: answered, known: known}
	}
	for i, change := range changes {
		if all[i].known(b) {
			t.Fatalf("%s: known before it was made", change.name)
		}
	}
	for i := range all {
		all[i].do()
		all[i].answered()
		all[i].since = time.Now()
	}
	for i, change := range changes {
		t.Run(change.name, func(t *testing.T) {
			tick := time.NewTicker(20 * time.Millisecond)
			defer tick.Stop()
			for {
				// The moment of the question counts: the answer may take its time.
				after := time.Since(all[i].since)
				if all[i].known(b) {
					t.Logf("known after at most %v", after.Round(time.Millisecond))
					return
				}
				if after > bite {
					t.Fatalf("not known after %v", after)
				}
				<-tick.C
			}
		})
	}
}
