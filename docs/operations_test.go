package docs_test

import (
	"io"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"
)

var (
	// metric finds the metrics that operations.md names, typed those that there are.
	metric = regexp.MustCompile(`holdplane_[a-z_]+`)
	typed  = regexp.MustCompile(`# TYPE (holdplane_[a-z_]+) `)
)

// degraded is what it says of readiness while Redis is away.
const degraded = `{"status":"ok","degraded":"rate limits are counted locally"}`

// TestOperations starts a server whose Redis is away, and looks for what operations.md
// tells of one. Metrics of PostgreSQL are looked for where they are described.
func TestOperations(t *testing.T) {
	text, err := os.ReadFile("operations.md")
	if err != nil {
		t.Fatal(err)
	}
	postgres, err := os.ReadFile("../pkg/kv/pgkv/metrics.go")
	if err != nil {
		t.Fatal(err)
	}
	addrs := freeAddrs(t, 2)
	vars := startDev(t, workplace(t), "HOLDPLANE_ADMIN_ADDR="+addrs[0], "HOLDPLANE_REDIS=redis://"+addrs[1])
	baseURL := strings.TrimPrefix(vars[0], "BASE_URL=")
	if got := get(t, baseURL+"/readyz"); got != degraded || !strings.Contains(string(text), "`"+degraded+"`") {
		t.Errorf("/readyz answers %s", got)
	}
	get(t, baseURL+"/v1/liveness") // so that there is a call
	measured := get(t, "http://"+addrs[0]+"/metrics")
	for _, name := range metric.FindAllString(string(text), -1) {
		stored, ofStore := strings.CutPrefix(name, "holdplane_store_")
		switch {
		case ofStore && strings.Contains(string(postgres), `"`+stored+`"`):
		case !ofStore && strings.Contains(measured, "# TYPE "+name+" "):
		default:
			t.Errorf("operations.md names the metric %s, which is not there", name)
		}
	}
	for _, found := range typed.FindAllStringSubmatch(measured, -1) {
		if !strings.Contains(string(text), "`"+found[1]+"`") {
			t.Errorf("operations.md does not name the metric %s", found[1])
		}
	}
}

// get returns the body of what answers 200.
func get(t *testing.T, url string) string {
	t.Helper()
	res, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("%s: status %d, %v", url, res.StatusCode, err)
	}
	return strings.TrimSpace(string(body))
}
