package secretcontainer

// keptOrders are the orders of containers that were asked for last. Its user locks it.
type keptOrders struct {
	most, rows int
	by         map[string]*keptOrder // by container
	last       keptOrder             // a ring's fixed point: next is the one used last
}

// keptOrder is an order in the ring of those that are kept.
type keptOrder struct {
	of         version
	ids        []rowID
	prev, next *keptOrder
}

// overhead is what an order takes beside its rows, in rows.
const overhead = 16

// get returns the order of a version; nil when it is not kept.
func (k *keptOrders) get(v version) []rowID {
	o, ok := k.by[v.container]
	if !ok || o.of != v {
		return nil
	}
	o.unlink()
	k.link(o)
	return o.ids
}

// put keeps an order in the place of any other of its container, unless that is a later one,
// and drops what has not been used for longest to make room.
func (k *keptOrders) put(v version, ids []rowID) {
	if old, ok := k.by[v.container]; ok {
		if old.of.n > v.n {
			return
		}
		k.drop(old)
	}
	size := len(ids) + overhead
	if size > k.most {
		return
	}
	for k.rows+size > k.most {
		k.drop(k.last.prev)
	}
	o := &keptOrder{of: v, ids: ids}
	k.by[v.container] = o
	k.rows += size
	k.link(o)
}

func (k *keptOrders) drop(o *keptOrder) {
	o.unlink()
	delete(k.by, o.of.container)
	k.rows -= len(o.ids) + overhead
}

func (k *keptOrders) link(o *keptOrder) {
	if k.last.next == nil {
		k.last.next, k.last.prev = &k.last, &k.last
	}
	o.prev, o.next = &k.last, k.last.next
	o.prev.next, o.next.prev = o, o
}

func (o *keptOrder) unlink() { o.prev.next, o.next.prev = o.next, o.prev }
