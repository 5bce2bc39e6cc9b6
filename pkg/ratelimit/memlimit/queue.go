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
		s.down()
	}
}

// forget removes the cell at the head of the queue.
func (s *shard) forget() {
	head, last := s.queue[0], len(s.queue)-1
	s.index.remove(s.cells[head].id, s.cells)
	s.free = append(s.free, head)
	s.queue[0] = s.queue[last]
	s.queue = s.queue[:last]
	s.down()
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
	s.queue = append(s.queue, n)
	for i := len(s.queue) - 1; i > 0 && s.before(i, (i-1)/2); i = (i - 1) / 2 {
		s.swap(i, (i-1)/2)
	}
}

// down moves the head of the queue to where its due belongs.
func (s *shard) down() {
	for i := 0; ; {
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
