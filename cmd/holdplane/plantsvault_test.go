package main

import (
	"encoding/json"
	"net/http"

	connectionvaultv1 "github.com/holdplane/holdplane/gen/holdplane/connectionvault/v1"
	"github.com/holdplane/holdplane/pkg/id"
)

// vault gives connection-vault what it keeps secret: clients, applications' keys, settings,
// imported tokens, sessions, consumers, and webhooks with what they are told.
func (p *planting) vault(s *server) {
	operator := connectionvaultv1.NewOperatorServiceClient(s.internal)
	app := "app-" + p.tenant
	added, err := operator.AddApplication(p.t.Context(), &connectionvaultv1.AddApplicationRequest{
		Tenant: p.tenant, Id: app, Name: p.value(), RedirectUris: []string{"https://app.example.com/" + p.value()},
		Integrations: []*connectionvaultv1.NewIntegration{
			{ServiceId: keyed}, {ServiceId: "pipedrive", ClientId: p.value(), ClientSecret: p.value()},
		},
	})
	if err != nil {
		p.t.Fatal(err)
	}
	rotated, err := operator.RotateApplicationKey(p.t.Context(), &connectionvaultv1.RotateApplicationKeyRequest{Tenant: p.tenant, ApplicationId: app})
	if err != nil {
		p.t.Fatal(err)
	}
	p.plant(added.GetApiKey())
	key := p.plant(rotated.GetApiKey())
	p.apideck(s, app, key, "", http.StatusCreated, "POST", "/webhook/webhooks", fields{"unified_api": "vault", "status": "enabled",
		"delivery_url": "https://hooks.onion/" + p.value(), "events": []string{"*"}, "description": p.value()})
	for range 5 {
		p.customer(s, app, key)
	}
}

// customer is a consumer with connections of each kind, right and wrong.
func (p *planting) customer(s *server, app, key string) {
	consumer := id.New("consumer") // the audit log shows it
	p.apideck(s, app, key, consumer, http.StatusOK, "PATCH", "/vault/connections/crm/"+keyed, fields{"enabled": true,
		"settings": fields{"base_url": "https://example.api-us1.com", "api_key": p.value()}, "metadata": fields{p.value(): p.value()}})
	p.apideck(s, app, key, consumer, http.StatusUnprocessableEntity, "PATCH", "/vault/connections/crm/"+keyed, fields{
		"settings": fields{"base_url": p.value(), "api_key": p.value()}})
	p.apideck(s, app, key, consumer, http.StatusOK, "POST", "/vault/connections/crm/pipedrive/import", fields{
		"credentials": fields{"access_token": p.value(), "refresh_token": p.value()}, "metadata": fields{p.value(): p.value()}})
	answer := p.apideck(s, app, key, consumer, http.StatusOK, "POST", "/vault/sessions", fields{
		"consumer_metadata": fields{"account_name": p.value(), "user_name": p.value(), "email": p.value() + "@example.com"}})
	var made struct {
		Data struct {
			SessionToken string `json:"session_token"`
		}
	}
	if err := json.Unmarshal([]byte(answer), &made); err != nil || made.Data.SessionToken == "" {
		p.t.Fatalf("no session: %s (%v)", answer, err)
	}
	p.apideck(s, app, p.plant(made.Data.SessionToken), consumer, http.StatusOK, "GET", "/vault/connections", nil)
	p.apideck(s, app, p.value(), consumer, http.StatusUnauthorized, "GET", "/vault/connections/crm/"+p.value(), nil)
	p.apideck(s, app, key, consumer, http.StatusOK, "GET", "/vault/logs", nil)
}

// apideck makes a request as Apideck's clients do.
func (p *planting) apideck(s *server, app, key, consumer string, want int, method, path string, body any) (answer string) {
	p.t.Helper()
	o := outgoing{method: method, path: path, header: http.Header{
		"Authorization": {"Bearer " + key}, "Content-Type": {jsonType}, "X-Apideck-App-Id": {app}, "X-Apideck-Consumer-Id": {consumer},
	}}
	if body != nil {
		o.body = jsonOf(p.t, body)
	}
	status, answer := s.deliver(p.t, o)
	if status != want {
		p.t.Errorf("%s %s answers %d, want %d: %.300s", method, path, status, want, answer)
	}
	return answer
}
