package e2e_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"reflect"
	"strings"
	"testing"
)

// The samples of Apideck's documents, as sdk-go puts them on the wire: v0.8.0 and older break
// at option_type, newer ones need it.
func TestSeed004(t *testing.T) {
	eachFormOf(t, func() server { return newVault(t, "old", "new") }, func(t *testing.T, s server) {
		for tenant, agent := range map[string]string{
			"old": "speakeasy-sdk/go 0.8.0 2.596.2 10.13.0 github.com/apideck-libraries/sdk-go",
			"new": "speakeasy-sdk/go 0.27.23 2.788.15 10.34.0 github.com/apideck-libraries/sdk-go",
		} {
			t.Run(tenant, func(t *testing.T) {
				sampler{t: t, server: s.of(t, tenant), agent: agent, typed: tenant == "new"}.run()
			})
		}
	})
}

// sampler is a client of one generation.
type sampler struct {
	t *testing.T
	server
	agent string
	typed bool // it wants option_type
}

const samplePath = "/vault/connections/crm/pipedrive"

func (c sampler) run() {
	update, imported := c.sample("update.json"), c.sample("import.json")
	c.call(http.MethodGet, "/vault/connections?api=crm&configured=true", "", http.StatusOK)
	if got := c.one(http.MethodGet, samplePath, ""); got["state"] != "available" {
		c.t.Errorf("get: the state is %v before the update, want available", got["state"])
	}
	c.kept(update, c.one(http.MethodPatch, samplePath, update))
	c.kept(update, c.one(http.MethodGet, samplePath, ""))
	if got := c.one(http.MethodPost, samplePath+"/import", imported); got["state"] != "callable" {
		c.t.Errorf("imports: the state is %v, want callable", got["state"])
	}
	c.kept(update, c.one(http.MethodGet, samplePath, ""))
	c.call(http.MethodPost, samplePath+"/token", "", http.StatusUnprocessableEntity) // no such grant
	if all := c.call(http.MethodGet, "/vault/connections?api=crm&configured=true", "", http.StatusOK); !strings.Contains(all, `"crm+pipedrive"`) {
		c.t.Errorf("list: %s, want the connection", all)
	}
	if body := c.call(http.MethodDelete, samplePath, "", http.StatusNoContent); body != "" {
		c.t.Errorf("delete answers %s, want nothing", body)
	}
	c.call(http.MethodDelete, samplePath, "", http.StatusNotFound)
}

func (c sampler) sample(name string) string {
	c.t.Helper()
	text, err := os.ReadFile("seed004/" + name)
	if err != nil {
		c.t.Fatal(err)
	}
	return string(text)
}

func (c sampler) call(method, path, body string, want int) string {
	c.t.Helper()
	status, got := c.vault(c.t, "test-consumer", method, path, body, http.Header{"User-Agent": {c.agent}})
	if status != want {
		c.t.Fatalf("%s %s: %d %s, want %d", method, path, status, got, want)
	}
	return got
}

// one is the connection of an answer.
func (c sampler) one(method, path, body string) map[string]any {
	c.t.Helper()
	data, _ := members(c.t, c.call(method, path, body, http.StatusOK))["data"].(map[string]any)
	return data
}

// members reads an object. Numbers stay as they are written.
func members(t *testing.T, text string) (all map[string]any) {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader([]byte(text)))
	d.UseNumber()
	if err := d.Decode(&all); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	return all
}

// kept wants what was sent in a connection, value for value.
func (c sampler) kept(sent string, got map[string]any) {
	c.t.Helper()
	want := members(c.t, sent)
	for _, member := range []string{"enabled", "metadata"} {
		if !reflect.DeepEqual(got[member], want[member]) {
			c.t.Errorf("%s is %v, want %v", member, got[member], want[member])
		}
	}
	settings, _ := got["settings"].(map[string]any)
	if settings["instance_url"] != "https://eu28.salesforce.com" {
		c.t.Errorf("settings are %v", settings)
	}
	mappings, _ := got["custom_mappings"].([]any)
	if text, err := json.Marshal(mappings); err != nil || len(mappings) != 1 || !strings.Contains(string(text), `"value":"$.root.training.first_aid"`) {
		c.t.Errorf("mappings are %s (%v)", text, err)
	}
	groups, options := 0, 0
	c.untyped(got["configuration"], &groups, &options)
	if groups != 3 || options != 17 {
		c.t.Errorf("there are %d groups and %d options, want 3 and 17", groups, options)
	}
	if !reflect.DeepEqual(got["configuration"], want["configuration"]) {
		c.t.Errorf("configuration is\n%v\nwant\n%v", got["configuration"], want["configuration"])
	}
}

// untyped takes option_type off options, where the client wants it, and counts them.
func (c sampler) untyped(v any, groups, options *int) {
	switch v := v.(type) {
	case []any:
		for _, one := range v {
			c.untyped(one, groups, options)
		}
	case map[string]any:
		_, hasDefaults := v["defaults"]
		_, isDefault := v["options"].([]any)
		if v["label"] != nil {
			want := "simple"
			if isDefault {
				want = "group"
				*groups++
			} else {
				*options++
			}
			if kind, there := v["option_type"]; there != c.typed || there && kind != want {
				c.t.Errorf("option_type is %v, want %q: %v", kind, want, c.typed)
			}
			delete(v, "option_type")
		}
		if hasDefaults || isDefault {
			c.untyped(v["defaults"], groups, options)
			c.untyped(v["options"], groups, options)
		}
	}
}
