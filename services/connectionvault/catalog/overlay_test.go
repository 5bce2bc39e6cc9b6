package catalog_test

import (
	"net/netip"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/holdplane/holdplane/services/connectionvault/catalog"
)

// write makes a file in a directory of its own, or in the one given.
func write(t testing.TB, name, content string, folder ...string) string {
	t.Helper()
	at := append(folder, t.TempDir())[0]
	path := filepath.Join(at, name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func load(t testing.TB, paths ...string) *catalog.Catalog {
	t.Helper()
	c, err := catalog.Load(paths...)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestOverlayReplacesWhatItGives(t *testing.T) {
	before := connector(t, shipped(t), "zoho-crm")
	after := connector(t, load(t, write(t, "mine.yaml", `
service_id: zoho-crm
name: Our CRM
unified_apis: [crm]
oauth:
  scopes: [a, b]
  authorize_params: {prompt: none}
  copy: {callback: {accounts-server: accounts_server}}
resources: {configurable: [leads]}
`)), "zoho-crm")
	want, oauth := *before, *before.OAuth
	want.Name, want.UnifiedAPIs = "Our CRM", []string{"crm"}
	oauth.Scopes = []string{"a", "b"}
	oauth.AuthorizeParams = map[string]string{"prompt": "none"}
	oauth.Copy = catalog.Copy{Callback: map[string]string{"accounts-server": "accounts_server"}}
	want.OAuth, want.Resources.Configurable = &oauth, []string{"leads"}
	if diff := cmp.Diff(&want, after, cmpopts.IgnoreUnexported(catalog.Connector{}, catalog.Field{})); diff != "" {
		t.Error(diff)
	}
}

func TestOverlaysAddConnectors(t *testing.T) {
	folder := t.TempDir()
	write(t, "a.yaml", "# nothing\n---\n"+acme+"resources: {schema: [a], settings: [notes]}\n---\nservice_id: beta\nname: Beta\nunified_apis: [crm]\nauth_type: none\n", folder)
	write(t, "b.yml", "service_id: gamma\nname: Gamma\nunified_apis: [crm]\nauth_type: none\nstatus: requested\n", folder)
	write(t, "notes.txt", "no: [yaml", folder)
	above := write(t, "c.yaml", "service_id: acme\nname: Acme II\nresources: {schema: [leads]}\n")
	c := load(t, folder, above)
	if got, want := c.Len(), shipped(t).Len()+3; got != want {
		t.Errorf("there are %d connectors, want %d", got, want)
	}
	if got := connector(t, c, "acme").Name; got != "Acme II" {
		t.Errorf("the later path gives %q", got)
	}
	if diff := cmp.Diff(catalog.Resources{Schema: []string{"leads"}, Settings: []string{"notes"}}, connector(t, c, "acme").Resources); diff != "" {
		t.Error(diff)
	}
	if got := connector(t, c, "gamma").Status; got != catalog.Requested {
		t.Errorf("gamma is %s", got)
	}
}

func TestOperatorsAllowAddresses(t *testing.T) {
	c := connector(t, load(t, write(t, "mine.yaml", `
service_id: inside
name: Inside
unified_apis: [crm]
auth_type: oauth2
oauth:
  grant: authorization_code
  authorize_url: http://sso.corp.example.com:8080/authorize
  token_url: http://10.1.2.3:8080/token/{team}
  issuer: http://sso.corp.example.com:8080
required_for_authorization: [team]
fields: [{id: team, label: Team}, {id: base, label: Base, type: url, default: "http://10.1.2.3/base"}]
allow_addresses: [10.1.0.0/16, "fd12::/64"]
`)), "inside")
	want := []netip.Prefix{netip.MustParsePrefix("10.1.0.0/16"), netip.MustParsePrefix("fd12::/64")}
	if diff := cmp.Diff(want, c.AllowAddresses, cmp.Comparer(func(a, b netip.Prefix) bool { return a == b })); diff != "" {
		t.Error(diff)
	}
	if got, err := c.URL(catalog.TokenURL, map[string]string{"team": "a/b"}); err != nil || got != "http://10.1.2.3:8080/token/a%2Fb" {
		t.Errorf("%q, %v", got, err)
	}
}

func TestMissingPath(t *testing.T) {
	if _, err := catalog.Load(filepath.Join(t.TempDir(), "gone.yaml")); err == nil {
		t.Error("a path that is not there loads")
	}
}
