// Package connectionvault is the service of connections: which services the customers of an
// application have connected, with what settings, and the tokens that this brought, always
// fresh, as Apideck's Vault has it.
//
//	connections.go    ConnectionService   public: listing, reading, deleting; connectionview.go
//	                  ... is what is shown, state.go what state it is in
//	connectionedit.go ... changing and importing; masked.go keeps secrets out of sight
//	validation.go     ... finding out whether one works, and the grants without a browser
//	resources.go      ResourceService     public; mappings.go the mappings
//	consents.go       ConsentService      public
//	sessions.go       SessionService      public
//	consumers.go      ConsumerService     public; calls.go counts calls
//	logs.go           LogService          public; recording.go writes them
//	connectors.go     ConnectorService    public, on package catalog
//	webhooks.go       WebhookService      public; webhookchange.go changes;
//	                  ... events.go is what is told, delivery.go how, pace.go when
//	tokens.go         TokenService        public, for internal callers
//	browser.go        BrowserService      public, without credential
//	refresh.go        keeping tokens fresh: one refresh at a time, whatever happens
//	exchange.go       the protocol, by golang.org/x/oauth2
//	outside.go        ... the clients it goes by
//	operator.go       OperatorService     internal listener
//	caller.go         who calls, for which application and consumer
//	reasons.go        what goes wrong, as dialects tell it apart
//	store.go          what is kept, and how it is found
package connectionvault
