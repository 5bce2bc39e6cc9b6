package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"

	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/emptypb"

	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	"github.com/holdplane/holdplane/pkg/auth"
)

// wrongRequests has the answers' texts name what was wrong.
func (p *planting) wrongRequests(s *server) {
	for _, path := range []string{"?externalId=", "?identityId=", "?externalId=x&y="} {
		s.send(p.t, http.MethodGet, p.key, "/v1/identities.getIdentity"+path+p.value(), "")
	}
	for _, query := range []string{"cursor", "limit", "environment"} {
		s.send(p.t, http.MethodGet, p.key, "/v1/identities.listIdentities?"+query+"="+p.value(), "")
	}
	for _, path := range []string{"/", "/v1/", "/v1/identities.", "/v2/", "/docs/errors/", "/v1/%2F"} {
		s.send(p.t, http.MethodGet, p.key, path+p.value(), "")
		s.send(p.t, http.MethodPost, p.key, path+p.value()+"."+p.value(), p.value())
	}
	for _, body := range []string{
		`{"externalId":"%s`, `{"externalId":"%s"}}`, `%s`, `{"externalId":5,"%s":1}`, `{"externalId":["%s"]}`, `{"externalId":"%s","externalId":"x"}`,
		`{"externalId":"valid","meta":"%s"}`, `{"externalId":"valid","ratelimits":[{"name":"%s","limit":-1,"duration":5}]}`,
		`{"externalId":"valid","ratelimits":[{"name":"%[1]s","limit":1,"duration":5000},{"name":"%[1]s","limit":2,"duration":5000}]}`,
		`{"externalId":"valid","meta":{"%[1]s":1,"%[1]s":2}}`, `{"externalId":"valid","meta":{"a":%s}}`,
	} {
		body = fmt.Sprintf(body, p.value())
		s.send(p.t, http.MethodPost, p.key, "/v1/identities.createIdentity", body)
		s.send(p.t, http.MethodPost, p.key, "/v1/identities.updateIdentity", body)
		s.send(p.t, http.MethodPost, p.key, "/v1/identities.deleteIdentity", body)
	}
	long := p.value() + strings.Repeat("x", 300_000)
	s.send(p.t, http.MethodPost, p.key, "/v1/identities.createIdentity", `{"externalId":"`+long+`"}`)
	s.send(p.t, http.MethodPost, p.value(), "/v1/identities.createIdentity", `{"externalId":"`+p.value()+`"}`)
}

func (p *planting) wrongHeaders(s *server) {
	for _, name := range []string{"Authorization", "Cookie", "User-Agent", "Referer", "Origin", "X-Forwarded-For", "X-Request-Id", "Unkey-Request-Id", "Content-Type",
		"Accept", "Grpc-Metadata-Authorization", "Grpc-Timeout", "Traceparent", "X-Http-Method-Override", "If-None-Match", "Host", "Method"} {
		for _, form := range []string{"%s", "Bearer %s", "Basic %s", "key=%s; path=/"} {
			method, value := http.MethodPost, fmt.Sprintf(form, p.value())
			if name == "Method" {
				method = strings.ToUpper(p.value())
			}
			r, err := http.NewRequest(method, s.baseURL+"/v1/identities.createIdentity", strings.NewReader(`{"externalId":"`+p.value()+`"}`))
			if err != nil {
				p.t.Fatal(err)
			}
			if name == "Host" {
				r.Host = p.value() + ".example.com"
			}
			r.Header.Set("Authorization", "Bearer "+p.key)
			r.Header.Set(name, value)
			if _, _, err := do(http.DefaultClient, r); err != nil {
				p.t.Errorf("%s: %v", name, err)
			}
		}
	}
}

