package connectionvault_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"google.golang.org/grpc/codes"

	connectionvaultv1 "github.com/holdplane/holdplane/gen/holdplane/connectionvault/v1"
	"github.com/holdplane/holdplane/pkg/fault"
)

// typedFields has a field of each type that shipped connectors don't have.
const typedFields = `service_id: typed
name: Typed
unified_apis: [crm]
auth_type: apiKey
fields:
  - {id: key, label: Key, sensitive: true}
  - {id: on, label: "On", type: checkbox}
  - {id: count, label: Count, type: number}
  - {id: day, label: Day, type: date}
  - {id: hour, label: Hour, type: time}
  - {id: moment, label: Moment, type: datetime}
  - {id: many, label: Many, type: multi-select, options: [a, b]}
  - {id: fixed, label: Fixed, disabled: true, default: "1"}
`

// writeConnectors keeps a file of the operator's.
func writeConnectors(t testing.TB, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "own.yaml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestFieldsHaveTypes(t *testing.T) {
	w := newIdleWorld(t, writeConnectors(t, typedFields))
	ctx := w.addApp(acme, shop, &connectionvaultv1.NewIntegration{ServiceId: "typed"})
	if f := field(t, w.get(ctx, "crm", "typed"), "fixed"); f.GetValue() != `"1"` {
		t.Errorf("the default is shown as %s", f.GetValue())
	}
	tests := []struct {
		field      string
		fit, unfit string
	}{
		{"on", `true|false|"true"`, `1|"on"|{}|[true]`},
		{"count", `1|-1.5|1e9|"12"`, `"one"|"1x"|true|[1]`},
		{"day", `"2026-01-31"`, `"2026-02-30"|"31.1.2026"|"2026-01-31T00:00:00Z"|20260131`},
		{"hour", `"13:30"|"13:30:59"`, `"25:00"|"1pm"|"13"`},
		{"moment", `"2026-01-31T13:30:00Z"|"2026-01-31T13:30"|"2026-01-31T13:30:00"|"2026-01-31T13:30:00+02:00"`, `"2026-01-31"|"13:30"|"2026-01-31 13:30"`},
		{"many", `["a"]|["a","b"]|[]|"b"`, `["c"]|["a","c"]|[["a"]]|"c"`},
		{"fixed", `"1"`, `"2"|1`},
	}
	for _, tt := range tests {
		for _, value := range strings.Split(tt.fit, "|") {
			if _, err := w.set(ctx, "crm", "typed", `{"`+tt.field+`":`+value+`}`); err != nil {
				t.Errorf("%s does not take %s: %v", tt.field, value, err)
			}
		}
		for _, value := range strings.Split(tt.unfit, "|") {
			_, err := w.set(ctx, "crm", "typed", `{"`+tt.field+`":`+value+`}`)
			if f := fault.From(err); f == nil || f.Code != codes.FailedPrecondition && f.Code != codes.InvalidArgument || f.Code == codes.FailedPrecondition && f.Metadata["field"] != tt.field {
				t.Errorf("%s takes %s: %v", tt.field, value, err)
			}
		}
	}
}

func TestSettingsHaveBounds(t *testing.T) {
	w, ctx := newShop(t, "copper")
	big := strings.Repeat("a", 100<<10)
	w.mustSet(ctx, "crm", "copper", `{"a":"`+big+`"}`)
	w.mustSet(ctx, "crm", "copper", `{"b":"`+big+`"}`)
	_, err := w.set(ctx, "crm", "copper", `{"c":"`+big+`"}`)
	expect(t, err, codes.FailedPrecondition)
	w.mustSet(ctx, "crm", "copper", `{"a":null,"c":"`+big+`"}`)
}
