package connectionvault

import (
	"time"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/audit"
	"github.com/holdplane/holdplane/pkg/outbox"
	"github.com/holdplane/holdplane/pkg/table"
	"github.com/holdplane/holdplane/pkg/tenant"
)

// Tables that others' rows need.
const (
	applicationTable = "app"
	consumerTable    = "consumer"
	connectionTable  = "connection"
)

// Indexes by name.
const (
	byID     = "id"
	byDigest = "digest"
)

// tables is the service's store. What is an application's has its id first in its primary key,
// what is a consumer's that of the consumer next, so that they are found, and go, together.
type tables struct {
	applications   *table.Table[*storev1.VaultApplication]   // tenant; found by id from anywhere
	integrations   *table.Table[*storev1.VaultIntegration]   // tenant, below the application
	customers      *table.Table[*storev1.VaultConsumer]      // tenant, below the application
	connections    *table.Table[*storev1.VaultConnection]    // tenant, below the consumer
	tokens         *table.Table[*storev1.VaultToken]         // tenant, with the connection's key
	consents       *table.Table[*storev1.VaultConsent]       // tenant, below the connection
	authorizations *table.Table[*storev1.VaultAuthorization] // tenant; found by digest from anywhere
	sessions       *table.Table[*storev1.VaultSession]       // tenant
	logs           *table.Table[*storev1.VaultLog]           // tenant, below the application
	calls          *table.Table[*storev1.VaultCalls]         // tenant, below the consumer
	webhooks       *table.Table[*storev1.VaultWebhook]       // tenant, below the application
	audit          *audit.Log
	outbox         *outbox.Outbox
	deliveries     *outbox.Outbox // to servers of applications, which may hang
}

func (t *tables) set() table.Set {
	return table.Set{
		t.applications, t.integrations, t.customers, t.connections, t.tokens, t.consents, t.authorizations,
		t.sessions, t.logs, t.calls, t.webhooks, t.audit.Table(), t.outbox.Table(), t.deliveries.Table(),
	}
}

func newTables(blind table.Blinder) tables {
	t := tables{audit: audit.NewLog(blind), outbox: outbox.New(blind), deliveries: outbox.Named("delivery", blind)}
	t.addApplications(blind)
	t.addConnections(blind)
	t.addTransient(blind)
	return t
}

func (t *tables) addApplications(blind table.Blinder) {
	t.applications = table.New(table.Spec[*storev1.VaultApplication]{
		Name: applicationTable,
		ID:   func(m *storev1.VaultApplication) []any { return []any{m.GetId()} },
		Indexes: []table.Index[*storev1.VaultApplication]{{
			Name: byID, Unique: true, Global: true, Plain: true,
			Values: func(m *storev1.VaultApplication) []string { return []string{m.GetId()} },
		}},
	}, blind)
	t.integrations = table.New(table.Spec[*storev1.VaultIntegration]{
		Name:  "integration",
		ID:    func(m *storev1.VaultIntegration) []any { return []any{m.GetApplication(), m.GetService()} },
		Needs: func(m *storev1.VaultIntegration) []table.Need { return ofApplication(m.GetApplication()) },
	}, blind)
	t.webhooks = table.New(table.Spec[*storev1.VaultWebhook]{
		Name:  "webhook",
		ID:    func(m *storev1.VaultWebhook) []any { return []any{m.GetApplication(), m.GetId()} },
		Needs: func(m *storev1.VaultWebhook) []table.Need { return ofApplication(m.GetApplication()) },
	}, blind)
}

