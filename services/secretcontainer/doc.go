// Package secretcontainer is the service of secrets: what a project keeps sealed, groups in
// containers, lends to users of other projects, and has made, as OpenStack's key manager,
// Barbican, has it.
//
//	secrets.go         SecretService            public: making and describing
//	secretpayload.go   ... payloads and their types
//	secretlist.go      ... pages; secretfilter.go and like.go are what is on them, secretorder.go
//	                   ... is in which order
//	secretdelete.go    ... what goes with a secret, and what is kept for undeleting
//	secretview.go      ... as clients see them
//	metadata.go        MetadataService          public: one by one; metadataall.go is all at once
//	acls.go            AclService               public; aclchange.go is how lists change
//	secretconsumers.go SecretConsumerService    public
//	containers.go      ContainerService         public; contained.go is which secrets are in one
//	consumers.go       ConsumerService          public
//	consumerorder.go   ... their order by name, kept while a container doesn't change
//	orders.go          OrderService             public; orderview.go shows and finds orders,
//	                   ... ordering.go carries them out, keymaking.go makes the keys, and
//	                   ... outcome.go is the rows that they become
//	quotas.go          QuotaService             public; quota.go is whether one is reached
//	keymanager.go      KeyManagerService        public, some without credential
//	operator.go        OperatorService          internal listener; undelete.go brings secrets back
//	leftovers.go       what deletions leave to be removed in the background
//	pagesize.go        how much stands on a page
//	policy.go          who may do what: all of it, other projects' users included
//	record.go          what was done, in the log of the project whose it is
//	find.go            secrets, containers and orders by id
//	reasons.go         what goes wrong, as dialects tell it apart
//	store.go           what is kept, and how it is found
package secretcontainer
