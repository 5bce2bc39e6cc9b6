// Package gophercloud_test goes through gophercloud's key manager. It is a module of its own,
// so that the main one needs no gophercloud, and e2e runs it with the environment that
// OpenStack's clients read.
package gophercloud_test

import (
	"net/http"
	"os"
	"path"
	"testing"

	"github.com/gophercloud/gophercloud/v2"
	"github.com/gophercloud/gophercloud/v2/openstack"
	"github.com/gophercloud/gophercloud/v2/openstack/keymanager/v1/secrets"
)

// keyManager is a client of who the environment says.
func keyManager(t *testing.T) *gophercloud.ServiceClient {
	t.Helper()
	options, err := openstack.AuthOptionsFromEnv()
	if err != nil {
		t.Fatal(err)
	}
	return logIn(t, options)
}

func logIn(t *testing.T, options gophercloud.AuthOptions) *gophercloud.ServiceClient {
	t.Helper()
	provider, err := openstack.AuthenticatedClient(t.Context(), options)
	if err != nil {
		t.Fatal(err)
	}
	client, err := openstack.NewKeyManagerV1(provider, gophercloud.EndpointOpts{Region: os.Getenv("OS_REGION_NAME")})
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// foreign is a client of another project.
func foreign(t *testing.T) *gophercloud.ServiceClient {
	t.Helper()
	return logIn(t, gophercloud.AuthOptions{
		IdentityEndpoint: os.Getenv("OS_AUTH_URL"), Username: os.Getenv("FOREIGN_NAME"), Password: os.Getenv("FOREIGN_PASSWORD"),
		DomainName: "Default", TenantName: os.Getenv("FOREIGN_PROJECT"),
	})
}

// store makes a secret of text, and returns its reference and id.
func store(t *testing.T, client *gophercloud.ServiceClient, name, payload string) (ref, id string) {
	t.Helper()
	made, err := secrets.Create(t.Context(), client, secrets.CreateOpts{
		Name: name, Payload: payload, PayloadContentType: "text/plain", SecretType: secrets.PassphraseSecret,
	}).Extract()
	if err != nil {
		t.Fatal(err)
	}
	return made.SecretRef, path.Base(made.SecretRef)
}

// refused wants an error of a status.
func refused(t *testing.T, err error, status int) {
	t.Helper()
	if !gophercloud.ResponseCodeIs(err, status) {
		t.Errorf("error %v, want status %d: %s", err, status, http.StatusText(status))
	}
}
