package egress

// Control is what a socket of the default dialer is asked before it connects.
func Control(o Options, secure bool, address string) error {
	return newGuard(o).control(secure)("tcp", address, nil)
}
