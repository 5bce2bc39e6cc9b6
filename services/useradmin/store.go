package useradmin

import (
	"strconv"
	"time"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/audit"
	"github.com/holdplane/holdplane/pkg/outbox"
	"github.com/holdplane/holdplane/pkg/table"
)

// Tables that others' rows need.
const (
	userTable    = "user"
	storageTable = "storage"
)

// Indexes by name.
const (
	byClient     = "client"
	byEmail      = "email"
	byUsername   = "username"
	byLogin      = "login"
	byID         = "id"
	byOwner      = "owner"
	byDigest     = "digest"
	byUser       = "user"
	byPurpose    = "purpose"
	byName       = "name"
	byCredential = "credential"
	byHolder     = "holder"
	byPair       = "pair"
	byKind       = "kind"
	byObject     = "object"
)

// tables is the service's store.
type tables struct {
	accounts       *table.Table[*storev1.Account]               // tenant, one row
	users          *table.Table[*storev1.User]                  // tenant; found by login and id from anywhere
	attempts       *table.Table[*storev1.LoginAttempts]         // global
	roles          *table.Table[*storev1.UserRole]              // tenant
	links          *table.Table[*storev1.Link]                  // tenant; found by digest from anywhere
	tokens         *table.Table[*storev1.KeystoneToken]         // tenant; found by digest from anywhere
	appCredentials *table.Table[*storev1.ApplicationCredential] // tenant; found by id from anywhere
	storages       *table.Table[*storev1.ObjectStorage]         // tenant
	credentials    *table.Table[*storev1.S3Credential]          // tenant
	changes        *table.Table[*storev1.Change]                // tenant
	audit          *audit.Log
	outbox         *outbox.Outbox
	urgent         *outbox.Outbox // what identity has to know within seconds
	principals     *outbox.Outbox // for object storages, which may hang
	mails          *outbox.Outbox // for the mail server, which may hang, too
}

func (t *tables) set() table.Set {
	return table.Set{
		t.accounts, t.users, t.attempts, t.roles, t.links, t.tokens, t.appCredentials,
		t.storages, t.credentials, t.changes, t.audit.Table(), t.outbox.Table(), t.urgent.Table(), t.principals.Table(), t.mails.Table(),
	}
}

// accountID is the primary key of a tenant's only account.
const accountID = "account"

func newTables(blind table.Blinder) tables {
	return tables{
		accounts: table.New(table.Spec[*storev1.Account]{
			Name: "account",
			ID:   func(*storev1.Account) []any { return []any{accountID} },
			Indexes: []table.Index[*storev1.Account]{{
				Name: byClient, Unique: true, Global: true,
				Values: func(m *storev1.Account) []string { return []string{m.GetClientId()} },
			}},
		}, blind),
		users: newUserTable(blind),
		attempts: table.New(table.Spec[*storev1.LoginAttempts]{
			Name:    "attempt",
			ID:      func(m *storev1.LoginAttempts) []any { return []any{m.GetAccount()} },
			Expires: attemptsEnd,
		}, blind),
		roles: table.New(table.Spec[*storev1.UserRole]{
			Name: "role",
			ID:   func(m *storev1.UserRole) []any { return []any{uint64(m.GetId())} },
		}, blind),
		links:          newLinkTable(blind),
		tokens:         newTokenTable(blind),
		appCredentials: newAppCredentialTable(blind),
		storages: table.New(table.Spec[*storev1.ObjectStorage]{
			Name: storageTable,
			ID:   func(m *storev1.ObjectStorage) []any { return []any{m.GetId()} },
		}, blind),
		credentials: newCredentialTable(blind),
		changes:     newChangeTable(blind),
		audit:       audit.NewLog(blind),
		outbox:      outbox.New(blind),
		urgent:      outbox.Urgent("urgent", blind),
		principals:  outbox.Named("s3outbox", blind),
		mails:       outbox.Named("mailoutbox", blind),
	}
}

