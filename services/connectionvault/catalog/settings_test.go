package catalog_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/holdplane/holdplane/services/connectionvault/catalog"
)

const asked = `service_id: asked
name: Asked
unified_apis: [crm]
auth_type: oauth2
oauth:
  grant: authorization_code
  authorize_url: https://acme.example/a
  token_url: https://acme.example/a
  copy: {token: {team.id: team, base: base}}
fields:
  - {id: key, label: Key, sensitive: true}
  - {id: certificate, label: Certificate, type: textarea, sensitive: true}
  - {id: site, label: Site, pattern: "^[a-z]+$"}
  - {id: zone, label: Zone, type: select, options: [eu, {label: America, value: us}]}
  - {id: size, label: Size, type: select, options: [s, m], allow_custom_values: true}
  - {id: base, label: Base, type: url}
`

func TestAccepts(t *testing.T) {
	c := connector(t, load(t, write(t, "mine.yaml", asked)), "asked")
	for _, test := range []struct{ name, id, value, refusal string }{
		{"any text", "key", "s3cr:t/ü?", ""},
		{"a long text", "key", strings.Repeat("k", 2049), `setting "key" is longer than 2048 bytes`},
		{"lines where none are", "key", "a\nb", `setting "key" has control characters`},
		{"no UTF-8", "key", "\xff", `setting "key" is not UTF-8`},
		{"lines in a textarea", "certificate", "-----BEGIN\r\n\tAA==\n", ""},
		{"a bell in a textarea", "certificate", "\a", `setting "certificate" has control characters`},
		{"a long textarea", "certificate", strings.Repeat("k", 32769), `setting "certificate" is longer than 32768 bytes`},
		{"what a pattern matches", "site", "acme", ""},
		{"what it does not", "site", "acme1", `setting "site" must match ^[a-z]+$`},
		{"a line end behind what it matches", "site", "acme\n", `setting "site" has control characters`},
		{"an option", "zone", "us", ""},
		{"an option's label", "zone", "America", `setting "zone" must be one of eu, us`},
		{"another value of one's own", "size", "xl", ""},
		{"a URL", "base", "https://acme.example/a?b=c", ""},
		{"a URL without https", "base", "http://acme.example", `setting "base" must be an https URL without user, password and fragment`},
		{"a URL with a user", "base", "https://a@acme.example", `setting "base" must be an https URL without user, password and fragment`},
		{"a URL with a fragment", "base", "https://acme.example/#", `setting "base" must be an https URL without user, password and fragment`},
		{"a word from the provider", "team", "T01-ab.c", ""},
		{"a URL from the provider", "team", "https://evil.example", `setting "team" from the provider is not of letters, digits and ._~- alone; give it a field with a pattern in the catalog if it should be more`},
		{"what nobody knows", "note", "any://thing\n", ""},
	} {
		err := c.Accepts(test.id, test.value)
		var setting *catalog.SettingError
		switch {
		case test.refusal == "" && err != nil:
			t.Errorf("%s: %v", test.name, err)
		case test.refusal != "" && (!errors.As(err, &setting) || setting.ID != test.id || err.Error() != test.refusal):
			t.Errorf("%s: got %v, want %s", test.name, err, test.refusal)
		}
	}
}
