package contabo_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"

	"github.com/holdplane/holdplane/gateway"
	"github.com/holdplane/holdplane/gateway/contabo"
	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/rpc"
)

// What the tests' services know: one of each.
const (
	annID     = "6cdf5968-f9fe-4192-97c2-f349e813c5e8"
	storageID = "d8417276-d2d9-43a9-a0a8-9a6fa6060246"
	tenantID  = "DE"
	customer  = "54321"
)

// The credentials that open the tests' services.
const (
	session   = "eyJ.ann.sig"
	rootKey   = "hp_root_all"
	readerKey = "hp_root_reader"
)

const audience = "contabo"

type keyring struct{}

func (keyring) Verify(_ context.Context, d auth.Digest) (*auth.Principal, error) {
	switch d {
	case auth.DigestOf(session):
		return auth.Principal{Kind: auth.KindSignedSession, Tenant: "acme", Subject: annID, Audience: audience}.Grant("users.create"), nil
	case auth.DigestOf(rootKey):
		return auth.Principal{Kind: auth.KindRootKey, Tenant: "acme"}.Grant("users.create"), nil
	case auth.DigestOf(readerKey):
		return &auth.Principal{Kind: auth.KindRootKey, Tenant: "acme"}, nil
	}
	return nil, fault.Unauthenticated(fault.ReasonCredentialBad, "no credential has this digest")
}

// behind is a connection to the tests' services, with what stands in front of real ones.
func behind(tb testing.TB) *rpc.Local {
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
	useradminv1.RegisterUserServiceServer(local, users{})
	useradminv1.RegisterRoleServiceServer(local, roles{})
	useradminv1.RegisterClientServiceServer(local, clients{})
	useradminv1.RegisterObjectStorageServiceServer(local, storages{})
	useradminv1.RegisterCredentialServiceServer(local, credentials{})
	useradminv1.RegisterHistoryServiceServer(local, history{})
	useradminv1.RegisterTokenServiceServer(local, tokens{})
	return local
}

// wired is a connection that refuses, as one between processes does, what no message holds.
type wired struct{ grpc.ClientConnInterface }

func (c wired) Invoke(ctx context.Context, rpc string, in, out any, opts ...grpc.CallOption) error {
	if _, err := proto.Marshal(in.(proto.Message)); err != nil {
		return err
	}
	return c.ClientConnInterface.Invoke(ctx, rpc, in, out, opts...)
}

// over is a gateway in front of a connection.
func over(tb testing.TB, conn grpc.ClientConnInterface) http.Handler {
	tb.Helper()
	h, err := gateway.New(tb.Context(), gateway.Config{
		Dialects:  []gateway.Dialect{contabo.Dialect(), contabo.TokenDialect()},
		Conn:      func(string) grpc.ClientConnInterface { return wired{conn} },
		Log:       slog.New(slog.DiscardHandler),
		Metrics:   prometheus.NewRegistry(),
		PublicURL: "https://api.example.com",
	})
	if err != nil {
		tb.Fatal(err)
	}
	return h
}

// serve starts a gateway in front of the tests' services and returns its address.
func serve(tb testing.TB) string {
	tb.Helper()
	s := httptest.NewServer(over(tb, behind(tb)))
	tb.Cleanup(s.Close)
	return s.URL
}

// pageOf is where a list of 23 rows stands when asked for a page.
func pageOf(r interface {
	GetPage() int64
	GetSize() int64
}) *useradminv1.Page {
	p := &useradminv1.Page{Size: 10, Page: 1, TotalElements: 23}
	if r.GetSize() > 0 {
		p.Size = int32(min(r.GetSize(), 1000))
	}
	if r.GetPage() > 0 {
		p.Page = int32(r.GetPage())
	}
	p.TotalPages = (p.TotalElements + p.Size - 1) / p.Size
	return p
}
