package connectionvault_test

import (
	"strings"
	"testing"

	"google.golang.org/grpc/codes"

	connectionvaultv1 "github.com/holdplane/holdplane/gen/holdplane/connectionvault/v1"
	"github.com/holdplane/holdplane/pkg/fault"
)

const hidden = `"************"`

// field is a form field of a connection.
func field(t testing.TB, m *connectionvaultv1.Connection, id string) *connectionvaultv1.FormField {
	t.Helper()
	for _, f := range m.GetFormFields() {
		if f.GetId() == id {
			return f
		}
	}
	t.Fatalf("there is no field %s", id)
	return nil
}

func TestSecretsAreMasked(t *testing.T) {
	w, ctx := newShop(t, "copper")
	if f := field(t, w.get(ctx, "crm", "copper"), "api_key"); f.GetValue() != "" || !f.GetSensitive() {
		t.Errorf("before it is set: %v", f)
	}
	w.mustSet(ctx, "crm", "copper", `{"email":"jane@example.com","api_key":"k3y","more":1}`)
	for name, m := range map[string]*connectionvaultv1.Connection{
		"read":            w.get(ctx, "crm", "copper"),
		"the mask sent":   w.mustSet(ctx, "crm", "copper", `{"api_key":`+hidden+`}`),
		"the mask, again": w.mustSet(ctx, "crm", "copper", `{"api_k\u0065y":`+hidden+`,"more":1}`),
	} {
		if f := field(t, m, "api_key"); f.GetValue() != hidden {
			t.Errorf("%s: value %s", name, f.GetValue())
		}
		if m.GetSettings() != `{"email":"jane@example.com","more":1}` || m.GetState() != "callable" || strings.Contains(m.String(), "k3y") {
			t.Errorf("%s: %v", name, m)
		}
	}
	if m := w.mustSet(ctx, "crm", "copper", `{"api_key":null}`); field(t, m, "api_key").GetValue() != "" || m.GetState() != "added" || m.GetHealth() != "missing_settings" {
		t.Errorf("without it: %v", m)
	}
}

// TestSecretsWithoutFieldsAreKnownByName has settings that no field describes.
func TestSecretsWithoutFieldsAreKnownByName(t *testing.T) {
	w, ctx := newShop(t, "pipedrive", "bamboohr")
	reader := w.rootKey(acme, "vault.tokens.read")
	w.bring(ctx, "crm", "pipedrive", &connectionvaultv1.ImportedCredentials{AccessToken: new("access")})
	for name, secret := range map[string]bool{
		"api_key": true, "apiKey": true, "X-API-Key": true, "password": true, "userPassword": true, "passwd": true, "passphrase": true,
		"client_secret": true, "webhookSecret": true, "access_token": true, "Token": true, "private_key": true, "secret.access.key": true,
		"accessKey": true, "signing_key": true, "encryption key": true, "credentials": true, "Authorization": true, "api_k\\u0065y": true,
		"instance_url": false, "key": false, "account": false, "pass": false, "author": false, "monkey": false, "region": false, "": false,
	} {
		t.Run(name, func(t *testing.T) {
			m := w.mustSet(ctx, "crm", "pipedrive", `{"`+name+`":"h1dden","plain":1}`)
			if got := !strings.Contains(m.String(), "h1dden"); got != secret || !strings.Contains(m.GetSettings(), `"plain":1`) {
				t.Errorf("it is hidden: %v, want %v: %s", got, secret, m.GetSettings())
			}
			w.mustSet(ctx, "crm", "pipedrive", `{"`+name+`":`+hidden+`}`)
			r, err := w.tokens.GetAccessToken(reader, &connectionvaultv1.GetAccessTokenRequest{ApplicationId: shop, ConsumerId: jane, UnifiedApi: "crm", ServiceId: "pipedrive"})
			if err != nil || strings.Contains(r.GetSettings(), "h1dden") != secret {
				t.Errorf("after the mask was sent it is %s, %v", r.GetSettings(), err)
			}
			w.mustSet(ctx, "crm", "pipedrive", `{"`+name+`":null}`)
		})
	}
	// What a field says counts, whatever its name is.
	if m := w.mustSet(ctx, "hris", "bamboohr", `{"subdomain":"acme","username":"h1dden"}`); strings.Contains(m.String(), "h1dden") || !strings.Contains(m.GetSettings(), "acme") {
		t.Errorf("with fields: %v", m)
	}
}

