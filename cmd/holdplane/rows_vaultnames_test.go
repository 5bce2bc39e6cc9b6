package main

import "testing"

// vaulted are names of what connection-vault keeps of the owner's, n times each.
func (w *world) vaulted(t *testing.T, n int) (names []string) {
	t.Helper()
	names = []string{w.app(t), w.hook(t), "crm", "vault", keyed, fieldID, "contacts", "https://app.onion/done"}
	for range n {
		names = append(names, w.connected(t), w.known(t), w.mapped(t), w.session(w.asOwner(t), t))
	}
	return names
}
