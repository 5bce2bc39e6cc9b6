package catalog_test

import (
	"errors"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/holdplane/holdplane/services/connectionvault/catalog"
)

func TestURLs(t *testing.T) {
	c := shipped(t)
	for _, test := range []struct {
		name, id string
		endpoint catalog.Endpoint
		settings map[string]string
		want     string
	}{
		{"no template", "github", catalog.TokenURL, nil, "https://github.com/login/oauth/access_token"},
		{"a label", "zendesk", catalog.AuthorizeURL, map[string]string{"subdomain": "acme-1"}, "https://acme-1.zendesk.com/oauth/authorizations/new"},
		{"an option of two labels", "exact-online", catalog.TokenURL, map[string]string{"extension": "co.uk"}, "https://start.exactonline.co.uk/api/oauth2/token"},
		{"the first alternative", "zoho-crm", catalog.AuthorizeURL, map[string]string{"extension": "eu"}, "https://accounts.zoho.eu/oauth/v2/auth"},
		{"the second without a value", "zoho-crm", catalog.AuthorizeURL, nil, "https://accounts.zoho.com/oauth/v2/auth"},
		{"an empty value is none", "zoho-crm", catalog.AuthorizeURL, map[string]string{"extension": ""}, "https://accounts.zoho.com/oauth/v2/auth"},
		{"an origin from the provider", "zoho-crm", catalog.TokenURL, map[string]string{"accounts_server": "https://accounts.zoho.com.au"}, "https://accounts.zoho.com.au/oauth/v2/token"},
		{"a whole host", "salesforce", catalog.TokenURL, map[string]string{"hostname": "acme--dev.sandbox.my.salesforce.com"}, "https://acme--dev.sandbox.my.salesforce.com/services/oauth2/token"},
		{"a part of the path", "microsoft-dynamics-365-business-central", catalog.TokenURL, map[string]string{"tenantId": "01234567-89ab-cdef-0123-456789abcdef"}, "https://login.microsoftonline.com/01234567-89ab-cdef-0123-456789abcdef/oauth2/v2.0/token"},
		{"refreshing where tokens come from", "github", catalog.RefreshURL, nil, "https://github.com/login/oauth/access_token"},
	} {
		got, err := connector(t, c, test.id).URL(test.endpoint, test.settings)
		if err != nil || got != test.want {
			t.Errorf("%s: %q, %v; want %s", test.name, got, err, test.want)
		}
	}
}

func TestURLErrors(t *testing.T) {
	c := shipped(t)
	if _, err := connector(t, c, "github").URL(catalog.RevokeURL, nil); !errors.Is(err, catalog.ErrNoURL) {
		t.Errorf("no revoke URL: %v", err)
	}
	if _, err := connector(t, c, "bamboohr").URL(catalog.TokenURL, nil); !errors.Is(err, catalog.ErrNoURL) {
		t.Errorf("no OAuth: %v", err)
	}
	var setting *catalog.SettingError
	if _, err := connector(t, c, "zendesk").URL(catalog.TokenURL, nil); !errors.As(err, &setting) || !setting.Missing || setting.ID != "subdomain" {
		t.Errorf("a missing value: %v", err)
	}
	_, err := connector(t, c, "zendesk").URL(catalog.TokenURL, map[string]string{"subdomain": "Hush!"})
	if !errors.As(err, &setting) || setting.Missing || strings.Contains(err.Error(), "Hush") {
		t.Errorf("a wrong value: %v", err)
	}
	// A wrong value is no reason for the alternative.
	if got, err := connector(t, c, "zoho-crm").URL(catalog.AuthorizeURL, map[string]string{"extension": "evil.example"}); err == nil {
		t.Errorf("a value that is no option gives %s", got)
	}
}

func TestParams(t *testing.T) {
	c := connector(t, shipped(t), "bigcommerce")
	settings := map[string]string{"storeHash": "a1b2", "accountUuid": "00-ff"}
	authorize, err := c.AuthorizeParams(settings)
	if diff := cmp.Diff(map[string]string{"context": "stores/a1b2", "account_uuid": "00-ff"}, authorize); err != nil || diff != "" {
		t.Errorf("%v %s", err, diff)
	}
	token, err := c.TokenParams(settings)
	if diff := cmp.Diff(map[string]string{"context": "stores/a1b2"}, token); err != nil || diff != "" {
		t.Errorf("%v %s", err, diff)
	}
	var setting *catalog.SettingError
	if _, err := c.AuthorizeParams(map[string]string{"storeHash": "a&b=c", "accountUuid": "0"}); !errors.As(err, &setting) {
		t.Errorf("a value that its pattern refuses: %v", err)
	}
	if _, err := c.TokenParams(nil); !errors.As(err, &setting) || !setting.Missing {
		t.Errorf("a missing value: %v", err)
	}
}

func TestDefaultsCount(t *testing.T) {
	file := strings.Replace(acme, `"^[a-z]+$"`, `"^[a-z]+$", default: main`, 1)
	c := connector(t, load(t, write(t, "mine.yaml", file)), "acme")
	if got, err := c.URL(catalog.AuthorizeURL, nil); err != nil || got != "https://main.acme.example/authorize" {
		t.Errorf("%q, %v", got, err)
	}
}

// TestHostsNeverLeave tells all shipped connectors hosts of others for every setting.
func TestHostsNeverLeave(t *testing.T) {
	for c := range shipped(t).All() {
		for _, e := range []catalog.Endpoint{catalog.AuthorizeURL, catalog.TokenURL, catalog.RefreshURL, catalog.RevokeURL} {
			for _, value := range attacks {
				settings := map[string]string{}
				for _, f := range c.Fields {
					settings[f.ID] = value
				}
				got, err := c.URL(e, settings)
				if u, bad := url.Parse(got); err == nil && (bad != nil || strings.HasSuffix(u.Hostname(), "evil.example")) {
					t.Errorf("%s %s with %q gives %s", c.ServiceID, e, value, got)
				}
			}
		}
	}
}
