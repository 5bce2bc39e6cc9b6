// Package connectionvault is the service of connections: which services the customers of an
// application have connected, with what settings, and the tokens that this brought, always
// fresh, as Apideck's Vault has it.
//
//	connections.go    ConnectionService   public: listing, reading, deleting; find.go and list.go
//	                  ... read facts, state.go and consentstate.go say what follows from them,
//	                  ... integrated.go remembers what is integrated,
//	                  ... connectionview.go is what is shown, face.go what is the same for all
//	connectionedit.go ... changing, import.go importing, by connectionchange.go in one
//	                  ... transaction; settings.go what is taken, masked.go keeps secrets out of
//	                  ... sight, secretnames.go knows those that no field describes,
//	                  ... rawobject.go keeps JSON as it was written
//	statetoken.go     ... whose a browser is that has nothing but an address
//	validation.go     ... finding out whether one works; grant.go the grants without a browser
//	confirm.go        ... and what makes an authorization count
//	resources.go      ResourceService     public; mappingservice.go the mappings
//	consents.go       ConsentService      public
//	sessions.go       SessionService      public; sessionscope.go what sessions may do
//	consumers.go      ConsumerService     public; calls.go counts calls
//	logs.go           LogService          public; recording.go notes calls, recordingwrite.go writes
//	                  ... them, route.go says how they are called on Apideck's wire
//	connectors.go     ConnectorService    public, on package catalog
//	webhooks.go       WebhookService      public; webhookchange.go changes;
//	                  ... events.go is what is told, delivery.go how, pace.go when
//	tokens.go         TokenService        public, for internal callers
//	browser.go        BrowserService      public, without credential: authorize.go sends a browser
//	                  ... off, callback.go takes it back, redeem.go keeps what it brought,
//	                  ... pending.go has it wait to be confirmed; revocation.go gives it up
//	refresh.go        keeping tokens fresh, one refresh at a time: lease.go says whose it is,
//	                  ... outcome.go and failure.go keep what came of it, metrics.go counts
//	exchange.go       the protocol, by golang.org/x/oauth2; answers.go the same in JSON,
//	                  ... refusal.go what a provider's no means to callers
//	party.go          ... and what it takes, of the connection at a place (place.go)
//	outside.go        ... the clients it goes by
//	operator.go       OperatorService     internal listener; keys.go, integrations.go
//	background.go     what is done by and by
//	caller.go         who calls, for which application and consumer
//	reasons.go        what goes wrong, as dialects tell it apart
//	store.go          what is kept, and how it is found
package connectionvault
