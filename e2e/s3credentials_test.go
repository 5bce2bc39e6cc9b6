package e2e_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/holdplane/holdplane/internal/servers"
)

// s3Start is a tenant with an owner, a user and a storage on a VersityGW.
const s3Start = `tenants:
  - id: acme
    contabo: {tenant_id: DE, customer_id: 54321}
    oauth_client: {client_secret: a secret of the client}
    users:
      - {id: owner, email: owner@example.com, password: the password of the owner, owner: true}
      - {id: ann, email: ann@example.com, password: the password of ann}
    object_storages:
      - {id: eu, region: European Union, display_name: Europe, s3_url: %[1]q, driver: versitygw, admin_url: %[1]q,
         admin_access_key: %[2]q, admin_secret_key: %[3]q, admin_region: %[4]q}
`

// s3Credential is one as Contabo's wire has it.
type s3Credential struct {
	AccessKey, SecretKey, ObjectStorageID, Region, DisplayName string
	CredentialID                                               int
}

// contaboUser calls Contabo's API as a user.
type contaboUser struct {
	server
	token string
}

// startS3Server is holdplane dev with its storage.
func startS3Server(t *testing.T, storage string) server {
	t.Helper()
	dir, addrs := shortDir(t), freeAddrs(t, 3)
	s := server{baseURL: "http://" + addrs[0]}
	file := fmt.Sprintf(s3Start, storage, servers.GatewayAccessKey, servers.GatewaySecretKey, servers.GatewayRegion)
	start(t, dir, "dev", "--data-dir", filepath.Join(dir, "data"), "--http-addr", addrs[0], "--grpc-addr", addrs[1],
		"--admin-addr", addrs[2], "--bootstrap", write(t, dir, "bootstrap.yaml", file)).ready(t, s.baseURL)
	return s
}

// enter logs a user of the bootstrap file in.
func (s server) enter(t *testing.T, user string) contaboUser {
	t.Helper()
	s.clientID, s.clientSecret = "DE-54321", "a secret of the client"
	return contaboUser{server: s, token: s.session(t, person{email: user + "@example.com", password: "the password of " + user})}
}

// ask makes a call and returns the answer's body.
func (u contaboUser) ask(t *testing.T, method, path, body string, want int) []byte {
	t.Helper()
	header := http.Header{"X-Request-Id": {uuid.NewString()}}
	r := u.do(t, call{method: method, path: path, key: u.token, body: body, header: header})
	if r.status != want {
		t.Fatalf("%s %s: status %d, want %d: %s", method, path, r.status, want, r.body)
	}
	return r.body
}

// credential makes a call whose answer is a credential.
func (u contaboUser) credential(t *testing.T, method, path string) s3Credential {
	t.Helper()
	var answer struct{ Data []s3Credential }
	body := u.ask(t, method, path, "", http.StatusOK)
	if err := json.Unmarshal(body, &answer); err != nil || len(answer.Data) != 1 {
		t.Fatalf("%s %s: %v: %s", method, path, err, body)
	}
	return answer.Data[0]
}

// TestS3CredentialsOfUsers has boto3 use what the API gives users, at a real VersityGW.
func TestS3CredentialsOfUsers(t *testing.T) {
	storage := servers.StartVersityGW(t).Addr
	s := startS3Server(t, storage)
	ann, owner := s.enter(t, "ann"), s.enter(t, "owner")
	made := ann.credential(t, http.MethodGet, "/v1/users/ann/object-storages/credentials")
	if made.ObjectStorageID != "eu" || made.Region != "European Union" || made.DisplayName != "Europe" || made.CredentialID < 1 || made.CredentialID >= 1<<24 {
		t.Errorf("got %+v", made)
	}
	path := fmt.Sprintf("/v1/users/ann/object-storages/eu/credentials/%d", made.CredentialID)
	if got := ann.credential(t, http.MethodGet, path); got != made {
		t.Errorf("got %+v by its id, want %+v", got, made)
	}
	first := startS3(t, storage, servers.GatewayRegion, made.AccessKey, made.SecretKey)
	first.eventually("bucket photos", "ok")
	first.expect("put photos cat.txt meow", "ok")

	fresh := ann.credential(t, http.MethodPatch, path)
	if fresh.AccessKey != made.AccessKey || fresh.CredentialID != made.CredentialID || fresh.SecretKey == made.SecretKey {
		t.Errorf("regenerated %+v of %+v", fresh, made)
	}
	first.expect("get photos cat.txt", "SignatureDoesNotMatch")
	second := startS3(t, storage, servers.GatewayRegion, fresh.AccessKey, fresh.SecretKey)
	second.expect("get photos cat.txt", "meow")

	owner.ask(t, http.MethodPatch, "/v1/users/ann", `{"enabled":false}`, http.StatusOK)
	second.expect("get photos cat.txt", "SignatureDoesNotMatch")
	owner.ask(t, http.MethodPatch, "/v1/users/ann", `{"enabled":true}`, http.StatusOK)
	second.expect("get photos cat.txt", "meow")

	owner.ask(t, http.MethodGet, strings.Replace(path, "ann", "owner", 1), "", http.StatusNotFound)
	owner.ask(t, http.MethodGet, path+"x", "", http.StatusNotFound)
	owner.ask(t, http.MethodDelete, "/v1/users/ann", "", http.StatusNoContent)
	second.expect("get photos cat.txt", "InvalidAccessKeyId")
	second.expect("bucket films", "InvalidAccessKeyId")
	owner.ask(t, http.MethodGet, path, "", http.StatusNotFound)
}

// eventually is expect for what comes by itself, soon.
func (c *s3Client) eventually(order, want string) {
	c.t.Helper()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	late := time.After(startTime)
	for got := ""; ; {
		select {
		case <-late:
			c.t.Fatalf("%s: %q, want %q", order, got, want)
		case <-tick.C:
		}
		if got = c.order(order); got == want {
			return
		}
	}
}
