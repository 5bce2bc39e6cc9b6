package secretcontainer

import (
	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/table"
)

// roomForContainer refuses another container of a project that has as many as it may.
func (t *tables) roomForContainer(tx kv.Reader, p *auth.Principal) error {
	return t.room(tx, string(p.Tenant), quotaContainers, 1, haveRows(tx, p.Tenant, t.containers))
}

// roomForConsumer refuses another consumer of a container of a project that has registered as
// many as it may, wherever.
func (t *tables) roomForConsumer(tx kv.Reader, p *auth.Principal) error {
	return t.room(tx, string(p.Tenant), quotaConsumers, 1, func(limit int64) (int64, error) {
		return t.consumers.UnderUpTo(tx, table.Global, int(limit), byRegistrar, string(p.Tenant))
	})
}

// roomForSecretConsumer does so for consumers of secrets, which count apart, as Barbican has it.
func (t *tables) roomForSecretConsumer(tx kv.Reader, p *auth.Principal) error {
	return t.room(tx, string(p.Tenant), quotaConsumers, 1, func(limit int64) (int64, error) {
		return t.secretConsumers.UnderUpTo(tx, table.Global, int(limit), byRegistrar, string(p.Tenant))
	})
}
