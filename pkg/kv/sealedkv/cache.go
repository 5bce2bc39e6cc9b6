package sealedkv

import (
	"container/list"
	"sync"
)

// cachedTenants bounds the keysets held in memory, at about 2 KB each.
const cachedTenants = 4096

// cache holds the keysets used last. It spares opening them, not reading their rows: an
// entry counts only for the very row it came from, so it is never wrong, whatever the
// transactions of this or another process do to the row.
type cache struct {
	mu      sync.Mutex
	size    int
	recent  *list.List // of *tenantKeyset, the latest in front
	byOwner map[string]*list.Element
}

func newCache(size int) *cache {
	return &cache{size: size, recent: list.New(), byOwner: map[string]*list.Element{}}
}

// get returns the keyset that a tenant's row last held, nil when it isn't known.
func (c *cache) get(owner []byte) *tenantKeyset {
	c.mu.Lock()
	defer c.mu.Unlock()
	element, ok := c.byOwner[string(owner)]
	if !ok {
		return nil
	}
	c.recent.MoveToFront(element)
	return element.Value.(*tenantKeyset)
}

func (c *cache) put(t *tenantKeyset) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if element, ok := c.byOwner[t.owner]; ok {
		element.Value = t
		c.recent.MoveToFront(element)
		return
	}
	c.byOwner[t.owner] = c.recent.PushFront(t)
	if c.recent.Len() > c.size {
		c.drop(c.recent.Back())
	}
}

func (c *cache) remove(owner []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if element, ok := c.byOwner[string(owner)]; ok {
		c.drop(element)
	}
}

func (c *cache) drop(element *list.Element) {
	c.recent.Remove(element)
	delete(c.byOwner, element.Value.(*tenantKeyset).owner)
}
