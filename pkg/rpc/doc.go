// Package rpc is how services are called: the interceptors every call passes, the
// servers and connections they sit on, and the addresses those listen at.
//
// Whether a caller sits in this process (Local) or in another one (NewServer, Dial),
// the same interceptors run, in this order:
//
//	observe    metrics, failures logged, panics turned into faults
//	deadline   no call lasts longer than the server allows
//	door       the caller's credential becomes a principal (pkg/auth)
//	quota      the principal's tenant has calls left (pkg/auth)
//	validate   the request keeps the constraints of its .proto
package rpc
