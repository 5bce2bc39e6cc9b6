package main

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

const appsYAML = `connectors: [./ours.yaml]
tenants:
  - id: acme
    name: Acme
    apps:
      - id: shop
        name: Shop
        api_key: {env: SHOP_KEY}
        redirect_uris: [https://shop.example.com/done, https://shop.example.com/other]
        default_redirect_uri: https://shop.example.com/other
        confirm_connections: true
        integrations:
          - {service_id: ours}
          - {service_id: pipedrive, client_id: ours, client_secret: {file: %s}, scopes: [deals]}
          - {service_id: hubspot, disabled: true}
`

const oursYAML = "{service_id: ours, name: Ours, unified_apis: [crm], status: live, auth_type: apiKey, fields: [{id: api_key, label: Key, type: text, required: true, sensitive: true}]}"

// startApps writes the files of a start, whose key is in the environment.
func (o shell) startApps() (path string) {
	o.t.Helper()
	o.write(o.t, "ours.yaml", oursYAML, 0o600)
	o.t.Setenv("SHOP_KEY", "sk_test_0123456789abcdef")
	return o.write(o.t, "start.yaml", fmt.Sprintf(appsYAML, o.write(o.t, "secret", "a client's secret", 0o600)), 0o600)
}

// TestBootstrapAppsTwice starts on the same file again, which changes nothing, and then on
// one that differs, which is only reported.
func TestBootstrapAppsTwice(t *testing.T) {
	o := shell{install(t), t}
	path := o.startApps()
	s := o.serve(t, "--bootstrap", path)
	first := fmt.Sprint(o.rows("apps", "list", "--tenant", "acme"))
	for _, want := range []string{"shop", "Shop", "confirmConnections:true", "https://shop.example.com/other", "deals", "pipedrive", "hasSecret:true", "disabled:true", "ours"} {
		if !strings.Contains(first, want) {
			t.Errorf("made %s, want %s in it", first, want)
		}
	}
	s.stop()
	s = o.serve(t, "--bootstrap", path)
	if second := fmt.Sprint(o.rows("apps", "list", "--tenant", "acme")); second != first {
		t.Errorf("the second start has changed\n%s\nto\n%s", first, second)
	}
	s.stop()
	if log := s.log.String(); strings.Contains(log, "difference") {
		t.Errorf("the second start reports a difference:\n%s", log)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	o.write(t, "start.yaml", strings.NewReplacer("name: Shop", "name: Store", "confirm_connections: true", "confirm_connections: false", "[deals]", "[contacts]").Replace(string(text)), 0o600)
	t.Setenv("SHOP_KEY", "sk_test_another_0123456789")
	s = o.serve(t, "--bootstrap", path)
	if third := fmt.Sprint(o.rows("apps", "list", "--tenant", "acme")); third != first {
		t.Errorf("a file that differs has changed\n%s\nto\n%s", first, third)
	}
	s.stop()
	log := s.log.String()
	if !strings.Contains(log, "differs in name, api_key, confirm_connections, integrations") {
		t.Errorf("the log does not tell the differences:\n%s", log)
	}
	for _, hidden := range []string{"sk_test", "a client's secret"} {
		if strings.Contains(log, hidden) {
			t.Errorf("the log shows %q", hidden)
		}
	}
}

// TestBadApps refuses files with which applications can't be made, and makes nothing.
func TestBadApps(t *testing.T) {
	o := shell{install(t), t}
	for _, c := range []struct{ name, old, new, want string }{
		{"an unknown key", "redirect_uris:", "redirect_uri:", `did you mean "redirect_uris"`},
		{"no key", "api_key: {env: SHOP_KEY}", "name: Shop", "needs id and api_key"},
		{"a service that there is not", "service_id: hubspot", "service_id: hubspott", `did you mean "hubspot"`},
		{"no service", "{service_id: ours}", "{client_id: x}", "has no service_id"},
		{"a key of another form", "{env: SHOP_KEY}", "short", "must begin with"},
		{"a default that is not listed", "com/other\n        confirm", "com/third\n        confirm", "must be one of redirect_uris"},
		{"connectors that are not there", "./ours.yaml", "./none.yaml", "none.yaml"},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := shell{o.installation, t}
			text, err := os.ReadFile(o.startApps())
			if err != nil {
				t.Fatal(err)
			}
			changed := strings.Replace(strings.Replace(string(text), "name: Shop\n        api_key", "api_key", 1), c.old, c.new, 1)
			changed = strings.Replace(changed, "{env: SHOP_KEY}", "sk_test_0123456789abcdef", 1)
			wantFailure(t, o.startServe(t, "--bootstrap", o.write(t, "start.yaml", changed, 0o600)), c.want)
		})
	}
}
