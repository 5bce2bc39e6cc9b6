package connectionvault_test

import (
	"testing"
	"testing/synctest"
	"time"

	connectionvaultv1 "github.com/holdplane/holdplane/gen/holdplane/connectionvault/v1"
)

// TestImportedRefreshToken brings a refresh token alone: it is used before anything is handed
// out, whenever the access token that is not there is said to end.
func TestImportedRefreshToken(t *testing.T) {
	for name, ends := range map[string]int64{"nothing said of an access token": 0, "one that ends in an hour": 3600} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFlow(t)
				f.provider.set(func(p *provider) { p.refreshes["imported"] = true })
				credentials := &connectionvaultv1.ImportedCredentials{RefreshToken: new("imported")}
				if ends != 0 {
					at := time.Now().UTC().Format(time.RFC3339)
					credentials.ExpiresIn, credentials.IssuedAt = &ends, &at
				}
				_, err := f.process.connections.ImportConnection(f.app, &connectionvaultv1.ImportConnectionRequest{
					ApplicationId: "shop", ConsumerId: "ann", UnifiedApi: "crm", ServiceId: "rotator", Credentials: credentials,
				})
				if err != nil {
					t.Fatal(err)
				}
				f.wantToken(f.process, "access/1")
			})
		})
	}
}
