package main

import (
	"errors"
	"fmt"
	"slices"

	"github.com/holdplane/holdplane/gateway"
	"github.com/holdplane/holdplane/gateway/pages"
	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
	"github.com/holdplane/holdplane/pkg/mail"
	"github.com/holdplane/holdplane/services/useradmin"
)

// checkMail refuses an address that no mail can be sent by. What can't be read is not shown:
// it may be a password.
func (f *serverFlags) checkMail() error {
	if f.SMTPURL == "" {
		return nil
	}
	if _, err := mail.Open(mail.Options{URL: f.SMTPURL}); err != nil {
		return fmt.Errorf("--smtp-url: %w", err)
	}
	return nil
}

// openMail decides where the mails of this process go: to a server, to the page that dev has
// for them, or nowhere. A process that sends none needs neither.
func (p *process) openMail() error {
	switch {
	case !slices.Contains(p.names, useradmin.Name):
	case p.flags.SMTPURL != "" && p.publicURL == "":
		return errors.New("--smtp-url: mails hold links to the gateway, so say where clients reach it: --public-url https://…")
	case p.flags.SMTPURL != "":
		server, err := mail.Open(mail.Options{URL: p.flags.SMTPURL})
		if err != nil {
			return fmt.Errorf("--smtp-url: %w", err)
		}
		p.mail = server
	case p.flags.keepMails && p.publicURL != "":
		box := &mail.Box{}
		p.mail, p.mailbox = box, pages.NewMailbox(box)
	}
	return nil
}

// mailsURL is where whoever started the process reads its mails, once; empty where none are
// kept.
func (p *process) mailsURL() string {
	if p.mailbox == nil {
		return ""
	}
	return p.publicURL + p.mailbox.Link()
}

// sites are the pages for people whose services the installation has.
func (p *process) sites() ([]gateway.Site, error) {
	sites, err := p.connectSites()
	if err != nil || slices.Contains(p.flags.Without, useradmin.Name) {
		return sites, err
	}
	site, err := pages.New(pages.Options{
		Links:     useradminv1.NewLinkServiceClient(p.publicConn(useradminv1.LinkService_ServiceDesc.ServiceName)),
		PublicURL: p.publicURL, Mails: p.mailbox, Log: p.log,
	})
	return append(sites, site), err
}
