// Package pages is the hosted pages behind mailed links: to set a password, to verify an
// e-mail address, to enrol a second factor. They are a gateway.Site over user-admin's
// LinkService.
//
// A link is a path and its token, /pages/set-password?token=…. To open it spends nothing,
// for programs that look into mails open links, too: a page shows a form, and the form
// spends. There is no script on any page, and no page repeats what a service or another
// client wrote but as text.
//
//	password.go  /pages/set-password
//	email.go     /pages/verify-email
//	factor.go    /pages/second-factor
//	mails.go     /pages/mails: mails that were kept rather than sent, behind mailbox.go's key
//	visit.go     one request: its link, its language, its answer
//	words.go     what pages say, in each language
//
// The style sheet is the gateway's, /docs/style.css.
package pages
