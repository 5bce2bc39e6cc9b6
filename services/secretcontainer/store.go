package secretcontainer

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
	secretTable    = "secret"
	containerTable = "container"
)

// Indexes by name.
const (
	byID        = "id"
	byUser      = "user"
	byUse       = "use"
	bySecret    = "secret"
	byPair      = "pair"
	byRegistrar = "registrar"
)

// tables is the service's store. A secret's end is on all rows that go with it, so that they
// go together; it never changes.
type tables struct {
	secrets         *table.Table[*storev1.Secret]            // tenant; found by id from anywhere
	payloads        *table.Table[*storev1.SecretPayload]     // tenant, with the secret's id
	metadata        *table.Table[*storev1.SecretMetadata]    // tenant, with the secret's id
	readers         *table.Table[*storev1.SecretReader]      // tenant; found by user from anywhere
	secretConsumers *table.Table[*storev1.SecretConsumer]    // tenant, below the secret
	deleted         *table.Table[*storev1.DeletedSecret]     // tenant
	settings        *table.Table[*storev1.SecretSettings]    // tenant, one row
	containers      *table.Table[*storev1.SecretContainer]   // tenant; found by id from anywhere
	contained       *table.Table[*storev1.ContainedSecret]   // tenant, below the container
	consumers       *table.Table[*storev1.ContainerConsumer] // tenant, below the container
	orders          *table.Table[*storev1.KeyOrder]          // tenant
	quotas          *table.Table[*storev1.ProjectQuota]      // global: projects need not be there
	audit           *audit.Log
	outbox          *outbox.Outbox
	pairs           *outbox.Outbox // of orders for pairs, which take seconds
}

func (t *tables) set() table.Set {
	return table.Set{
		t.secrets, t.payloads, t.metadata, t.readers, t.secretConsumers, t.deleted, t.settings,
		t.containers, t.contained, t.consumers, t.orders, t.quotas, t.audit.Table(), t.outbox.Table(), t.pairs.Table(),
	}
}

func newTables(blind table.Blinder) tables {
	return tables{
		secrets:         newSecretTable(blind),
		payloads:        newPayloadTable(blind),
		metadata:        newMetadataTable(blind),
		readers:         newReaderTable(blind),
		secretConsumers: newSecretConsumerTable(blind),
		deleted:         newDeletedTable(blind),
		settings: table.New(table.Spec[*storev1.SecretSettings]{
			Name: "settings",
			ID:   func(*storev1.SecretSettings) []any { return []any{settingsID} },
		}, blind),
		containers: newContainerTable(blind),
		contained:  newContainedTable(blind),
		consumers:  newConsumerTable(blind),
		orders: table.New(table.Spec[*storev1.KeyOrder]{
			Name:    "order",
			ID:      func(m *storev1.KeyOrder) []any { return []any{m.GetId()} },
			Counted: true,
		}, blind),
		quotas: table.New(table.Spec[*storev1.ProjectQuota]{
			Name: "quota",
			ID:   func(m *storev1.ProjectQuota) []any { return []any{m.GetProject()} },
		}, blind),
		audit:  audit.NewLog(blind),
		outbox: outbox.New(blind),
		pairs:  outbox.Named("pairs", blind),
	}
}

// settingsID is the primary key of a tenant's only settings.
const settingsID = "settings"

// end is when a row ends by its microseconds; 0 is never.
func end(us int64) time.Time {
	if us == 0 {
		return time.Time{}
	}
	return time.UnixMicro(us)
}

// needs is the one row that another can't do without.
func needs(of, id string) []table.Need { return []table.Need{{Table: of, ID: []any{id}}} }

// scope is where a tenant's rows are.
func scope(t tenant.ID) table.Scope { return table.Of(t) }
