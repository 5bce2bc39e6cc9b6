package keystone

import (
	"crypto/sha256"
	"encoding/hex"

	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
)

// region is the only one.
const region = "RegionOne"

// interfaces are the ways to a service. All of them lead to the gateway.
var interfaces = []string{"public", "internal", "admin"}

// offer is a service of the catalog.
type offer struct {
	kind, name string
	path       string // behind the gateway's address
}

// catalog is what the installation offers.
type catalog []offer

func newCatalog(o Options) catalog {
	offers := catalog{{kind: "identity", name: "keystone", path: "/v3/"}}
	if o.KeyManager {
		// Without the version: gophercloud appends it, others find it out.
		offers = append(offers, offer{kind: "key-manager", name: "barbican"})
	}
	return offers
}

// at is the catalog of an installation that clients know by this address.
func (offers catalog) at(publicURL string) []*useradminv1.KeystoneCatalogEntry {
	entries := make([]*useradminv1.KeystoneCatalogEntry, 0, len(offers))
	for _, o := range offers {
		entry := &useradminv1.KeystoneCatalogEntry{Id: lasting(o.name), Type: o.kind, Name: o.name}
		for _, by := range interfaces {
			entry.Endpoints = append(entry.Endpoints, &useradminv1.KeystoneEndpoint{
				Id: lasting(o.name + " " + by), Interface: by, RegionId: region, Url: publicURL + o.path, Region: region,
			})
		}
		entries = append(entries, entry)
	}
	return entries
}

// lasting is an id that a name has in every process and for ever, in the form of Keystone's.
func lasting(name string) string {
	digest := sha256.Sum256([]byte("holdplane catalog " + name))
	return hex.EncodeToString(digest[:16])
}
