package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/holdplane/holdplane/internal/servers"
)

// TestPlantedValues gives a server a thousand values and more in every way that it takes
// any, right and wrong, and looks for them in all that it writes. The file dev.env is left
// out: it keeps dev's own key, so that scripts find it.
func TestPlantedValues(t *testing.T) {
	t.Run("counts in memory", func(t *testing.T) { newPlanting(t).all() })
	t.Run("counts in Redis", func(t *testing.T) {
		p := newPlanting(t)
		// Every command is kept, and texts in dumps are as they are.
		p.redis = servers.StartRedis(t, "--slowlog-log-slower-than", "0", "--slowlog-max-len", "1000000", "--rdbcompression", "no").Addr
		p.all()
	})
	t.Run("kept in PostgreSQL", func(t *testing.T) {
		p := newPlanting(t)
		p.postgres = servers.Postgres(t)
		p.all()
	})
}

func (p *planting) all() {
	p.tenant = "visible" + rand.Text() // names of tenants are in the stores' keys
	c, s := p.start()
	p.secrets(s)
	p.quotas()
	for n := range 30 {
		p.identity(s, n)
	}
	p.wrongRequests(s)
	p.wrongHeaders(s)
	p.wrongCalls(s)
	p.sessions(s)
	p.garbage(s)
	p.grants(s)
	p.imports(s, p.keys(s))
	p.overrides(s)
	p.people(s)
	p.kept(s)
	p.vault(s)
	if failed := p.calls(s); len(failed) > 0 {
		p.t.Errorf("never right: %q", failed)
	}
	p.pages()
	p.lists()
	c.stop(p.t)
	p.written["first log"] = []byte(c.log.String() + c.out.String())
	c, s = p.start() // what is kept is read again
	s.status(p.t, p.key)
	c.stop(p.t)
	p.written["second log"] = []byte(c.log.String() + c.out.String())
	if p.redis != "" {
		p.inRedis()
	}
	if p.postgres != "" {
		p.inPostgres()
	}
	p.check()
}

// planting is a server, and what it was told.
type planting struct {
	shell
	tenant, key    string
	redis          string // host:port; empty without
	postgres       string // address; empty where files are kept
	roleName, slug string // planted, and there
	secretID       string // of one that is there
	values         []string
	seen           map[string]bool   // tokens of mailed links
	written        map[string][]byte // by the server, beside the data folder
}

func newPlanting(t *testing.T) *planting {
	in := &installation{root: newRoot(t)}
	in.data, in.key = in.file("data"), in.file("data.key")
	return &planting{shell: shell{in, t}, written: map[string][]byte{}, seen: map[string]bool{}}
}

// value makes a value that nothing else can have.
func (p *planting) value() string { return p.plant("planted" + rand.Text()) }

func (p *planting) plant(v string) string {
	p.values = append(p.values, v)
	return v
}

func (p *planting) start() (*child, *server) {
	removeFile(p.t, p.file("env"))
	if p.key == "" {
		p.key = p.plant("hp_root_" + rand.Text())
		p.write(p.t, "start.yaml", fmt.Sprintf(`tenants: [{id: %s, name: %s, root_keys: [{name: %s, key: %s, permissions: ["%s"]}]}]`,
			p.tenant, p.value(), p.value(), p.key, strings.Join(allPermissions(), `", "`)), 0o600)
	}
	args := []string{"dev", "--data-dir", p.data, "--http-addr", "127.0.0.1:0", "--grpc-addr", "127.0.0.1:0", "--admin-addr",
		"unix://" + p.file("admin.sock"), "--env-file", p.file("env"), "--bootstrap", p.file("start.yaml"), "--log-level", "debug"}
	if p.redis != "" {
		args = append(args, "--redis", "redis://"+p.redis)
	}
	if p.postgres != "" {
		args = append(args, "--store", p.postgres)
	}
	c := startChild(p.t, args...)
	s := p.await(p.t, c)
	for _, name := range devSecretNames {
		p.plant(readVars(p.t, p.file("env"))[name])
	}
	return c, s
}

