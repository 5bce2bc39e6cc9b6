package connectionvault

import (
	"cmp"
	"context"
	"errors"
	"net/url"
	"time"

	connectionvaultv1 "github.com/holdplane/holdplane/gen/holdplane/connectionvault/v1"
	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
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
		return p.unusable("the connection is not authorized")
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), budget(ctx))
	defer cancel()
	if err := s.tellRevoked(ctx, p); err != nil {
		return err
	}
	return s.keepRevoked(ctx, p.at)
}

func (s *Service) keepRevoked(ctx context.Context, at place) error {
	now := time.Now().UnixMilli()
	entry := at.event(ctx, "connection.revoke")
	news, err := newNews(now)
	if err != nil {
		return err
	}
	err = s.persist(ctx, func(tx kv.Writer) error {
		p, err := s.party(tx, at, now)
		if err != nil || p.connection == nil {
			return err
		}
		after, err := s.tables.changed(tx, p.caller(), p.facts, change{r: at, now: now, apply: func(f *facts, m *storev1.VaultConnection) error {
			f.token, m.Revoked = nil, true
			return nil
		}})
		if err != nil {
			return err
		}
		if err := s.tables.emit(tx, at.tenant, news, after, eventRevoked); err != nil {
			return err
		}
		return s.tables.audit.Write(tx, at.scope(), entry)
	})
	s.tables.deliveries.Ring()
	return err
}

// tellRevoked revokes at the provider by RFC 7009, where the connector knows how.
func (s *Service) tellRevoked(ctx context.Context, p *party) error {
	to, err := p.face.URL(catalog.RevokeURL, p.texts)
	if errors.Is(err, catalog.ErrNoURL) {
		return nil
	}
	if err != nil {
		return urlFault(err)
	}
	id, clientSecret, err := p.client()
	if err != nil {
		return err
	}
	form := url.Values{"token": {cmp.Or(p.token.GetRefreshToken(), p.token.GetAccessToken())}}
	header := map[string]string{"Content-Type": "application/x-www-form-urlencoded"}
	if p.face.OAuth.ClientAuth == catalog.InHeader {
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
