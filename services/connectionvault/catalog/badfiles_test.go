package catalog_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/holdplane/holdplane/services/connectionvault/catalog"
)

// acme is a right file; each of the wrong ones differs from it in one thing.
const acme = `service_id: acme
name: Acme
unified_apis: [crm]
website: https://acme.example
auth_type: oauth2
oauth:
  grant: authorization_code
  authorize_url: https://{site}.acme.example/authorize
  token_url: https://api.acme.example/token
  scopes: [read]
  authorize_params: {prompt: consent}
  copy: {callback: {shop: shop}}
required_for_authorization: [site]
fields:
  - {id: site, label: Site, pattern: "^[a-z]+$"}
  - {id: zone, label: Zone, type: select, options: [eu, us]}
  - {id: key, label: Key, sensitive: true}
`

// badFile is acme with one text in the place of another.
type badFile struct{ name, old, new, want string }

func (b badFile) check(t *testing.T) {
	if strings.Count(acme, b.old) != 1 {
		t.Fatalf("%q stands %d times in the file", b.old, strings.Count(acme, b.old))
	}
	path := write(t, "mine.yaml", strings.Replace(acme, b.old, b.new, 1))
	_, err := catalog.Load(path)
	if err == nil {
		t.Fatal("the file loads")
	}
	if got := strings.ReplaceAll(err.Error(), path, "mine.yaml"); got != "mine.yaml: "+b.want {
		t.Errorf("got  %s\nwant mine.yaml: %s", got, b.want)
	}
}

func TestBadFiles(t *testing.T) {
	load(t, write(t, "mine.yaml", acme))
	for name, cases := range map[string][]badFile{
		"shapes": badShapes, "identities": badIdentities, "fields": badFields, "oauth": badOAuth, "urls": badURLs, "incomplete": incomplete,
	} {
		for _, b := range cases {
			t.Run(name+"/"+b.name, b.check)
		}
	}
}

func TestSeveralProblemsAreSeveralLines(t *testing.T) {
	path := write(t, "mine.yaml", strings.NewReplacer("auth_type: oauth2", "auth_type: oauth3", "[crm]", "[crn]", "label: Zone, ", "").Replace(acme))
	_, err := catalog.Load(path)
	if err == nil {
		t.Fatal("the file loads")
	}
	if lines := strings.Split(err.Error(), "\n"); len(lines) != 3 {
		t.Errorf("%d lines:\n%v", len(lines), err)
	}
}

func TestProblemsNameTheFileThatBringsThem(t *testing.T) {
	below := write(t, "below.yaml", acme)
	above := write(t, "above.yaml", "service_id: acme\noauth:\n  pkce: s256\n")
	_, err := catalog.Load(below, above)
	want := above + `: line 3: oauth.pkce: "s256" must be one of ["S256" "off"]`
	if err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
	above = write(t, "above.yaml", "service_id: acme\nname: ''\n")
	if _, err = catalog.Load(below, above); err == nil || !strings.HasPrefix(err.Error(), above+": line 2: name: ") {
		t.Errorf("got %v", err)
	}
	// The field goes, what needs it stays: the file below has the line.
	above = write(t, "above.yaml", "service_id: acme\nrequired_for_authorization: []\nfields: []\n")
	if _, err = catalog.Load(below, above); err == nil || !strings.HasPrefix(err.Error(), below+": line 8: oauth.authorize_url: ") {
		t.Errorf("got %v", err)
	}
}

func TestTwiceInOneLayer(t *testing.T) {
	folder := t.TempDir()
	a, b := write(t, "a.yaml", acme, folder), write(t, "b.yaml", acme, folder)
	_, err := catalog.Load(folder)
	want := b + ": line 1: acme is described already, in " + a + " line 1"
	if err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}

func TestShippedFilesAllowNoAddresses(t *testing.T) {
	file := strings.Replace(acme, "{site}", "www", 1) + "allow_addresses: [10.0.0.0/8]\n"
	_, err := catalog.LoadShipped(fstest.MapFS{"acme.yaml": {Data: []byte(file)}})
	want := "connectors/acme.yaml: line 18: allow_addresses: only operators' own files may allow addresses"
	if err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}
