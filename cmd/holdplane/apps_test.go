package main

import (
	"net/http"
	"slices"
	"strings"
	"testing"
)

func TestApps(t *testing.T) {
	for name, start := range forms {
		t.Run(name, func(t *testing.T) {
			o := shell{install(t), t}
			s := start(t, o.installation)
			o.run("tenants", "create", "acme")
			o.checkApps(s)
		})
	}
}

func (o shell) checkApps(s *server) {
	t := o.t
	made := o.row("apps", "add", "shop", "--tenant", "acme", "--name", "Shop", "--redirect-uri", "https://shop.example.com/done")
	first, _ := made["apiKey"].(string)
	if made["id"] != "shop" || first == "" {
		t.Fatalf("made %v", made)
	}
	own := o.write(t, "key", "sk_live_0123456789abcdef\n", 0o600)
	out := o.run("apps", "add", "store", "--tenant", "acme", "--confirm-connections", "--key-file", own)
	if !strings.HasPrefix(out, "Made application store") || strings.Contains(out, "sk_live") {
		t.Errorf("apps add prints %q", out)
	}
	secret := o.write(t, "secret", "the client's secret", 0o600)
	out = o.run("apps", "set-integration", "shop", "pipedrive", "--tenant", "acme", "--client-id", "ours", "--secret-file", secret, "--scope", "deals")
	if strings.Contains(out, "the client's secret") || !strings.Contains(out, "pipedrive") {
		t.Errorf("apps set-integration prints %q", out)
	}
	o.run("apps", "set-integration", "shop", "hubspot", "--tenant", "acme", "--disabled")
	if got := column(o.rows("apps", "list", "--tenant", "acme"), "id"); !slices.Equal(got, []string{"shop", "store"}) {
		t.Errorf("listed %q", got)
	}
	if listed := o.run("apps", "list", "--tenant", "acme"); !strings.Contains(listed, "hubspot (off), pipedrive") {
		t.Errorf("apps list prints\n%s", listed)
	}
	second, _ := o.row("apps", "rotate-key", "shop", "--tenant", "acme")["apiKey"].(string)
	for _, key := range []string{first, second} {
		if status := s.integrations(t, key); status != http.StatusOK {
			t.Errorf("of two keys that are valid one gets %d", status)
		}
	}
	o.run("apps", "rotate-key", "shop", "--tenant", "acme", "--overlap", "1h")
	eventually(t, "the first key is refused", func() bool { return s.integrations(t, first) == http.StatusUnauthorized })
	o.run("apps", "remove-integration", "shop", "hubspot", "--tenant", "acme")
	for want, args := range map[string][]string{
		"does not integrate":       {"remove-integration", "shop", "hubspot"},
		"no connector":             {"set-integration", "shop", "nobody"},
		"has no application":       {"rotate-key", "nobody"},
		"an application shop":      {"add", "shop"},
		"letters, digits, hyphens": {"add", "a shop"},
	} {
		_, err := runWith(t, "", append(append([]string{"apps"}, args...), "--tenant", "acme", "--data-dir", o.data)...)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", args, err, want)
		}
	}
}

// integrations is the status of a list with a key of shop's.
func (s *server) integrations(t *testing.T, key string) int {
	t.Helper()
	q, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.baseURL+"/vault/connections", nil)
	if err != nil {
		t.Fatal(err)
	}
	q.Header = http.Header{"Authorization": {"Bearer " + key}, "X-Apideck-App-Id": {"shop"}, "X-Apideck-Consumer-Id": {"ann"}}
	res, err := http.DefaultClient.Do(q)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	return res.StatusCode
}