func (t *tables) addConnections(blind table.Blinder) {
	t.customers = table.New(table.Spec[*storev1.VaultConsumer]{
		Name:  consumerTable,
		ID:    func(m *storev1.VaultConsumer) []any { return []any{m.GetApplication(), m.GetId()} },
		Needs: func(m *storev1.VaultConsumer) []table.Need { return ofApplication(m.GetApplication()) },
	}, blind)
	t.connections = table.New(table.Spec[*storev1.VaultConnection]{
		Name: connectionTable,
		ID:   func(m *storev1.VaultConnection) []any { return connectionKey(m) },
		Needs: func(m *storev1.VaultConnection) []table.Need {
			return []table.Need{{Table: consumerTable, ID: []any{m.GetApplication(), m.GetConsumer()}}}
		},
	}, blind)
	t.tokens = table.New(table.Spec[*storev1.VaultToken]{
		Name:    "token",
		ID:      func(m *storev1.VaultToken) []any { return connectionKey(m) },
		Needs:   func(m *storev1.VaultToken) []table.Need { return ofConnection(m) },
		Expires: endOfToken,
	}, blind)
	t.consents = table.New(table.Spec[*storev1.VaultConsent]{
		Name:  "consent",
		ID:    func(m *storev1.VaultConsent) []any { return append(connectionKey(m), m.GetId()) },
		Needs: func(m *storev1.VaultConsent) []table.Need { return ofConnection(m) },
	}, blind)
}

func (t *tables) addTransient(blind table.Blinder) {
	t.authorizations = table.New(table.Spec[*storev1.VaultAuthorization]{
		Name:    "authorization",
		ID:      func(m *storev1.VaultAuthorization) []any { return []any{string(m.GetDigest())} },
		Expires: func(m *storev1.VaultAuthorization) time.Time { return time.UnixMilli(m.GetExpiresAtMs()) },
		Indexes: []table.Index[*storev1.VaultAuthorization]{{
			Name: byDigest, Unique: true, Global: true,
			Values: func(m *storev1.VaultAuthorization) []string { return []string{string(m.GetDigest())} },
		}},
	}, blind)
	t.sessions = table.New(table.Spec[*storev1.VaultSession]{
		Name:    "session",
		ID:      func(m *storev1.VaultSession) []any { return []any{m.GetId()} },
		Expires: func(m *storev1.VaultSession) time.Time { return time.UnixMilli(m.GetExpiresAtMs()) },
	}, blind)
	t.logs = table.New(table.Spec[*storev1.VaultLog]{
		Name:    "log",
		ID:      func(m *storev1.VaultLog) []any { return []any{m.GetApplication(), m.GetId()} },
		Expires: func(m *storev1.VaultLog) time.Time { return time.UnixMilli(m.GetExpiresAtMs()) },
	}, blind)
	t.calls = table.New(table.Spec[*storev1.VaultCalls]{
		Name: "calls",
		ID: func(m *storev1.VaultCalls) []any {
			return []any{m.GetApplication(), m.GetConsumer(), uint64(m.GetDay())}
		},
		Expires: func(m *storev1.VaultCalls) time.Time { return time.UnixMilli(m.GetExpiresAtMs()) },
	}, blind)
}

// endOfToken is when a token is forgotten: some time after the provider refused it, or when
// nobody confirmed it.
func endOfToken(m *storev1.VaultToken) time.Time {
	end := m.GetForgottenAtMs()
	if until := m.GetConfirmUntilMs(); len(m.GetConfirmDigest()) > 0 && (end == 0 || until < end) {
		end = until
	}
	if end == 0 {
		return time.Time{}
	}
	return time.UnixMilli(end)
}

// connected is what a connection's key is made of.
type connected interface {
	GetApplication() string
	GetConsumer() string
	GetApi() string
	GetService() string
}

func connectionKey(m connected) []any {
	return []any{m.GetApplication(), m.GetConsumer(), m.GetApi(), m.GetService()}
}

func ofApplication(id string) []table.Need {
	return []table.Need{{Table: applicationTable, ID: []any{id}}}
}

func ofConnection(m connected) []table.Need {
	return []table.Need{{Table: connectionTable, ID: connectionKey(m)}}
}

// scope is where a tenant's rows are.
func scope(t tenant.ID) table.Scope { return table.Of(t) }
