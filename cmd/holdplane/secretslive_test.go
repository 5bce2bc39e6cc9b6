package main

import (
	"bytes"
	"net/http"
	"path"
	"slices"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"

	secretcontainerv1 "github.com/holdplane/holdplane/gen/holdplane/secretcontainer/v1"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/services/secretcontainer"
)

// keeping is a running server with a tenant that keeps secrets.
type keeping struct {
	shell
	*instance
	key string // of the tenant acme
}

func startKeeping(t *testing.T) keeping {
	t.Helper()
	o := shell{install(t), t}
	k := keeping{shell: o, instance: o.serve(t)}
	_, k.key = k.newKey(t, "acme", allPermissions()...)
	return k
}

// call sends a request of Barbican's and wants a status.
func (k keeping) call(want int, method, path, body string) (answer string) {
	k.t.Helper()
	contentType := ""
	if body != "" {
		contentType = jsonType
	}
	status, answer := k.sendBarbican(k.t, method, k.key, path, contentType, body)
	if status != want {
		k.t.Errorf("%s %s answers %d %s, want %d", method, path, status, answer, want)
	}
	return answer
}

// deleted makes a secret with all that it can have, deletes it and returns its path.
func (k keeping) deleted() string {
	k.t.Helper()
	ref := k.call(http.StatusCreated, http.MethodPost, "/v1/secrets", `{"name":"a name","payload":"its payload","payload_content_type":"text/plain"}`)
	secret := ref[strings.Index(ref, "/v1/") : len(ref)-len(`"}`)]
	k.call(http.StatusCreated, http.MethodPut, secret+"/metadata", `{"metadata":{"k":"its metadata"}}`)
	k.call(http.StatusOK, http.MethodPut, secret+"/acl", `{"read":{"users":["ann"]}}`)
	k.call(http.StatusNoContent, http.MethodDelete, secret, "")
	return secret
}

// TestSecretsCommands keeps deleted secrets of a running server as operators do.
func TestSecretsCommands(t *testing.T) {
	k := startKeeping(t)
	of := []string{"--tenant", "acme"}
	command := func(args ...string) string { return k.run(append(append([]string{"secrets"}, args...), of...)...) }
	if out := command("retention"); !strings.Contains(out, "gone at once") {
		t.Errorf("at first: %s", out)
	}
	k.deleted()
	if rows := k.rows("secrets", "list", "--tenant", "acme"); len(rows) != 0 {
		t.Errorf("without retention %v are kept", rows)
	}
	if out := command("retention", "2d") + command("retention"); strings.Count(out, "kept for 2d") != 2 {
		t.Errorf("set and shown as %s", out)
	}
	first, second := k.deleted(), k.deleted()
	ids := column(k.rows("secrets", "list", "--tenant", "acme"), "secretId")
	if !slices.Equal(ids, []string{path.Base(second), path.Base(first)}) {
		t.Errorf("listed %q, want the last one first", ids)
	}
	if out := command("list"); strings.Count(out, "a name") != 2 || strings.Contains(out, "its") {
		t.Errorf("listed as\n%s", out)
	}
	command("undelete", path.Base(first))
	command("purge", path.Base(second))
	for of, want := range map[string]string{"": "a name", "/payload": "its payload", "/metadata": "its metadata", "/acl": "ann"} {
		if got := k.call(http.StatusOK, http.MethodGet, first+of, ""); !strings.Contains(got, want) {
			t.Errorf("brought back, %s is %s", of, got)
		}
	}
	k.call(http.StatusNotFound, http.MethodGet, second, "")
	command("undelete", path.Base(first)) // it may be asked for twice
	for wrong, id := range map[string]string{"undelete": path.Base(second), "purge": path.Base(first)} {
		if _, err := runWith(t, "", "secrets", wrong, id, "--tenant", "acme", "--data-dir", k.data); err == nil || !strings.Contains(err.Error(), id) {
			t.Errorf("%s of %s: %v", wrong, id, err)
		}
	}
	events := column(k.rows("audit", "--tenant", "acme", "--service", secretcontainer.Name), "event")
	for _, event := range []string{"secret.delete", "secret.undelete", "secret.purge"} {
		if !slices.Contains(events, event) {
			t.Errorf("%s is not audited: %q", event, events)
		}
	}
}

// TestDeletedTenantLeavesNoSecrets looks for a deleted tenant in the keys that secret-container
// has, where names of tenants are readable. That its key is destroyed stays known.
func TestDeletedTenantLeavesNoSecrets(t *testing.T) {
	k := startKeeping(t)
	k.run("secrets", "retention", "30d", "--tenant", "acme")
	w := &world{server: k.server, tenant: "acme", right: k.key}
	w.kept(t, 3)
	w.containedSecret(t)
	k.deleted()
	_, err := secretcontainerv1.NewQuotaServiceClient(k.public).SetProjectQuotas(w.asOwner(t),
		&secretcontainerv1.SetProjectQuotasRequest{ProjectId: "acme", ProjectQuotas: &secretcontainerv1.Quotas{Secrets: proto.Int32(100)}})
	if err != nil {
		t.Fatal(err)
	}
	_, other := k.newKey(t, "rival", allPermissions()...)
	if status, answer := k.sendBarbican(t, http.MethodPost, other, "/v1/secrets", jsonType, "{}"); status != http.StatusCreated {
		t.Fatalf("another tenant's secret answers %d %s", status, answer)
	}
	if r := k.row("tenants", "delete", "acme", "--yes"); r["complete"] != true {
		t.Errorf("deletion answers %v", r)
	}
	k.call(http.StatusUnauthorized, http.MethodGet, "/v1/secrets", "")
	k.stop()
	k.wantWhole(t)
	left, others := k.keysOf("acme"), k.keysOf("rival")
	if len(left) != 1 || !strings.Contains(left[0], "keyset") || len(others) < 2 {
		t.Errorf("%q of the deleted tenant are left, and %q of another's", left, others)
	}
}

// keysOf are those in secret-container's file, whose server is stopped, that name a tenant.
func (k keeping) keysOf(tenant string) (keys []string) {
	k.t.Helper()
	k.openStore(k.t, specOf(secretcontainer.Name), func(file kv.Store) {
		err := file.View(k.t.Context(), func(tx kv.Reader) error {
			for e, err := range tx.Scan(kv.Range{KeysOnly: true}) {
				if err != nil {
					return err
				}
				if bytes.Contains(e.Key, []byte(tenant)) {
					keys = append(keys, string(e.Key))
				}
			}
			return nil
		})
		if err != nil {
			k.t.Error(err)
		}
	})
	return keys
}
