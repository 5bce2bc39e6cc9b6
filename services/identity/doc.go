// Package identity is the service that knows who is who: a tenant's identities and
// their rate limits, as Unkey's API has them, and beneath them what every other service
// stands on: tenants, and the credentials of all callers.
//
//	identities.go   IdentityService     public
//	identity.go     ... what one is, and how a change applies
//	keyverify.go    KeyService          ... verifying, in v1 without credential
//	verifiable.go   ... what that takes, remembered for seconds
//	verification.go ... what may be wrong with a key, in which order
//	purse.go        ... taking credits, each once
//	strangers.go    ... what an address may ask without credential
//	keycredits.go   KeyService          ... changing credits
//	liveness.go     LivenessService     public, without credential
//	tenants.go      TenantService       internal listener
//	deletion.go     ... emptying a deleted tenant in every service
//	rootkeys.go     AccessService       internal listener: root keys
//	subjects.go     AccessService       ... what sessions point at
//	sessions.go     AccessService       ... sessions and their refresh families
//	signing.go      AccessService       ... the keys that sign them
//	verify.go       AccessService       ... whose credential is it
//	store.go        what is kept, and how it is found
package identity
