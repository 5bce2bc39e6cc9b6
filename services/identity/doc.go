// Package identity is the service that knows who is who: a tenant's identities and
// their rate limits, as Unkey's API has them, and beneath them what every other service
// stands on: tenants, and the credentials of all callers.
//
//	identities.go   IdentityService     public
//	identity.go     ... what one is, and how a change applies
//	ratelimits.go   RatelimitService    public
//	limit.go        ... whether one may go on, in both versions
//	namespace.go    ... where one is counted, and who may
//	override.go     ... other limits for some
//	liveness.go     LivenessService     public, without credential
//	apis.go         ApiService          public, as every KeyService and MigrationService;
//	                                    _v2 beside a name is Unkey's v2 of the same
//	keys.go         KeyService          ... creating and reading
//	keyupdate.go    ... updates         on keychange.go, refill.go, keylimits.go, mask.go
//	keygrants.go    ... permissions     on granting.go
//	reroll.go       ... a key in the place of another
//	migrations.go   MigrationService    on migratedkey.go
//	imports.go      ImportService       internal listener
//	apiadmin.go     ApiAdminService     internal listener
//	draft.go        what a new key is, and how it is added; secret.go is how it looks
//	key.go          who may do what to a key
//	keyread.go      reading keys; keyview*.go is how answers show them
//	keydelete.go    deleting keys, and those of APIs
//	tenants.go      TenantService       internal listener
//	deletion.go     ... emptying a deleted tenant in every service
//	rootkeys.go     AccessService       internal listener: root keys
//	subjects.go     AccessService       ... what sessions point at
//	sessions.go     AccessService       ... sessions and their refresh families
//	signing.go      AccessService       ... the keys that sign them
//	verify.go       AccessService       ... whose credential is it
//	store.go        what is kept, and how it is found
package identity
