package main

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"

	"github.com/holdplane/holdplane/gateway"
	"github.com/holdplane/holdplane/gateway/connect"
	connectionvaultv1 "github.com/holdplane/holdplane/gen/holdplane/connectionvault/v1"
	"github.com/holdplane/holdplane/services/connectionvault"
	"github.com/holdplane/holdplane/services/connectionvault/catalog"
)

// addConnectors has the bootstrap file's connectors count below those of flags. Its paths are
// relative to the file's folder.
func (f *serverFlags) addConnectors(b *bootstrap) {
	var files []string
	for _, path := range plain(b.Connectors) {
		if !filepath.IsAbs(path) {
			path = filepath.Join(filepath.Dir(b.path), path)
		}
		files = append(files, path)
	}
	f.Connectors = append(files, f.Connectors...)
}

// openCatalog reads the connectors where their service runs. A mistake in a file ends the
// start: without its connectors connections would be gone.
func (p *process) openCatalog() (err error) {
	if !slices.Contains(p.names, connectionvault.Name) {
		return nil
	}
	if p.catalog, err = catalog.Load(p.flags.Connectors...); err != nil {
		return fmt.Errorf("connectors: %w", err)
	}
	return nil
}

// warnOfNowhere tells an operator whose customers can't connect anything, as no browser finds
// back here.
func (p *process) warnOfNowhere(ctx context.Context) {
	concerned := slices.Contains(p.names, connectionvault.Name) || p.hasGateway() && !slices.Contains(p.flags.Without, connectionvault.Name)
	if concerned && p.publicURL == "" {
		p.log.WarnContext(ctx, "browsers can't connect services, and there are no pages for it: set --public-url to the address that clients know the gateway by")
	}
}

// connectSites are the pages of connection-vault. Where nobody knows the gateway's address
// there are none: providers could not send browsers back to them.
func (p *process) connectSites() ([]gateway.Site, error) {
	if slices.Contains(p.flags.Without, connectionvault.Name) || p.publicURL == "" {
		return nil, nil
	}
	return connect.New(connect.Options{
		Vault:     p.publicConn(connectionvaultv1.BrowserService_ServiceDesc.ServiceName),
		PublicURL: p.publicURL, Log: p.log,
	})
}
