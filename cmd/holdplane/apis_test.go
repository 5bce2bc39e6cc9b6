package main

import (
	"strings"
	"testing"
)

func TestAPIsOfNobody(t *testing.T) {
	o := shell{install(t), t}
	o.await(t, o.startServe(t))
	o.run("tenants", "create", "acme")
	if out := o.run("apis", "list", "--tenant", "acme"); !strings.HasPrefix(out, "ID ") {
		t.Errorf("apis list prints\n%s", out)
	}
	if rows := o.rows("apis", "list", "--tenant", "acme"); len(rows) != 0 {
		t.Errorf("apis %v", rows)
	}
	for _, verb := range []string{"protect", "unprotect"} {
		_, err := runWith(t, "", "apis", verb, "api_nowhere", "--tenant", "acme", "--data-dir", o.data)
		if err == nil || !strings.Contains(err.Error(), "api api_nowhere not found") {
			t.Errorf("apis %s: %v", verb, err)
		}
	}
	_, err := runWith(t, importLineOf(1), "keys", "import", "-", "--tenant", "acme", "--data-dir", o.data)
	if err == nil || err.Error() != "1 of 1 keys were refused" {
		t.Errorf("importing into no API: %v", err)
	}
	_, err = runWith(t, importLineOf(1), "keys", "import", "-", "--tenant", "nobody", "--data-dir", o.data)
	if err == nil || !strings.Contains(err.Error(), "tenant nobody does not exist") {
		t.Errorf("importing into no tenant: %v", err)
	}
}
