package e2e_test

import (
	"crypto/rand"
	"fmt"
	"strings"

	"github.com/google/uuid"
)

// people are those of a tenant who log in, and the client that they come with.
type people struct {
	tenant                 string
	clientID, clientSecret string
	owner                  person // may do everything
	helper                 person // may read object storages, and nothing else
	foreignID              string // of a user of another tenant; empty in the first one
}

// person is a user whose password is known.
type person struct{ id, username, email, password string }

// peopled are the tenants with people, named as the SDK or the samples that have them.
var peopled = []string{"seed003", "contabo", "keystone"}

// What a tenant with people has, as the samples of Contabo's documentation name it.
const (
	storageID     = "d8417276-d2d9-43a9-a0a8-9a6fa6060246"
	storageRegion = "Asia (Singapore)"
	storageName   = "Object Storage EU 420"
	redirectURL   = "https://test.contabo.de"
)

func newPeople(tenant string) people {
	one := func(name string) person {
		return person{
			id: uuid.NewString(), username: name + "-of-" + tenant, email: name + "@" + tenant + ".example.com", password: rand.Text(),
		}
	}
	return people{tenant: tenant, clientID: "client-of-" + tenant, clientSecret: rand.Text(), owner: one("owner"), helper: one("helper")}
}

// write adds the tenant to a bootstrap file.
func (p people) write(b *strings.Builder) {
	fmt.Fprintf(b, `  - id: %[1]s
    name: %[1]s
    contabo: {tenant_id: DE, customer_id: %[2]d}
    oauth_client: {client_id: %[3]s, client_secret: %[4]s}
    mail_redirect_urls: [%[5]s]
    object_storages:
      - {id: %[6]s, region: %[7]s, display_name: %[8]s, s3_url: "https://s3.example.com", driver: record}
    users:
      - {id: %[9]s, username: %[10]s, email: %[11]s, password: %[12]s, owner: true}
      - {id: %[13]s, username: %[14]s, email: %[15]s, password: %[16]s, roles: [3]}
`, p.tenant, 10000+len(p.tenant), p.clientID, p.clientSecret, redirectURL, storageID, storageRegion, storageName,
		p.owner.id, p.owner.username, p.owner.email, p.owner.password,
		p.helper.id, p.helper.username, p.helper.email, p.helper.password)
}

// env is what scripts read, by the names that dev's env file has where it has them.
func (p people) env(baseURL string) []string {
	if p.tenant == "" {
		return nil
	}
	return []string{
		"CONTABO_CLIENT_ID=" + p.clientID, "CONTABO_CLIENT_SECRET=" + p.clientSecret,
		"CONTABO_USERNAME=" + p.owner.email, "CONTABO_PASSWORD=" + p.owner.password,
		"OS_AUTH_URL=" + baseURL + "/v3", "OS_USERNAME=" + p.owner.username, "OS_PASSWORD=" + p.owner.password,
		"OS_PROJECT_NAME=" + p.tenant, "OS_USER_DOMAIN_NAME=Default", "OS_PROJECT_DOMAIN_NAME=Default",
		"OWNER_ID=" + p.owner.id, "HELPER_ID=" + p.helper.id, "FOREIGN_ID=" + p.foreignID, "STORAGE_ID=" + storageID, "REDIRECT_URL=" + redirectURL,
		"HELPER_EMAIL=" + p.helper.email, "HELPER_NAME=" + p.helper.username, "HELPER_PASSWORD=" + p.helper.password,
	}
}
