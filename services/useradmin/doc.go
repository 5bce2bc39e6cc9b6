// Package useradmin is the service of people: a tenant's users, their passwords, second
// factors, roles and S3 credentials, as Contabo's users API has them, and the endpoints
// where Contabo's and OpenStack's clients get their tokens. The tokens themselves are
// identity's: what a user may do is told to it as a subject.
//
//	users.go         UserService                   public: listing and reading; userview.go
//	                 ... is what is shown
//	usercreate.go    ... making users; userupdate.go changing, userdelete.go deleting them
//	usermails.go     ... mailing links; userorders.go which mails a change makes due
//	policy.go        ... what a user may do; escalation.go whether that exceeds the caller
//	subjects.go      ... telling identity of it
//	roles.go         RoleService                   public; rolechange.go is how roles change
//	grants.go        ... what a role grants, of catalogue.go; defaultroles.go are everybody's
//	history.go       HistoryService                public, on changelist.go; change.go is how
//	                 ... changes are kept
//	clients.go       ClientService                 public; account.go is what a tenant is called
//	storages.go      ObjectStorageService          public
//	credentials.go   CredentialService             public; provision.go is how they come and go,
//	                 ... credentialrun.go how with a storage, tenantend.go how with a tenant
//	push.go          ... telling object storages of it, by pushorders.go; pauses.go spares
//	                 ... those that are down
//	tokens.go        TokenService                  public, without credential
//	login.go         ... whether a name and a password are a user's
//	trial.go         ... and how often that may be tried, by attempts.go and addresses.go
//	keystone*.go     KeystoneService               public, some without credential
//	appcredentials.go ApplicationCredentialService public
//	links.go         LinkService                   public, a link is its own credential
//	linkpassword.go  ... setting a password; enrolment.go enrolling a second factor
//	linkuse.go       ... what all uses have in common; linkstore.go when a link works
//	mails.go         ... what is mailed, and when; letters.go in which words; redirect.go
//	                 ... where links lead in the end
//	operator*.go     OperatorService               internal listener
//	list.go          pages of lists in the order that is asked for
//	store.go         what is kept, and how it is found
package useradmin
