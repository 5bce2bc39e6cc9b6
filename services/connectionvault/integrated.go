package connectionvault

import (
	"time"

	"google.golang.org/protobuf/proto"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/id"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/memo"
	"github.com/holdplane/holdplane/pkg/tenant"
)

// integrated remembers what applications integrate, without secrets: reading hundreds of
// sealed integrations costs as much as the rest of a list of connections.
type integrated struct {
	known *memo.Cache[integrating, []*storev1.VaultIntegration]
}

// integrating is an application between two changes of what it integrates. A transaction that
// sees a change sees another mark, whatever process made it.
type integrating struct{ tenant, application, mark string }

// Bounds of what is remembered: integrations, of 200 bytes or so, and how long nobody asks
// for the connections of an application.
const (
	integrationsKnown = 1 << 16
	integrationsFor   = time.Hour
)

func newIntegrated() integrated {
	return integrated{memo.New[integrating, []*storev1.VaultIntegration](memo.Options{Size: integrationsKnown, TTL: integrationsFor})}
}

// of are an application's integrations, by service, and without their clients' secrets. They
// are not to be changed.
func (i integrated) of(tx kv.Reader, t *tables, m *storev1.VaultApplication) ([]*storev1.VaultIntegration, error) {
	k := integrating{m.GetTenant(), m.GetId(), m.GetIntegrationsMark()}
	if all, ok := i.known.Known(k); ok {
		return all, nil
	}
	all, err := t.integrationsOf(tx, m)
	if err != nil {
		return nil, err
	}
	for _, one := range all {
		one.ClientSecret = ""
	}
	i.known.Put(k, memo.Answer[[]*storev1.VaultIntegration]{Value: all, Group: k.tenant, Weight: len(all)})
	return all, nil
}

// newMark is made outside of the transaction that changes integrations.
func newMark() string { return id.New("mark") }

// markIntegrations says of an application that what it integrates is another now.
func (t *tables) markIntegrations(tx kv.Writer, m *storev1.VaultApplication, mark string) error {
	next := proto.CloneOf(m)
	next.IntegrationsMark = mark
	return t.applications.Replace(tx, scope(tenant.ID(m.GetTenant())), m, next)
}
