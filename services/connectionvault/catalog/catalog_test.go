package catalog_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/holdplane/holdplane/services/connectionvault/catalog"
)

// leastLive is how many connectors must be ready to use.
const leastLive = 50

func shipped(t testing.TB) *catalog.Catalog {
	t.Helper()
	c, err := catalog.Load()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func connector(t testing.TB, c *catalog.Catalog, id string) *catalog.Connector {
	t.Helper()
	found, ok := c.Connector(id)
	if !ok {
		t.Fatalf("there is no connector %s", id)
	}
	return found
}

func TestShippedFiles(t *testing.T) {
	files, err := filepath.Glob("connectors/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	c := shipped(t)
	if c.Len() != len(files) {
		t.Errorf("%d connectors stand in %d files", c.Len(), len(files))
	}
	live := 0
	for connector := range c.All() {
		if _, err := os.Stat("connectors/" + connector.ServiceID + ".yaml"); err != nil {
			t.Errorf("the file of %s: %v", connector.ServiceID, err)
		}
		if connector.Status == catalog.Live {
			live++
			complete(t, connector)
		}
		if len(connector.AllowAddresses) > 0 {
			t.Errorf("%s allows addresses", connector.ServiceID)
		}
	}
	if live < leastLive {
		t.Errorf("%d connectors are live, want %d", live, leastLive)
	}
}

// complete finds what a live connector cannot work without.
func complete(t *testing.T, c *catalog.Connector) {
	t.Helper()
	secret := slices.ContainsFunc(c.Fields, func(f catalog.Field) bool { return f.Sensitive })
	switch c.AuthType {
	case catalog.OAuth2:
		own := c.OAuth.CredentialsSource == catalog.FromConnection
		if c.OAuth.TokenURL == "" || (c.OAuth.AuthorizeURL == "") == (c.OAuth.Grant == catalog.AuthorizationCode) || own != secret {
			t.Errorf("%s has not what OAuth needs: %+v", c.ServiceID, c.OAuth)
		}
	case catalog.APIKey, catalog.Basic:
		if c.OAuth != nil || !secret {
			t.Errorf("%s has no sensitive field, or has oauth", c.ServiceID)
		}
	default:
		t.Errorf("%s is live with auth type %s", c.ServiceID, c.AuthType)
	}
}

func TestGolden(t *testing.T) {
	want := &catalog.Connector{
		ServiceID: "exact-online", Name: "Exact Online", UnifiedAPIs: []string{"accounting"}, Status: catalog.Live,
		Website: "https://www.exact.com/", AuthType: catalog.OAuth2,
		OAuth: &catalog.OAuth{
			Grant:          catalog.AuthorizationCode,
			AuthorizeURL:   "https://start.exactonline.{extension}/api/oauth2/auth",
			TokenURL:       "https://start.exactonline.{extension}/api/oauth2/token",
			ScopeSeparator: " ", PKCE: catalog.S256, ClientAuth: catalog.InHeader, BodyFormat: catalog.Form,
			CredentialsSource: catalog.FromIntegration, ExpiresInDefault: 3600, RefreshBuffer: time.Minute,
		},
		RequiredForAuthorization: []string{"extension"},
		Fields: []catalog.Field{{
			ID: "extension", Label: "Country", Type: catalog.Select, Required: true,
			Options: []catalog.Option{{"nl", "nl"}, {"be", "be"}, {"de", "de"}, {"fr", "fr"}, {"es", "es"}, {"co.uk", "co.uk"}, {"com", "com"}},
		}},
	}
	unexported := cmpopts.IgnoreUnexported(catalog.Connector{}, catalog.Field{})
	if diff := cmp.Diff(want, connector(t, shipped(t), "exact-online"), unexported); diff != "" {
		t.Error(diff)
	}
}

func TestLookups(t *testing.T) {
	c := shipped(t)
	var ids []string
	for connector := range c.All() {
		ids = append(ids, connector.ServiceID)
	}
	if !slices.IsSorted(ids) {
		t.Errorf("the order is %v", ids)
	}
	var sms []string
	for connector := range c.Of("sms") {
		sms = append(sms, connector.ServiceID)
	}
	if diff := cmp.Diff([]string{"clicksend", "plivo", "twilio"}, sms); diff != "" {
		t.Error(diff)
	}
	if got := slices.Collect(c.Of("unheard-of")); len(got) != 0 {
		t.Errorf("an unknown unified API has %v", got)
	}
	if _, ok := c.Connector("unheard-of"); ok {
		t.Error("an unknown connector is there")
	}
	want := []catalog.UnifiedAPI{
		{"accounting", "Accounting"}, {"ats", "ATS"}, {"crm", "CRM"}, {"customer-support", "Customer Support"}, {"ecommerce", "Ecommerce"},
		{"file-storage", "File Storage"}, {"hris", "HRIS"}, {"issue-tracking", "Issue Tracking"}, {"lead", "Lead"}, {"script", "Script"}, {"sms", "SMS"},
	}
	if diff := cmp.Diff(want, slices.Collect(c.UnifiedAPIs())); diff != "" {
		t.Error(diff)
	}
}
