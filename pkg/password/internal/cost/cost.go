// Package cost is what a hash costs. It is internal so that programs have no say in it; tests
// have by passwordtest.
package cost

// Params are argon2id's.
type Params struct {
	Memory uint32 // in KiB
	Passes uint32
	Lanes  uint8
}
