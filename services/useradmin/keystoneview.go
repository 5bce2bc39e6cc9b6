package useradmin

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"time"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/tenant"
)

// How Keystone writes times: those of tokens, which are whole seconds, and others.
const (
	tokenTime = "2006-01-02T15:04:05.000000Z"
	plainTime = "2006-01-02T15:04:05.000000"
)

// tokenView is what a token says. It is kv.ErrNotFound when what the token comes from is not
// there any more.
func (t *tables) tokenView(tx kv.Reader, row *storev1.KeystoneToken) (*useradminv1.KeystoneToken, error) {
	of := tenant.ID(row.GetTenant())
	u, err := t.users.Get(tx, scope(of), row.GetUser())
	if err != nil {
		return nil, err
	}
	domain := &useradminv1.KeystoneDomain{Id: domainID, Name: domainName}
	m := &useradminv1.KeystoneToken{
		Methods: row.GetMethods(), AuditIds: row.GetAuditIds(),
		User:      &useradminv1.KeystoneTokenUser{Domain: domain, Id: u.GetId(), Name: u.GetUsername()},
		ExpiresAt: timeText(row.GetExpiresAtMs(), tokenTime), IssuedAt: timeText(row.GetIssuedAtMs(), tokenTime),
	}
	if row.GetScoped() {
		account, err := t.accountShown(tx, of)
		if err != nil {
			return nil, err
		}
		m.Project = &useradminv1.KeystoneTokenProject{Domain: domain, Id: string(of), Name: account.GetName()}
		m.IsDomain = new(bool)
		for _, name := range row.GetRoles() {
			m.Roles = append(m.Roles, &useradminv1.KeystoneRole{Id: roleID(name), Name: name})
		}
	}
	if id := row.GetApplicationCredential(); id != "" {
		c, err := t.appCredentials.Get(tx, scope(of), id)
		if err != nil {
			return nil, err
		}
		m.ApplicationCredential = &useradminv1.KeystoneTokenCredential{Id: id, Name: c.GetName(), Restricted: true}
	}
	return m, nil
}

func timeText(ms int64, layout string) string { return time.UnixMilli(ms).UTC().Format(layout) }

// roleID is the id of a role, in the form that Keystone's have.
func roleID(name string) string {
	digest := sha256.Sum256([]byte("role:" + name))
	return hex.EncodeToString(digest[:16])
}

// auditID is an id by which a token can be spoken of.
func auditID() string {
	id := make([]byte, 16)
	rand.Read(id) // never fails: it ends the program instead
	return base64.RawURLEncoding.EncodeToString(id)
}
