package connectionvault

import (
	"cmp"
	"context"
	"errors"
	"net/url"
	"time"

	"google.golang.org/protobuf/proto"

	connectionvaultv1 "github.com/holdplane/holdplane/gen/holdplane/connectionvault/v1"
	"github.com/holdplane/holdplane/pkg/audit"
	"github.com/holdplane/holdplane/pkg/egress"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/services/connectionvault/catalog"
)

// BeginRevocation tells the provider first. Where that can't be reached the connection stays
// as it is, so that who wants it revoked can try again; where it says no, the token is
// forgotten here all the same.
func (b browser) BeginRevocation(ctx context.Context, r *connectionvaultv1.BeginRevocationRequest) (*connectionvaultv1.BeginRevocationResponse, error) {
	v, err := b.s.arrive(ctx, useRevoke, r)
	if err != nil {
		return nil, err
	}
	location := v.redirect
	if err := b.s.revoke(ctx, v.party); err != nil {
		if location, err = withFault(v.redirect, err); err != nil {
			return nil, err
		}
	}
	return &connectionvaultv1.BeginRevocationResponse{Location: location}, nil
}

func (s *Service) revoke(ctx context.Context, p *party) error {
	if _, err := p.oauth(); err != nil {
		return err
	}
	if p.connection == nil || p.token == nil {
		return p.unusable("needs_auth", "the connection is not authorized")
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), budget(ctx))
	defer cancel()
	if err := s.tellRevoked(ctx, p); err != nil {
		return err
	}
	now, at := time.Now(), p.at
	entry := audit.Event(ctx, "connection.revoke", at.id()).With("application", at.application).With("consumer", at.consumer)
	return s.persist(ctx, func(tx kv.Writer) error {
		now := now
		p, err := s.party(tx, at)
		if err != nil || p.connection == nil {
			return err
		}
		revoked := proto.CloneOf(p.connection)
		revoked.Revoked, revoked.UpdatedAtMs = true, now.UnixMilli()
		if err := s.tables.connections.Replace(tx, at.scope(), p.connection, revoked); err != nil {
			return err
		}
		if p.row != nil {
			if err := s.tables.tokens.Delete(tx, at.scope(), p.row); err != nil {
				return err
			}
		}
		return s.tables.audit.Write(tx, at.scope(), entry)
	})
}

// tellRevoked revokes at the provider by RFC 7009, where the connector knows how.
func (s *Service) tellRevoked(ctx context.Context, p *party) error {
	to, err := p.connector.URL(catalog.RevokeURL, p.settings)
	if errors.Is(err, catalog.ErrNoURL) {
		return nil
	}
	if err != nil {
		return settingsFault(err)
	}
	id, clientSecret, err := p.client()
	if err != nil {
		return err
	}
	form := url.Values{"token": {cmp.Or(p.token.GetRefreshToken(), p.token.GetAccessToken())}}
	header := map[string]string{"Content-Type": "application/x-www-form-urlencoded"}
	if p.connector.OAuth.ClientAuth == catalog.InHeader {
		header["Authorization"] = basic(id, clientSecret)
	} else {
		form.Set("client_id", id)
		form.Set("client_secret", clientSecret)
	}
	answer, err := s.outside.of(p.at.service).Send(ctx, egress.Request{Method: "POST", URL: to, Header: header, Body: []byte(form.Encode())})
	q := &inquiry{secret: clientSecret, parameters: form}
	if err != nil {
		return refusalOf(err, q).fault(0)
	}
	if answer.Status >= 500 || answer.Status == 429 {
		return answered(answer.Status, "", "", q).fault(0)
	}
	return nil
}
