// Package identity is the service that knows who is who: a tenant's identities, their
// rate limits and keys, as Unkey's API has them, and beneath them what every other
// service stands on: tenants, and the credentials of all callers.
//
// Unkey's v1 and v2 are two packages of protos over the same functions: NAME.go holds
// the handlers of v1, NAME_v2.go those of v2.
//
//	identities.go   IdentityService     public
//	identity*.go    ... what one is, how a change applies, how it is kept
//	ratelimits.go   RatelimitService    public
//	limit.go        ... whether one may go on
//	namespace*.go   ... where one is counted, and who may
//	override.go     ... other limits for some
//	permissions.go  PermissionService   public
//	permission.go   ... what one is; role.go what a role is
//	apis.go         ApiService          public
//	keys.go         KeyService          public: creating and reading
//	keyupdate.go    ... updates, on keychange.go, refill.go, keylimits.go, mask.go
//	keygrants.go    ... permissions and roles, on granting.go
//	keycredits.go   ... credits
//	reroll.go       ... a key in the place of another
//	keyverify.go    ... verifying, in v1 without credential
//	verifiable.go   ... what that takes, remembered for seconds
//	verification.go ... what may be wrong with a key, in which order
//	purse.go        ... taking credits, each once
//	strangers.go    ... what an address may ask without credential
//	draft.go        ... what a new key is, and how it is added; secret.go is how it looks
//	key.go          ... who may do what to a key
//	keyread.go      ... reading keys; keyview*.go is how answers show them
//	keydelete.go    ... deleting keys, and those of APIs
//	migrations.go   MigrationService    public, on migratedkey.go
//	liveness.go     LivenessService     public, without credential
//	imports.go      ImportService       internal listener
//	apiadmin.go     ApiAdminService     internal listener
//	tenants.go      TenantService       internal listener
//	deletion.go     ... emptying a deleted tenant in every service
//	rootkeys.go     AccessService       internal listener: root keys
//	subjects.go     AccessService       ... what sessions point at
//	sessions.go     AccessService       ... sessions and their refresh families
//	signing.go      AccessService       ... the keys that sign them
//	verify.go       AccessService       ... whose credential is it
//	store*.go       what is kept, and how it is found
package identity
