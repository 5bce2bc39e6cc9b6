package catalog_test

import (
	"strings"
	"testing"

	"github.com/holdplane/holdplane/services/connectionvault/catalog"
)

// TestHostsFromFields loads a URL whose whole host is a field's value, if the field's
// rules keep it in a domain.
func TestHostsFromFields(t *testing.T) {
	for _, test := range []struct {
		rules string
		keeps bool
	}{
		{`pattern: '^[a-z]+\.acme\.example$'`, true},
		{`pattern: '^([a-z]+\.)+acme\.example$'`, true},
		{`pattern: '^[a-z]+\.(acme|acme-eu)\.example$'`, true},
		{`pattern: '^[a-z]+\.acme\.(example|com\.au)$'`, true},
		{`pattern: '^[a-z]+(\.eu)?\.acme\.example$'`, true},
		{`pattern: '^(one|two)\.example$'`, true},
		{`pattern: '^www[12]\.example$'`, true},
		{`type: select, options: [one.example, two.example]`, true},
		{`type: select, options: [www.acme.example], allow_custom_values: true, pattern: '^[a-z]+\.acme\.example$'`, true},

		{`pattern: '^.*$'`, false},
		{`pattern: '^[a-z.]+$'`, false},
		{`pattern: '^[a-z]+\.example$'`, false},
		{`pattern: '^[a-z]+acme\.example$'`, false},
		{`pattern: '^[a-z]+.acme.example$'`, false},
		{`pattern: '^[a-z]+\.acme\.[a-z]+$'`, false},
		{`pattern: '^[a-z]+\.acme\.(example|[a-z]+)$'`, false},
		{`pattern: '^[a-z]+(\.acme\.example)?$'`, false},
		{`pattern: '^[a-z]+(\.acme\.example)*$'`, false},
		{`pattern: '^([a-z]+\.acme\.example|evil)$'`, false},
		{`pattern: '^acme\.example[a-z.]*$'`, false},
		{`pattern: '^(?i)[a-z]+\.acme\.example$'`, false},
		{`type: select, options: [one.example], allow_custom_values: true`, false},
		{`type: url`, false},
	} {
		file := strings.Replace(acme, "{site}.acme.example", "{site}", 1)
		file = strings.Replace(file, `pattern: "^[a-z]+$"`, test.rules, 1)
		_, err := catalog.Load(write(t, "mine.yaml", file))
		if (err == nil) != test.keeps {
			t.Errorf("%s: %v", test.rules, err)
		}
		if err != nil && !strings.Contains(err.Error(), "anybody's host") {
			t.Errorf("%s: %v", test.rules, err)
		}
	}
}
