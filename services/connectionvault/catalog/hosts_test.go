package catalog_test

import "testing"

func TestDecidesHost(t *testing.T) {
	c := load(t, write(t, "mine.yaml", `service_id: hosted
name: Hosted
unified_apis: [crm]
auth_type: oauth2
oauth:
  grant: authorization_code
  authorize_url: https://{site}.acme.example/{folder}/a
  token_url: https://acme.example/{region}/t || https://acme.example/t
required_for_authorization: [site, folder]
fields:
  - {id: site, label: Site}
  - {id: folder, label: Folder}
  - {id: region, label: Region}
  - {id: base, label: Base, type: url}
  - {id: name, label: Name, prefix: "https://"}
  - {id: label, label: Label, suffix: .acme.example}
  - {id: amount, label: Amount, suffix: "%"}
  - {id: key, label: Key, sensitive: true}
`))
	for id, want := range map[string]bool{
		"site": true, "folder": false, "region": true, "base": true, "name": true, "label": true, "amount": false, "key": false, "nothing": false,
	} {
		if got := connector(t, c, "hosted").DecidesHost(id); got != want {
			t.Errorf("%s: %v, want %v", id, got, want)
		}
	}
}
