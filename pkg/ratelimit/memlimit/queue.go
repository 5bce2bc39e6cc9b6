package memlimit

// first brings the cell that ends first to the head of the queue and returns it. Each
// correction it makes was saved by a check that moved the counter into a new window.
func (s *shard) first() *cell {
	for {
		c := &s.cells[s.queue[0]]
		if c.due == c.end {
			return c
		}
		c.due = c.end
		s.down(0)
	}
}

// forget removes the cell at a place of the queue.
func (s *shard) forget(at int) {
	gone, last := s.queue[at], len(s.queue)-1
	s.index.remove(s.cells[gone].id, s.cells)
	s.held[s.cells[gone].owner]--
	s.free = append(s.free, gone)
	s.queue[at] = s.queue[last]
	s.queue = s.queue[:last]
	if at < last {
		s.up(at)
		s.down(at)
	}
}

// insert adds a cell whose due is its end.
func (s *shard) insert(c cell) {
	var n uint32
	if last := len(s.free) - 1; last >= 0 {
		n, s.free = s.free[last], s.free[:last]
		s.cells[n] = c
	} else {
		n = uint32(len(s.cells))
		s.cells = append(s.cells, c)
	}
	s.index.insert(n, s.cells)
	s.held[c.owner]++
	s.queue = append(s.queue, n)
	s.up(len(s.queue) - 1)
}

// up moves a cell of the queue to where its due belongs, towards the head.
func (s *shard) up(i int) {
	for ; i > 0 && s.before(i, (i-1)/2); i = (i - 1) / 2 {
		s.swap(i, (i-1)/2)
	}
}

// down moves a cell of the queue to where its due belongs, away from the head.
func (s *shard) down(i int) {
	for {
		child := 2*i + 1
		if child+1 < len(s.queue) && s.before(child+1, child) {
			child++
		}
		if child >= len(s.queue) || !s.before(child, i) {
			return
		}
		s.swap(i, child)
		i = child
	}
}

func (s *shard) before(i, j int) bool {
	return s.cells[s.queue[i]].due < s.cells[s.queue[j]].due
}

func (s *shard) swap(i, j int) { s.queue[i], s.queue[j] = s.queue[j], s.queue[i] }
