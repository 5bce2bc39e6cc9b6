package gophercloud_test

import (
	"encoding/base64"
	"net/http"
	"os"
	"path"
	"slices"
	"testing"
	"time"

	"github.com/gophercloud/gophercloud/v2"
	"github.com/gophercloud/gophercloud/v2/openstack/identity/v3/applicationcredentials"
	"github.com/gophercloud/gophercloud/v2/openstack/keymanager/v1/acls"
	"github.com/gophercloud/gophercloud/v2/openstack/keymanager/v1/secrets"
)

func TestSecret(t *testing.T) {
	ctx, client := t.Context(), keyManager(t)
	expiration := time.Date(2049, 6, 7, 1, 2, 3, 0, time.UTC)
	made, err := secrets.Create(ctx, client, secrets.CreateOpts{
		Name: "key", SecretType: secrets.SymmetricSecret, Algorithm: "aes", BitLength: 24, Mode: "cbc", Expiration: &expiration,
		Payload: base64.StdEncoding.EncodeToString([]byte{0, 0xff, 1}), PayloadContentType: "application/octet-stream", PayloadContentEncoding: "base64",
	}).Extract()
	if err != nil {
		t.Fatal(err)
	}
	id := path.Base(made.SecretRef)
	got, err := secrets.Get(ctx, client, id).Extract()
	if err != nil {
		t.Fatal(err)
	}
	if got.SecretRef != made.SecretRef || got.Name != "key" || got.BitLength != 24 || got.CreatorID != os.Getenv("CREATOR_ID") || got.Status != "ACTIVE" ||
		!got.Expiration.Equal(expiration) || time.Since(got.Created).Abs() > time.Minute || got.ContentTypes["default"] != "application/octet-stream" {
		t.Errorf("got %+v", got)
	}
	octets := secrets.GetPayloadOpts{PayloadContentType: "application/octet-stream"}
	payload, err := secrets.GetPayload(ctx, client, id, octets).Extract()
	if err != nil || !slices.Equal(payload, []byte{0, 0xff, 1}) {
		t.Errorf("payload %v, %v", payload, err)
	}
	_, err = secrets.GetPayload(ctx, client, id, nil).Extract() // as text, which it is not
	refused(t, err, http.StatusNotAcceptable)
	refused(t, secrets.Update(ctx, client, id, secrets.UpdateOpts{ContentType: "text/plain", Payload: "x"}).Err, http.StatusConflict)
	if err := secrets.Delete(ctx, client, id).ExtractErr(); err != nil {
		t.Fatal(err)
	}
	_, err = secrets.Get(ctx, client, id).Extract()
	refused(t, err, http.StatusNotFound)
}

func TestTwoSteps(t *testing.T) {
	ctx, client := t.Context(), keyManager(t)
	made, err := secrets.Create(ctx, client, secrets.CreateOpts{Name: "two steps"}).Extract()
	if err != nil {
		t.Fatal(err)
	}
	id := path.Base(made.SecretRef)
	update := secrets.UpdateOpts{ContentType: "application/octet-stream", ContentEncoding: "base64", Payload: "aHVzaA=="}
	if err := secrets.Update(ctx, client, id, update).ExtractErr(); err != nil {
		t.Fatal(err)
	}
	payload, err := secrets.GetPayload(ctx, client, id, nil).Extract()
	if err != nil || string(payload) != "hush" {
		t.Errorf("payload %q, %v", payload, err)
	}
}

func TestList(t *testing.T) {
	ctx, client := t.Context(), keyManager(t)
	for _, name := range []string{"listed b", "listed a", "listed c"} {
		store(t, client, name, "hush")
	}
	var names []string
	all, err := secrets.List(client, secrets.ListOpts{
		Name: "listed%", Sort: "name:desc", Limit: 2, SecretType: secrets.PassphraseSecret,
		CreatedQuery: &secrets.DateQuery{Date: time.Now().Add(time.Hour), Filter: secrets.DateFilterLT},
	}).AllPages(ctx)
	if err != nil {
		t.Fatal(err)
	}
	listed, err := secrets.ExtractSecrets(all)
	for _, s := range listed {
		names = append(names, s.Name)
	}
	if err != nil || !slices.Equal(names, []string{"listed c", "listed b", "listed a"}) {
		t.Errorf("listed %q, %v", names, err)
	}
}