// wrongCalls are over gRPC, on both listeners; all of them fail.
func (p *planting) wrongCalls(s *server) {
	ctx := p.t.Context()
	access, tenants := identityv1.NewAccessServiceClient(s.internal), identityv1.NewTenantServiceClient(s.internal)
	for n, call := range []func() (proto.Message, error){
		func() (proto.Message, error) {
			return tenants.CreateTenant(ctx, &identityv1.CreateTenantRequest{Id: p.value() + " !", Name: p.value()})
		},
		func() (proto.Message, error) {
			return tenants.DeleteTenant(ctx, &identityv1.DeleteTenantRequest{Id: p.value()})
		},
		func() (proto.Message, error) {
			return access.CreateRootKey(ctx, &identityv1.CreateRootKeyRequest{Tenant: p.value(), Name: p.value(), Permissions: []string{"*"}})
		},
		func() (proto.Message, error) {
			return access.CreateRootKey(ctx, &identityv1.CreateRootKeyRequest{Tenant: p.tenant, Permissions: []string{p.value()}, Secret: p.value()})
		},
		func() (proto.Message, error) {
			return access.RevokeRootKey(ctx, &identityv1.RevokeRootKeyRequest{Tenant: p.tenant, Id: p.value()})
		},
		func() (proto.Message, error) {
			return access.RefreshSession(ctx, &identityv1.RefreshSessionRequest{RefreshToken: p.value(), Audience: p.value()})
		},
	} {
		if _, err := call(); err == nil {
			p.t.Errorf("wrong call %d succeeds", n)
		}
	}
	for _, key := range []string{p.key, p.value()} {
		with := metadata.AppendToOutgoingContext(ctx, "authorization", "Bearer "+key, "x-request-id", p.value()+".!", "cookie", p.value())
		_, err := identityv1.NewIdentityServiceClient(s.public).GetIdentity(with, &identityv1.GetIdentityRequest{ExternalId: proto.String(p.value())})
		unknown := s.public.Invoke(with, "/"+p.value()+"/"+p.value(), &emptypb.Empty{}, &emptypb.Empty{})
		if err == nil || unknown == nil {
			p.t.Errorf("wrong calls answer %v and %v", err, unknown)
		}
	}
}

// sessions makes tokens, which are credentials as keys are.
func (p *planting) sessions(s *server) {
	access := identityv1.NewAccessServiceClient(s.internal)
	if _, err := access.PutSubject(p.t.Context(), &identityv1.PutSubjectRequest{Tenant: p.tenant, Id: "user_1", Enabled: true, Epoch: 1, Version: 1, Permissions: []string{"*"}}); err != nil {
		p.t.Fatal(err)
	}
	for _, kind := range []identityv1.CredentialKind{identityv1.CredentialKind_CREDENTIAL_KIND_OPAQUE_SESSION, identityv1.CredentialKind_CREDENTIAL_KIND_SIGNED_SESSION} {
		r, err := access.IssueSession(p.t.Context(), &identityv1.IssueSessionRequest{
			Tenant: p.tenant, Subject: "user_1", Kind: kind, Audience: p.value(), TtlMs: 60_000, RefreshTtlMs: 60_000,
		})
		if err != nil {
			p.t.Fatal(err)
		}
		p.plant(r.GetAccessToken())
		p.plant(r.GetRefreshToken())
		d := auth.DigestOf(r.GetAccessToken())
		if _, err := access.VerifyCredential(p.t.Context(), &identityv1.VerifyCredentialRequest{Digest: d[:]}); err != nil {
			p.t.Error(err)
		}
		s.status(p.t, r.GetAccessToken())
	}
}

// garbage is what port scanners and broken clients send.
func (p *planting) garbage(s *server) {
	addrs := []string{strings.TrimPrefix(s.baseURL, "http://"), s.public.Target()[len("dns:///"):]}
	for _, addr := range addrs {
		for _, form := range []string{"%s\r\n\r\n", "GET /%s HTTP/9.9\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\n%s\r\n\r\n", "GET / HTTP/1.1\r\nHost: %s!!\r\nHost: b\r\n\r\n",
			"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: %s\r\n\r\n", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: %s\r\n\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n%s"} {
			c, err := net.Dial("tcp", addr)
			if err != nil {
				p.t.Fatal(err)
			}
			// A reset is as good as an answer.
			_, _ = fmt.Fprintf(c, form, p.value())
			_ = c.(*net.TCPConn).CloseWrite()
			_, _ = io.Copy(io.Discard, c)
			c.Close()
		}
	}
}