// secrets makes keys as operators do.
func (p *planting) secrets(s *server) {
	for range 5 {
		made := p.row("keys", "create", "--tenant", p.tenant, "--permission", "*", "--name", p.value())
		p.plant(made["secret"].(string))
		next := p.row("keys", "rotate", made["key"].(map[string]any)["id"].(string), "--tenant", p.tenant)
		s.status(p.t, p.plant(next["secret"].(string)))
		_, key := s.newKey(p.t, p.tenant, "identity.*.read_identity")
		s.status(p.t, p.plant(key))
	}
	p.run("tenants", "create", "brief", "--name", p.value())
	p.run("tenants", "delete", "brief", "--yes")
}

// quotas sets one that nobody meets, and tries others.
func (p *planting) quotas() {
	p.run("tenants", "quota", p.tenant, "1000000")
	for _, wrong := range [][]string{{p.tenant, p.value()}, {p.value(), "1"}} {
		if _, err := runWith(p.t, "", append([]string{"tenants", "quota", "--data-dir", p.data}, wrong...)...); err == nil {
			p.t.Errorf("%q is a quota", wrong)
		}
	}
}

// lists prints the audit log. Names of keys, tenants and APIs are shown in their own
// lists, and in nothing else.
func (p *planting) lists() {
	for _, spec := range services {
		of := []string{"audit", "--limit", "0", "--service", spec.name}
		for _, form := range [][]string{of, append(slices.Clone(of), "--tenant", p.tenant), append(slices.Clone(of), "--json")} {
			p.written[strings.Join(form, " ")] = []byte(p.run(form...))
		}
	}
}

func (p *planting) identity(s *server, n int) {
	limits := []map[string]any{{"name": p.value(), "limit": 10, "duration": 1000}}
	externalID := p.value()
	body := map[string]any{"externalId": externalID, "meta": map[string]any{p.value(): p.value()}, "ratelimits": limits}
	p.want(s, http.StatusOK, "/v1/identities.createIdentity", body)
	p.want(s, http.StatusConflict, "/v1/identities.createIdentity", body)
	_, answer := s.send(p.t, http.MethodGet, p.key, getPath(externalID), "")
	var got record
	if err := json.Unmarshal([]byte(answer), &got); err != nil {
		p.t.Fatal(err)
	}
	if n%2 == 0 {
		body["meta"] = map[string]any{"nested": []any{map[string]any{p.value(): p.value()}}}
		p.want(s, http.StatusOK, "/v1/identities.updateIdentity", body)
	}
	if n%3 == 0 {
		p.want(s, http.StatusOK, "/v1/identities.deleteIdentity", map[string]any{"identityId": got.ID})
	}
}

func (p *planting) want(s *server, want int, path string, body any) {
	p.t.Helper()
	if got, answer := s.post(p.t, p.key, path, body); got != want {
		p.t.Errorf("%s answers %d, want %d: %s", path, got, want, answer)
	}
}

// pages reads what the admin listener shows, but for profiles of the living heap.
func (p *planting) pages() {
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true, DialContext: func(context.Context, string, string) (net.Conn, error) {
		return net.Dial("unix", p.file("admin.sock"))
	}}}
	for _, path := range []string{"/metrics", "/debug/pprof/", "/debug/pprof/goroutine?debug=2"} {
		r, err := http.NewRequest(http.MethodGet, "http://admin"+path, nil)
		if err != nil {
			p.t.Fatal(err)
		}
		_, body, err := do(client, r)
		if err != nil {
			p.t.Error(err)
		}
		p.written[path] = body
	}
}

func (p *planting) check() {
	if len(p.values) < 1000 {
		p.t.Errorf("only %d values were planted", len(p.values))
	}
	planted, control := newScanner(p.values...), newScanner(p.tenant)
	visible := 0
	for path, content := range contents(p.t, p.data) {
		if filepath.Base(path) == "dev.env" {
			continue
		}
		p.written[path] = content
	}
	for where, content := range p.written {
		if strings.HasSuffix(where, ".db") || strings.HasPrefix(where, "PostgreSQL") {
			visible += len(control.find(content))
		}
		if found := planted.find(content); len(found) > 0 {
			p.t.Errorf("%s has %d of the planted values: %.60q", where, len(found), found)
		}
	}
	log := string(p.written["first log"])
	wantNoStack(p.t, log)
	if visible == 0 || !strings.Contains(log, `"route":"/v1/identities.createIdentity"`) {
		p.t.Error("what has to be in the files and the log was not found: nothing was looked at")
	}
	p.t.Logf("%d values, looked for in %d files and pages", len(p.values), len(p.written))
}
