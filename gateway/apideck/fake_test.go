package apideck_test

import (
	"context"
	"net/http/httptest"
	"path/filepath"
	"testing"

	"github.com/holdplane/holdplane/gateway/gatewaytest"
	vaultv1 "github.com/holdplane/holdplane/gen/holdplane/connectionvault/v1"
	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/rpc"
)

// Recordings in the folder fake need the tests' services; the others hold for the whole
// product, too.
func TestRecordings(t *testing.T) {
	for _, pattern := range []string{"testdata/*.txtar", "testdata/fake/*.txtar"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatalf("no recordings %s: %v", pattern, err)
		}
		for _, file := range files {
			t.Run(filepath.ToSlash(file), func(t *testing.T) {
				if err := gatewaytest.Replay(t.Context(), serve(t), file, map[string]string{"key": appKey, "session": session, "base": public}); err != nil {
					t.Error(err)
				}
			})
		}
	}
}

// The credentials that open the tests' services.
const (
	appKey  = "sk_live_shop"
	session = "eyJ.ann.sig"
)

const audience = "apideck"

type keyring struct{}

func (keyring) Verify(_ context.Context, d auth.Digest) (*auth.Principal, error) {
	switch d {
	case auth.DigestOf(appKey):
		return auth.Principal{Kind: auth.KindRootKey, Tenant: "acme"}.Grant("vault.apps.shop"), nil
	case auth.DigestOf(session):
		return &auth.Principal{Kind: auth.KindSignedSession, Tenant: "acme", Subject: "s1", Audience: audience}, nil
	}
	return nil, fault.Unauthenticated(fault.ReasonCredentialBad, "no credential has this digest")
}

// serve starts a gateway in front of the tests' services, with what stands in front of real
// ones, and returns its address.
func serve(tb testing.TB) string {
	tb.Helper()
	valid, err := rpc.NewValidator()
	if err != nil {
		tb.Fatal(err)
	}
	door := &auth.Door{
		Verifier: keyring{},
		Public:   rpc.PublicMethods(),
		Accept: func(string) []auth.Credential {
			return []auth.Credential{{Kind: auth.KindRootKey}, {Kind: auth.KindSignedSession, Audience: audience}}
		},
	}
	local := rpc.NewLocal(door.Unary, valid.Unary)
	added := &connections{added: map[string]*vaultv1.Connection{}}
	vaultv1.RegisterConnectionServiceServer(local, added)
	vaultv1.RegisterResourceServiceServer(local, resources{of: added})
	vaultv1.RegisterConsentServiceServer(local, consents{})
	vaultv1.RegisterSessionServiceServer(local, sessions{})
	vaultv1.RegisterConsumerServiceServer(local, consumers{})
	vaultv1.RegisterLogServiceServer(local, logs{})
	vaultv1.RegisterConnectorServiceServer(local, connectors{})
	vaultv1.RegisterWebhookServiceServer(local, webhooks{})
	s := httptest.NewServer(over(tb, local))
	tb.Cleanup(s.Close)
	return s.URL
}