func TestMetadata(t *testing.T) {
	ctx, client := t.Context(), keyManager(t)
	_, id := store(t, client, "described", "hush")
	if _, err := secrets.CreateMetadata(ctx, client, id, secrets.MetadataOpts{"colour": "red", "shape": "round"}).Extract(); err != nil {
		t.Fatal(err)
	}
	if err := secrets.CreateMetadatum(ctx, client, id, secrets.MetadatumOpts{Key: "size", Value: "small"}).ExtractErr(); err != nil {
		t.Fatal(err)
	}
	refused(t, secrets.CreateMetadatum(ctx, client, id, secrets.MetadatumOpts{Key: "size", Value: "large"}).Err, http.StatusConflict)
	if got, err := secrets.UpdateMetadatum(ctx, client, id, secrets.MetadatumOpts{Key: "size", Value: "large"}).Extract(); err != nil || got.Value != "large" {
		t.Errorf("updated to %+v, %v", got, err)
	}
	if err := secrets.DeleteMetadatum(ctx, client, id, "shape").ExtractErr(); err != nil {
		t.Fatal(err)
	}
	got, err := secrets.GetMetadata(ctx, client, id).Extract()
	if err != nil || len(got) != 2 || got["colour"] != "red" || got["size"] != "large" {
		t.Errorf("metadata %v, %v", got, err)
	}
	_, err = secrets.GetMetadatum(ctx, client, id, "shape").Extract()
	refused(t, err, http.StatusNotFound)
}

func TestShared(t *testing.T) {
	ctx, client, other := t.Context(), keyManager(t), foreign(t)
	_, id := store(t, client, "shared", "hush")
	_, err := secrets.GetPayload(ctx, other, id, nil).Extract()
	refused(t, err, http.StatusForbidden)
	users, none := []string{os.Getenv("FOREIGN_ID")}, false
	if _, err := acls.SetSecretACL(ctx, client, id, acls.SetOpts{{Type: "read", Users: &users}}).Extract(); err != nil {
		t.Fatal(err)
	}
	if payload, err := secrets.GetPayload(ctx, other, id, nil).Extract(); err != nil || string(payload) != "hush" {
		t.Errorf("payload %q, %v", payload, err)
	}
	if _, err := acls.UpdateSecretACL(ctx, client, id, acls.SetOpts{{Type: "read", ProjectAccess: &none}}).Extract(); err != nil {
		t.Fatal(err)
	}
	got, err := acls.GetSecretACL(ctx, client, id).Extract()
	if err != nil {
		t.Fatal(err)
	}
	if read := (*got)["read"]; read.ProjectAccess || !slices.Equal(read.Users, users) || read.Created.IsZero() {
		t.Errorf("the list is %+v", read)
	}
	if err := acls.DeleteSecretACL(ctx, client, id).ExtractErr(); err != nil {
		t.Fatal(err)
	}
	_, err = secrets.Get(ctx, other, id).Extract()
	refused(t, err, http.StatusForbidden)
}

func TestApplicationCredential(t *testing.T) {
	client := keyManager(t)
	identity := *client.ProviderClient
	keystone := &gophercloud.ServiceClient{ProviderClient: &identity, Endpoint: os.Getenv("OS_AUTH_URL") + "/", Type: "identity"}
	made, err := applicationcredentials.Create(t.Context(), keystone, os.Getenv("CREATOR_ID"), applicationcredentials.CreateOpts{Name: "gophercloud"}).Extract()
	if err != nil {
		t.Fatal(err)
	}
	by := logIn(t, gophercloud.AuthOptions{
		IdentityEndpoint: os.Getenv("OS_AUTH_URL"), ApplicationCredentialID: made.ID, ApplicationCredentialSecret: made.Secret,
	})
	_, id := store(t, by, "by credential", "hush")
	if payload, err := secrets.GetPayload(t.Context(), by, id, nil).Extract(); err != nil || string(payload) != "hush" {
		t.Errorf("payload %q, %v", payload, err)
	}
}