// newUserTable finds users by address and name within their tenant. Keystone's callers name
// a user without the tenant, and two tenants may have users of one name.
func newUserTable(blind table.Blinder) *table.Table[*storev1.User] {
	return table.New(table.Spec[*storev1.User]{
		Name:    userTable,
		ID:      func(m *storev1.User) []any { return []any{m.GetId()} },
		Counted: true,
		Indexes: []table.Index[*storev1.User]{{
			Name: byEmail, Unique: true,
			Values: func(m *storev1.User) []string { return []string{normal(m.GetEmail())} },
		}, {
			Name: byUsername, Unique: true,
			Values: func(m *storev1.User) []string { return []string{m.GetUsername()} },
		}, {
			Name: byLogin, Global: true,
			Values: func(m *storev1.User) []string { return []string{m.GetUsername()} },
		}, {
			Name: byID, Unique: true, Global: true,
			Values: func(m *storev1.User) []string { return []string{m.GetId()} },
		}, {
			Name: byOwner, Unique: true,
			Values: func(m *storev1.User) []string {
				if !m.GetOwner() {
					return nil
				}
				return []string{"owner"}
			},
		}},
	}, blind)
}

func newLinkTable(blind table.Blinder) *table.Table[*storev1.Link] {
	return table.New(table.Spec[*storev1.Link]{
		Name:    "link",
		ID:      func(m *storev1.Link) []any { return []any{m.GetDigest()} },
		Expires: func(m *storev1.Link) time.Time { return time.UnixMilli(m.GetExpiresAtMs()) },
		Needs:   func(m *storev1.Link) []table.Need { return needs(userTable, m.GetUser()) },
		Indexes: []table.Index[*storev1.Link]{{
			Name: byDigest, Unique: true, Global: true,
			Values: func(m *storev1.Link) []string { return []string{string(m.GetDigest())} },
		}, {
			Name: byPurpose,
			Values: func(m *storev1.Link) []string {
				return []string{m.GetUser(), strconv.Itoa(int(m.GetPurpose()))}
			},
		}},
	}, blind)
}

func newTokenTable(blind table.Blinder) *table.Table[*storev1.KeystoneToken] {
	return table.New(table.Spec[*storev1.KeystoneToken]{
		Name:    "token",
		ID:      func(m *storev1.KeystoneToken) []any { return []any{m.GetDigest()} },
		Expires: func(m *storev1.KeystoneToken) time.Time { return time.UnixMilli(m.GetExpiresAtMs()) },
		// Not its application credential: tokens that were revoked stay until they end.
		Needs: func(m *storev1.KeystoneToken) []table.Need { return needs(userTable, m.GetUser()) },
		Indexes: []table.Index[*storev1.KeystoneToken]{{
			Name: byDigest, Unique: true, Global: true,
			Values: func(m *storev1.KeystoneToken) []string { return []string{string(m.GetDigest())} },
		}, {
			Name:   byUser,
			Values: func(m *storev1.KeystoneToken) []string { return []string{m.GetUser()} },
		}, {
			Name: byCredential,
			Values: func(m *storev1.KeystoneToken) []string {
				if m.GetApplicationCredential() == "" {
					return nil
				}
				return []string{m.GetApplicationCredential()}
			},
		}},
	}, blind)
}

// needs is the one row that another can't do without.
func needs(of, id string) []table.Need { return []table.Need{{Table: of, ID: []any{id}}} }

func newChangeTable(blind table.Blinder) *table.Table[*storev1.Change] {
	return table.New(table.Spec[*storev1.Change]{
		Name: "change",
		// Two processes may make one id; not for one request.
		ID: func(m *storev1.Change) []any { return []any{uint64(m.GetId()), m.GetRequestId()} },
		Indexes: []table.Index[*storev1.Change]{{
			Name:   byKind,
			Values: func(m *storev1.Change) []string { return []string{m.GetKind()} },
		}, {
			Name:   byObject,
			Values: func(m *storev1.Change) []string { return []string{m.GetKind(), m.GetObject()} },
		}},
	}, blind)
}
