package memlimit

// table finds the cells of counters: a hash table with linear probing, which is twice as
// fast as a map and half as large. Ids are as good as random, so they are their own hash.
type table struct {
	// slots are a power of two, at most three quarters of them in use.
	slots []slot
	used  int
}

// slot is free if place is 0.
type slot struct {
	tag   uint32 // of the id, so that few cells are looked at in vain
	place uint32 // the cell's, plus 1
}

const minSlots = 8

func (t *table) home(id id) int { return int(id.sum()) & (len(t.slots) - 1) }

func (i id) tag() uint32 { return uint32(i.sum() >> 24) }

// find returns the place of a counter's cell.
func (t *table) find(id id, cells []cell) (uint32, bool) {
	if i := t.slot(id, cells); i >= 0 {
		return t.slots[i].place - 1, true
	}
	return 0, false
}

// slot returns the slot of a counter, or -1.
func (t *table) slot(id id, cells []cell) int {
	if len(t.slots) == 0 {
		return -1
	}
	mask := len(t.slots) - 1
	for i := t.home(id); t.slots[i].place != 0; i = (i + 1) & mask {
		if s := t.slots[i]; s.tag == id.tag() && cells[s.place-1].id == id {
			return i
		}
	}
	return -1
}

// insert adds a cell whose counter is not there.
func (t *table) insert(place uint32, cells []cell) {
	if 4*(t.used+1) > 3*len(t.slots) {
		old := t.slots
		t.slots = make([]slot, max(minSlots, 2*len(old)))
		for _, s := range old {
			if s.place != 0 {
				t.put(cells[s.place-1].id, s)
			}
		}
	}
	t.used++
	id := cells[place].id
	t.put(id, slot{id.tag(), place + 1})
}

func (t *table) put(id id, s slot) {
	i := t.home(id)
	for t.slots[i].place != 0 {
		i = (i + 1) & (len(t.slots) - 1)
	}
	t.slots[i] = s
}

// remove forgets a counter that is there, and closes the gap: what follows moves up, unless
// its search begins only after the gap.
func (t *table) remove(id id, cells []cell) {
	mask := len(t.slots) - 1
	gap := t.slot(id, cells)
	for i := (gap + 1) & mask; t.slots[i].place != 0; i = (i + 1) & mask {
		home := t.home(cells[t.slots[i].place-1].id)
		if (i-home)&mask >= (i-gap)&mask {
			t.slots[gap], gap = t.slots[i], i
		}
	}
	t.slots[gap] = slot{}
	t.used--
}
