package connectionvault

import (
	"context"
	"errors"
	"strings"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/audit"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/table"
	"github.com/holdplane/holdplane/pkg/tenant"
)

// place names a connection in the installation.
type place struct {
	tenant                              tenant.ID
	application, consumer, api, service string
}

func (p place) scope() table.Scope { return scope(p.tenant) }

// id is the connection's, as callers know it. It is unique for a consumer.
func (p place) id() string { return p.api + "+" + p.service }

// event is an audit record about the connection.
func (p place) event(ctx context.Context, event string) audit.Entry {
	return audit.Event(ctx, event, p.id()).With("application", p.application).With("consumer", p.consumer)
}

// text tells places apart: none of its parts has a NUL.
func (p place) text() string {
	return strings.Join([]string{string(p.tenant), p.application, p.consumer, p.api, p.service}, "\x00")
}

// GetApplicationId is asksConnection.
func (p place) GetApplicationId() string { return p.application }

// GetConsumerId is asksConnection.
func (p place) GetConsumerId() string { return p.consumer }

// GetUnifiedApi is asksConnection.
func (p place) GetUnifiedApi() string { return p.api }

// GetServiceId is asksConnection.
func (p place) GetServiceId() string { return p.service }

// GetApplication is connected.
func (p place) GetApplication() string { return p.application }

// GetConsumer is connected.
func (p place) GetConsumer() string { return p.consumer }

// GetApi is connected.
func (p place) GetApi() string { return p.api }

// GetService is connected.
func (p place) GetService() string { return p.service }

// token returns a connection's token, nil where there is none, and what Replace takes for
// old: a token that has ended lies about until it is swept.
func (t *tables) token(tx kv.Reader, at place) (token, row *storev1.VaultToken, err error) {
	row, err = t.tokens.Get(tx, at.scope(), connectionKey(at)...)
	if errors.Is(err, kv.ErrNotFound) {
		return nil, row, nil
	}
	return row, row, err
}

// putToken keeps a token in the place of what is there. Its version is above that one's.
func (t *tables) putToken(tx kv.Writer, at place, row, token *storev1.VaultToken) error {
	token.Application, token.Consumer, token.Api, token.Service = at.application, at.consumer, at.api, at.service
	token.Version = row.GetVersion() + 1
	if row == nil {
		return t.tokens.Insert(tx, at.scope(), token)
	}
	return t.tokens.Replace(tx, at.scope(), row, token)
}
