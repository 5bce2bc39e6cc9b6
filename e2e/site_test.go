package e2e_test

import (
	"html/template"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// pages are a SaaS's own. The first opens the vault's page and keeps what it hears of it; what
// it is told to open stands in its address.
var pages = map[string]*template.Template{
	"/": template.Must(template.New("").Parse(`<!doctype html><html lang="en"><title>SaaS</title><link rel="icon" href="data:,"><h1>SaaS</h1>
<script src="{{.Get "vault"}}/vault.js"></script><script>
const heard = [];
let told = 0, last;
addEventListener("message", e => { if (e.data === "told") told++ });
const open = options => ApideckVault.open({token: {{.Get "token"}},
	onReady: () => heard.push("ready"), onClose: () => heard.push("close"),
	onConnectionChange: c => heard.push("change " + (last = c).id + " " + c.state),
	onConnectionDelete: c => heard.push("delete " + c.id + " " + c.state), ...options});
</script>`)),
	"/integrations": template.Must(template.New("").Parse(`<!doctype html><html lang="en"><title>SaaS</title><link rel="icon" href="data:,"><h1>Integrations</h1>`)),
	// A stranger's page in a frame of the first tells it what only the vault's may.
	"/stranger": template.Must(template.New("").Parse(`<!doctype html><html lang="en"><title>Stranger</title><script>
const connection = {id: "crm+forged", state: "callable"};
for (const message of ["on-ready", "on-close", {type: "on-connection-change", data: connection}, {type: "on-connection-delete", data: connection}, "told"])
	parent.postMessage(message, "*");
</script>`)),
}

// startSite serves the pages of a SaaS until the test ends, and returns their origin. Its host
// is another than Holdplane's, so browsers keep the two apart as those of two companies.
func startSite(t *testing.T) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		page, ok := pages[r.URL.Path]
		if !ok {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		if err := page.Execute(w, r.URL.Query()); err != nil {
			t.Error(err)
		}
	}))
	t.Cleanup(s.Close)
	return strings.Replace(s.URL, "127.0.0.1", "localhost", 1)
}
