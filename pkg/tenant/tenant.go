// Package tenant names the customer that data belongs to.
package tenant

// ID is the id of a tenant. It comes from a verified credential, never from a
// request's own fields.
type ID string

// None is the installation itself: what belongs to no tenant.
const None ID = ""