func TestSettingsAreWhatTheirFieldsTake(t *testing.T) {
	w, ctx := newShop(t, "copper", "twilio", "woocommerce", "zoho-crm", "salesforce", "bamboohr")
	tests := []struct{ name, api, service, settings, field string }{
		{"what is asked for", "sms", "twilio", `{"account_sid":"AC01234567890123456789012345678901"}`, ""},
		{"what does not match", "sms", "twilio", `{"account_sid":"AC1"}`, "account_sid"},
		{"an empty text", "sms", "twilio", `{"account_sid":""}`, ""},
		{"a list for a text", "sms", "twilio", `{"account_sid":["AC01234567890123456789012345678901"]}`, "account_sid"},
		{"an object for a text", "sms", "twilio", `{"auth_token":{"a":1}}`, "auth_token"},
		{"a number for a text", "sms", "twilio", `{"auth_token":12}`, ""},
		{"an option", "crm", "zoho-crm", `{"extension":"eu"}`, ""},
		{"no option", "crm", "zoho-crm", `{"extension":"evil"}`, "extension"},
		{"an address", "ecommerce", "woocommerce", `{"storeURL":"https://store.example.com/a"}`, ""},
		{"an address without TLS", "ecommerce", "woocommerce", `{"storeURL":"http://store.example.com"}`, "storeURL"},
		{"an address with a user", "ecommerce", "woocommerce", `{"storeURL":"https://a:b@store.example.com"}`, "storeURL"},
		{"an e-mail address", "crm", "copper", `{"email":"jane@example.com"}`, ""},
		{"no e-mail address", "crm", "copper", `{"email":"jane"}`, "email"},
		{"a host of somebody else", "crm", "salesforce", `{"hostname":"evil.example.com"}`, "hostname"},
		{"a label with a dot", "hris", "bamboohr", `{"subdomain":"evil.example"}`, "subdomain"},
		{"what no field describes", "crm", "copper", `{"other":{"a":[1]}}`, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := w.set(ctx, tt.api, tt.service, tt.settings)
			if tt.field == "" {
				expect(t, err, codes.OK)
				return
			}
			expect(t, err, codes.FailedPrecondition)
			if f := fault.From(err); f.Reason != "CONNECTION_SETTINGS" || f.Metadata["field"] != tt.field {
				t.Errorf("got %s of %s", f.Reason, f.Metadata["field"])
			}
		})
	}
}

func TestAnotherHostClearsTheSecrets(t *testing.T) {
	w, ctx := newShop(t, "bamboohr", "salesforce", "shopify", "woocommerce")
	tests := []struct {
		name, api, service, first, then string
		token, kept                     bool
	}{
		{"the same host", "hris", "bamboohr", `{"subdomain":"acme","username":"k"}`, `{"subdomain":"acme"}`, false, true},
		{"another host", "hris", "bamboohr", `{"subdomain":"acme","username":"k"}`, `{"subdomain":"evil"}`, false, false},
		{"another host with the mask", "hris", "bamboohr", `{"subdomain":"acme","username":"k"}`, `{"subdomain":"evil","username":` + hidden + `}`, false, false},
		{"another host with the secret", "hris", "bamboohr", `{"subdomain":"acme","username":"k"}`, `{"subdomain":"evil","username":"k"}`, false, true},
		{"the host after the secret", "hris", "bamboohr", `{"username":"k","subdomain":null}`, `{"subdomain":"acme"}`, false, true},
		{"another address", "ecommerce", "woocommerce", `{"storeURL":"https://a.example.com","username":"u","password":"p"}`, `{"storeURL":"https://b.example.com"}`, false, false},
		{"a host of one's own", "crm", "salesforce", `{"hostname":null}`, `{"hostname":"acme.my.salesforce.com"}`, true, false},
		{"no host of one's own", "crm", "salesforce", `{"hostname":"acme.my.salesforce.com"}`, `{"hostname":null}`, true, false},
		{"the address that the provider told", "crm", "salesforce", `{"instance_url":"https://a.my.salesforce.com"}`, `{"instance_url":"https://b.my.salesforce.com"}`, true, false},
		{"something else", "crm", "salesforce", `{"other":1}`, `{"other":2}`, true, true},
		{"a shop's name", "ecommerce", "shopify", `{"shop":"acme"}`, `{"shop":"evil"}`, true, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w.mustSet(ctx, tt.api, tt.service, tt.first)
			if tt.token {
				if m := w.bring(ctx, tt.api, tt.service, &connectionvaultv1.ImportedCredentials{AccessToken: new("t")}); m.GetState() != "callable" {
					t.Fatalf("before it: %s", m.GetState())
				}
			}
			m := w.mustSet(ctx, tt.api, tt.service, tt.then)
			kept := m.GetState() == "callable"
			if kept != tt.kept {
				t.Errorf("it is %s, %s", m.GetState(), m.GetHealth())
			}
		})
	}
}

// The account at the service is what the provider said, whatever the caller keeps.
func TestMetadataHasTheAccount(t *testing.T) {
	w, ctx := newShop(t, "quickbooks", "copper")
	set := func(api, service, settings, metadata string) string {
		r, err := w.connections.UpdateConnection(ctx, &connectionvaultv1.UpdateConnectionRequest{
			ApplicationId: shop, ConsumerId: jane, UnifiedApi: api, ServiceId: service, Settings: settings, Metadata: metadata,
		})
		if err != nil {
			t.Fatal(err)
		}
		return r.GetConnection().GetMetadata()
	}
	for _, tt := range []struct{ name, api, service, settings, metadata, want string }{
		{"one that the caller made up", "accounting", "quickbooks", `{"realm_id":"9130347596842384"}`, `{"company_id":"mine","n":1.0}`, `{"company_id":"9130347596842384","n":1.0}`},
		{"no metadata", "accounting", "quickbooks", `{}`, `{}`, `{"company_id":"9130347596842384"}`},
		{"no account", "crm", "copper", `{}`, `{"company_id":"mine"}`, `{"company_id":"mine"}`},
	} {
		if got := set(tt.api, tt.service, tt.settings, tt.metadata); got != tt.want {
			t.Errorf("%s: got %s, want %s", tt.name, got, tt.want)
		}
	}
}
