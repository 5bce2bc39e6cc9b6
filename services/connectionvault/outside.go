package connectionvault

import (
	"slices"

	"github.com/holdplane/holdplane/pkg/egress"
	"github.com/holdplane/holdplane/services/connectionvault/catalog"
)

// outside are the clients for calls that tenants can steer: one for public addresses, and one
// for each connector whose file allows more.
type outside struct {
	public *egress.Client
	more   map[string]*egress.Client
}

func newOutside(o egress.Options, all *catalog.Catalog) *outside {
	c := &outside{public: egress.New(o), more: map[string]*egress.Client{}}
	for connector := range all.All() {
		if len(connector.AllowAddresses) > 0 {
			own := o
			own.Allow = slices.Concat(o.Allow, connector.AllowAddresses)
			c.more[connector.ServiceID] = egress.New(own)
		}
	}
	return c
}

// of is the client for a connector's addresses.
func (c *outside) of(serviceID string) *egress.Client {
	if own, ok := c.more[serviceID]; ok {
		return own
	}
	return c.public
}

func (c *outside) close() {
	c.public.Close()
	for _, own := range c.more {
		own.Close()
	}
}
