package main

import (
	"crypto/rand"
	"fmt"
	"strings"

	"github.com/holdplane/holdplane/pkg/id"
)

// What dev's tenant has, the same in every installation: secrets differ.
const (
	devTenant   = "default"
	devOwnerID  = "5b0cbb1e-3f0e-4c6e-8a53-6d2c1e2f7a10"
	devOwner    = "owner"
	devEmail    = "owner@example.com"
	devClientID = "HP-default"
	devStorage  = "9d1f3c52-7e44-4b0b-9a55-0c7b7f3a2e21"
	devApp      = "dev-app"
	devRedirect = "http://localhost:3000/"
)

// Variables that keep dev's secrets between starts.
const (
	devKeyName      = "UNKEY_ROOT_KEY"
	devPasswordName = "CONTABO_PASSWORD"
	devClientName   = "CONTABO_CLIENT_SECRET"
	devAppKeyName   = "APIDECK_API_KEY"
)

// devSecrets are those of dev's tenant.
type devSecrets struct{ rootKey, password, clientSecret, appKey string }

// devParts are the parts of an installation that dev has something for.
type devParts struct{ users, vault bool }

// readDevSecrets returns those of earlier starts, and new ones where there are none.
func readDevSecrets(kept string) (devSecrets, error) {
	vars, err := readEnvFile(kept)
	if err != nil {
		return devSecrets{}, fmt.Errorf("read %s: %w", kept, err)
	}
	s := devSecrets{rootKey: vars[devKeyName], password: vars[devPasswordName], clientSecret: vars[devClientName], appKey: vars[devAppKeyName]}
	if s.rootKey == "" {
		s.rootKey = id.Secret("hp_root")
	}
	if s.password == "" {
		s.password = rand.Text()
	}
	if s.clientSecret == "" {
		s.clientSecret = rand.Text()
	}
	if s.appKey == "" {
		s.appKey = id.Secret("sk_test")
	}
	return s, nil
}

// tenant is what dev makes.
func (s devSecrets) tenant() bootstrapTenant {
	return bootstrapTenant{
		ID: devTenant, Name: devTenant,
		RootKeys:    []bootstrapRootKey{{Name: "dev", Key: secret{text: s.rootKey}, Permissions: devPermissions()}},
		OAuthClient: bootstrapClient{ClientID: devClientID, ClientSecret: secret{text: s.clientSecret}},
		Users:       []bootstrapUser{{ID: devOwnerID, Username: devOwner, Email: devEmail, Password: secret{text: s.password}, Owner: true}},
		ObjectStorages: []bootstrapStorage{{
			ID: devStorage, Region: "European Union", DisplayName: "Dev", S3URL: "http://127.0.0.1:7070", Driver: "record",
		}},
		Apps: []bootstrapApp{{
			ID: devApp, Name: "Dev", APIKey: secret{text: s.appKey}, RedirectURIs: []text{devRedirect}, everything: true,
		}},
	}
}

// join adds what dev makes to a file's tenants. Of a tenant's accounts the first counts: where
// the file has dev's tenant and no client for it, that gets dev's, which clients are told of.
func (s devSecrets) join(file []bootstrapTenant) []bootstrapTenant {
	own := s.tenant()
	for i, t := range file {
		if t.ID == own.ID && t.OAuthClient == (bootstrapClient{}) {
			file[i].OAuthClient = own.OAuthClient
		}
	}
	return append(file, own)
}

// devPermissions open everything to dev's root key.
func devPermissions() []text {
	var all []text
	for _, p := range allPermissions() {
		all = append(all, text(p))
	}
	return all
}

// variables are what clients of the products need, under the names they know. Without
// user-admin there are none to log in with, and without connection-vault no application's.
func (s devSecrets) variables(base string, here devParts) []variable {
	vars := []variable{{devKeyName, s.rootKey}}
	if here.vault {
		vars = append(vars, variable{"APIDECK_APP_ID", devApp}, variable{devAppKeyName, s.appKey})
	}
	if !here.users {
		return vars
	}
	return append(vars,
		variable{"OS_AUTH_URL", base + "/v3"}, variable{"OS_USERNAME", devOwner}, variable{"OS_PASSWORD", s.password},
		variable{"OS_PROJECT_NAME", devTenant}, variable{"OS_USER_DOMAIN_NAME", "Default"}, variable{"OS_PROJECT_DOMAIN_NAME", "Default"},
		variable{"CONTABO_CLIENT_ID", devClientID}, variable{devClientName, s.clientSecret},
		variable{"CONTABO_USERNAME", devEmail}, variable{devPasswordName, s.password},
	)
}

// What shows how to go on. Names in braces are put in.
const (
	greeting = `
holdplane dev is ready. Data lies in {data}; not for production (then: holdplane init, holdplane serve).

  JSON  {base}     gRPC  {grpc}     metrics  http://{admin}/metrics
  Secrets are also in {kept}, as shell variables.

  Unkey        root key  {key}

    curl {base}/v1/identities.createIdentity -H 'Authorization: Bearer {key}' \
      -H 'Content-Type: application/json' -d '{"externalId":"user_123","meta":{"plan":"pro"}}'

    Python       Unkey(bearer_auth="{key}", server_url="{base}")
    TypeScript   new Unkey({ rootKey: "{key}", baseUrl: "{base}" })
    grpcurl      grpcurl -plaintext -H 'authorization: Bearer {key}' {grpc} holdplane.identity.v1.IdentityService/ListIdentities

`
	greetingUsers = `  Contabo      user  {email}   password  {password}
               client  {client}   secret  {secret}

    TOKEN=$(curl -fsS {base}/auth/realms/contabo/protocol/openid-connect/token -d grant_type=password \
      -d client_id={client} -d client_secret={secret} -d username={email} -d password={password} |
      sed 's/.*"access_token":"\([^"]*\)".*/\1/')
    curl {base}/v1/users -H "Authorization: Bearer $TOKEN" -H 'x-request-id: 00000000-0000-4000-8000-000000000001'

    Python       pfruck_contabo.Configuration(host="{base}", access_token=TOKEN)

  OpenStack    OS_AUTH_URL={base}/v3 OS_USERNAME={owner} OS_PASSWORD={password} OS_PROJECT_NAME={tenant} \
               OS_USER_DOMAIN_NAME=Default OS_PROJECT_DOMAIN_NAME=Default

`
	greetingVault = `  Apideck      application  {app}   key  {appkey}

    curl '{base}/vault/connections?api=crm' -H 'Authorization: Bearer {appkey}' \
      -H 'x-apideck-app-id: {app}' -H 'x-apideck-consumer-id: test-consumer'

    TypeScript   new Apideck({ apiKey: "{appkey}", appId: "{app}", consumerId: "test-consumer", serverURL: "{base}" })

`
	greetingMails = `  Mails        {mails}     (opens once)

`
)

// greeting is what is shown to somebody at a terminal. Addresses are put in by greet.
func (s devSecrets) greeting(here devParts, mails string) string {
	text := greeting
	if here.users {
		text += greetingUsers
	}
	if here.vault {
		text += greetingVault
	}
	if mails != "" {
		text += greetingMails
	}
	return strings.NewReplacer(
		"{key}", s.rootKey, "{email}", devEmail, "{owner}", devOwner, "{password}", s.password,
		"{client}", devClientID, "{secret}", s.clientSecret, "{tenant}", devTenant, "{mails}", mails,
		"{app}", devApp, "{appkey}", s.appKey,
	).Replace(text)
}
