package apideck_test

import (
	"fmt"
	"strings"
	"testing"

	vaultv1 "github.com/holdplane/holdplane/gen/holdplane/connectionvault/v1"
)

// Options as newer clients have them and as older ones do. All else is byte for byte the same.
var optionTexts = []struct{ name, with, without string }{
	{"none", `[]`, `[]`},
	{"no list", `"{"`, `"{"`},
	{"a simple one", `[{"label":"a","value":10.50,"option_type":"simple"}]`, `[{"label":"a","value":10.50}]`},
	{"an empty one", `[{"option_type":"simple"}]`, `[{}]`},
	{"a group", `[{"id":"1","label":"g","options":[{"label":"a","value":[1.0,2e3,"x"],"option_type":"simple"}],"option_type":"group"}]`,
		`[{"id":"1","label":"g","options":[{"label":"a","value":[1.0,2e3,"x"]}]}]`},
	{"large numbers", `[{"label":"a","value":900719925474099312345,"option_type":"simple"},{"label":"b","value":-0.0,"option_type":"simple"}]`,
		`[{"label":"a","value":900719925474099312345},{"label":"b","value":-0.0}]`},
	{"text that looks like it", `[{"label":"{\"option_type\":\"x\"}\\","value":"\u00e9]","option_type":"simple"}]`, `[{"label":"{\"option_type\":\"x\"}\\","value":"\u00e9]"}]`},
	{"what is no option", `[1,null,true,"a",[{"option_type":"x"}]]`, `[1,null,true,"a",[{"option_type":"x"}]]`},
	{"white space", "[ {\"label\" : \"a\" ,\"option_type\":\"simple\"} , 1 ]", "[ {\"label\" : \"a\" } , 1 ]"},
	{"an object elsewhere", `[{"label":{"option_type":"x"},"option_type":"simple"}]`, `[{"label":{"option_type":"x"}}]`},
}

// Answers have option_type for those who need it, whether the service has it or not, and
// don't for those who refuse it.
func TestOptionTypeOfAnswers(t *testing.T) {
	c := &scripted{}
	h := over(t, c)
	for _, tt := range optionTexts {
		for _, has := range []string{tt.with, tt.without} {
			for agent, want := range map[string]string{"": tt.with, oldGo: tt.without} {
				in := func(options string) string {
					return fmt.Sprintf(`[{"resource":"leads","defaults":[{"id":"a","options":%s,"value":10}]}]`, options)
				}
				c.answer = &vaultv1.GetConnectionResponse{Connection: &vaultv1.Connection{
					Configuration: in(has), FormFields: []*vaultv1.FormField{{Type: "select", Options: has}},
				}}
				w := send(t, h, "GET "+pipedrive, "", "User-Agent", agent)
				for _, part := range []string{`"options":` + want + `}],`, `"configuration":` + in(want)} {
					if !strings.Contains(w.Body.String(), part) {
						t.Errorf("%s for %q from %s: got %s\nwant %s", tt.name, agent, has, w.Body, part)
					}
				}
			}
		}
	}
}

// What is stored has it, whoever sent it.
func TestOptionTypeOfRequests(t *testing.T) {
	c := &scripted{}
	h := over(t, c)
	for _, tt := range optionTexts {
		for _, sent := range []string{tt.with, tt.without} {
			send(t, h, "PATCH "+pipedrive, `{"configuration":[{"defaults":[{"options":`+sent+`}]}]}`)
			want := `[{"defaults":[{"options":` + tt.with + `}]}]`
			if got := c.asked.(*vaultv1.UpdateConnectionRequest).GetConfiguration(); got != want {
				t.Errorf("%s: the service got %s\nwant %s", tt.name, got, want)
			}
			send(t, h, "PATCH "+pipedrive+"/leads/config", `{"configuration":[{"defaults":[{"options":`+sent+`}]}]}`)
			if got := c.asked.(*vaultv1.UpdateResourceConfigRequest).GetConfiguration(); got != want {
				t.Errorf("%s: the service got %s for a resource\nwant %s", tt.name, got, want)
			}
		}
	}
}

// What a client says of an option counts less than what the option is: sdk-go sends an empty
// text for those in groups, which other clients refuse.
func TestOptionTypeThatIsWrong(t *testing.T) {
	c := &scripted{}
	h := over(t, c)
	const want = `[{"id":"1","options":[{"label":"a","option_type":"simple"}],"option_type":"group"},{"value":1,"option_type":"simple"}]`
	for _, said := range []string{`""`, `null`, `"other"`, `"simple"`, `"group"`, `1`} {
		sent := strings.ReplaceAll(`[{"option_type":SAID,"id":"1","options":[{"option_type":SAID,"label":"a"}]},{"value":1,"option_type":SAID}]`, "SAID", said)
		send(t, h, "PATCH "+pipedrive, `{"configuration":[{"defaults":[{"options":`+sent+`}]}]}`)
		if got := c.asked.(*vaultv1.UpdateConnectionRequest).GetConfiguration(); got != `[{"defaults":[{"options":`+want+`}]}]` {
			t.Errorf("%s: the service got %s", said, got)
		}
	}
}

func TestOptionTypeByClient(t *testing.T) {
	c := &scripted{answer: &vaultv1.GetConnectorResponse{Connector: &vaultv1.Connector{Settings: []*vaultv1.FormField{{Options: `[{"label":"a"}]`}}}}}
	h := over(t, c)
	for agent, want := range map[string]bool{
		"":                                true,
		"speakeasy-sdk/go":                true,
		"speakeasy-sdk/go ":               true,
		"speakeasy-sdk/go 0.8":            true,
		"speakeasy-sdk/go x.y.z":          true,
		oldGo:                             false,
		"speakeasy-sdk/go 0.0.2 ":         false,
		"speakeasy-sdk/go 0.8.0-beta.1 x": false,
		"speakeasy-sdk/go 0.7.99":         false,
		"speakeasy-sdk/go 0.8.1 2":        true,
		"speakeasy-sdk/go 0.10.0 2":       true,
		"speakeasy-sdk/go 1.0.0 2":        true,
		"speakeasy-sdk/typescript 0.5.2 2.938.0 10.58.7 @apideck/unify":          true,
		"speakeasy-sdk/go 99999999999999999999.0.0 github.com/apideck-libraries": true,
	} {
		w := send(t, h, "GET /connector/connectors/pipedrive", "", "User-Agent", agent)
		if got := strings.Contains(w.Body.String(), `[{"label":"a","option_type":"simple"}]`); w.Code != 200 || got != want {
			t.Errorf("%q: got %d %s", agent, w.Code, w.Body)
		}
	}
}
