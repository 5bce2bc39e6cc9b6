package connectionvault

import (
	"bytes"
	"context"
	"crypto/subtle"
	"errors"
	"slices"
	"strings"
	"time"

	connectionvaultv1 "github.com/holdplane/holdplane/gen/holdplane/connectionvault/v1"
	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/audit"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/table"
	"github.com/holdplane/holdplane/pkg/tenant"
)

// errStrange is the one answer to browsers that bring no state of theirs: which of the reasons
// it is, is nobody's business, and where they come from is not known.
var errStrange = fault.InvalidArgument(reasonOAuthState, "the authorization is not valid, was used before, took too long, or began in another browser; start again")

// EndAuthorization takes the state out of the store first, so that it is never good again,
// whatever becomes of it. Once it is known to be this browser's, all that goes wrong is told to
// the application.
func (b browser) EndAuthorization(ctx context.Context, r *connectionvaultv1.EndAuthorizationRequest) (*connectionvaultv1.EndAuthorizationResponse, error) {
	a, err := b.s.takeAuthorization(ctx, digestOf(r.GetState()))
	if err != nil {
		return nil, err
	}
	if len(a.GetCookieDigest()) > 0 && !hasFlow(r.GetCookie(), a.GetCookieDigest()) {
		return nil, errStrange
	}
	location, err := b.end(ctx, a, r)
	if err != nil {
		location, err = withFault(a.GetRedirectUri(), err)
	}
	if err != nil {
		return nil, err
	}
	return &connectionvaultv1.EndAuthorizationResponse{Location: location, Cookie: dropFlow(r.GetCookie(), a.GetCookieDigest())}, nil
}

func (s *Service) takeAuthorization(ctx context.Context, digest []byte) (a *storev1.VaultAuthorization, err error) {
	entry := audit.Event(ctx, "connection.authorize.return", "")
	err = s.deps.Store.Update(ctx, func(tx kv.Writer) error {
		a, err = s.tables.authorizations.Find(tx, table.Global, byDigest, string(digest))
		switch {
		case errors.Is(err, kv.ErrNotFound), errors.Is(err, kv.ErrDestroyed):
			return errStrange
		case err != nil:
			return err
		}
		at := placeOf(a)
		if err := s.tables.authorizations.Delete(tx, at.scope(), a); err != nil {
			return err
		}
		return s.tables.audit.Write(tx, at.scope(), entry.On(at.id()).With("application", at.application).With("consumer", at.consumer))
	})
	return a, err
}

func placeOf(a *storev1.VaultAuthorization) place {
	return place{tenant.ID(a.GetTenant()), a.GetApplication(), a.GetConsumer(), a.GetApi(), a.GetService()}
}

// hasFlow tells whether a cookie has the value of a digest. How long it takes tells nothing.
func hasFlow(cookie string, digest []byte) bool {
	found := 0
	for i, value := range strings.Split(cookie, ".") {
		if i < cookieFlows {
			found |= subtle.ConstantTimeCompare(digestOf(value), digest)
		}
	}
	return found == 1
}

// dropFlow takes the value of a digest out of a cookie. Those of other tabs stay.
func dropFlow(cookie string, digest []byte) string {
	all := slices.DeleteFunc(strings.Split(cookie, "."), func(value string) bool { return bytes.Equal(digestOf(value), digest) })
	return strings.Join(all, ".")
}

// end trades the code and keeps what it brought.
func (b browser) end(ctx context.Context, a *storev1.VaultAuthorization, r *connectionvaultv1.EndAuthorizationRequest) (string, error) {
	at := placeOf(a)
	now := time.Now().UnixMilli()
	var p *party
	err := b.s.deps.Store.View(ctx, func(tx kv.Reader) (err error) {
		if p, err = b.s.party(tx, at, now); err != nil {
			return err
		}
		return b.s.requireSession(tx, useAuthorize, a.GetSession(), p)
	})
	if err != nil {
		return "", err
	}
	o, err := p.oauth()
	if err == nil {
		err = p.still(a)
	}
	switch {
	case err != nil:
		return "", err
	case p.integration.GetDisabled():
		return "", fault.FailedPrecondition(reasonState, "the application has switched %s off", p.face.Name)
	case o.Issuer != "" && r.GetIss() != o.Issuer:
		return "", fault.InvalidArgument(reasonOAuthState, "the answer is not of the provider that was asked")
	case r.GetError() != "":
		return withError(a.GetRedirectUri(), tellable(r.GetError()), tellable(r.GetErrorDescription()))
	case r.GetCode() == "":
		return "", fault.InvalidArgument(reasonOAuthState, "the provider sent no code")
	}
	copies, err := p.fromCallback(r.GetParameters())
	if err != nil {
		return "", err
	}
	q, err := p.redeeming(r.GetCode(), a.GetVerifier(), b.s.callback())
	if err != nil {
		return "", err
	}
	return b.s.redeem(ctx, p, a, q, copies)
}

// fromCallback are the settings that come with the browser. They are the browser's word for
// the provider's, so one that is not fit ends it.
func (p *party) fromCallback(parameters map[string]string) (map[string]string, error) {
	copies := map[string]string{}
	for from, to := range p.face.OAuth.Copy.Callback {
		value := parameters[from]
		if value == "" {
			continue
		}
		if err := p.face.Accepts(to, value); err != nil {
			return nil, urlFault(err)
		}
		copies[to], p.texts[to] = value, value
	}
	return copies, nil
}
