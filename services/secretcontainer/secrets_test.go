package secretcontainer_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/timestamppb"

	secretcontainerv1 "github.com/holdplane/holdplane/gen/holdplane/secretcontainer/v1"
	"github.com/holdplane/holdplane/pkg/fault"
)

func TestSecretsAreDescribed(t *testing.T) {
	s := newSafe(t)
	ends := timestamppb.New(time.Now().Add(time.Hour).Truncate(time.Microsecond))
	for _, c := range []struct {
		name string
		give *secretcontainerv1.CreateSecretRequest
		want *secretcontainerv1.Secret
	}{
		{"nothing given", &secretcontainerv1.CreateSecretRequest{}, &secretcontainerv1.Secret{SecretType: "opaque"}},
		{"all given", &secretcontainerv1.CreateSecretRequest{
			Name: ptr("key"), Algorithm: ptr("aes"), BitLength: ptr(int32(256)), Mode: ptr("cbc"), Expiration: ends,
			SecretType: "symmetric", Payload: []byte{0, 255}, PayloadContentType: "application/octet-stream",
		}, &secretcontainerv1.Secret{
			Name: ptr("key"), Algorithm: ptr("aes"), BitLength: ptr(int32(256)), Mode: ptr("cbc"), Expiration: ends,
			SecretType: "symmetric", ContentTypes: &secretcontainerv1.ContentTypes{Default: "application/octet-stream"},
		}},
		{"an empty name is a name", &secretcontainerv1.CreateSecretRequest{Name: ptr(""), SecretType: "passphrase"},
			&secretcontainerv1.Secret{Name: ptr(""), SecretType: "passphrase"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			before := time.Now().Truncate(time.Microsecond)
			got := s.describe(s.alice, s.make(s.alice, c.give))
			if got.GetCreated().AsTime().Before(before) || !got.GetUpdated().AsTime().Equal(got.GetCreated().AsTime()) {
				t.Errorf("created %v, updated %v", got.GetCreated().AsTime(), got.GetUpdated().AsTime())
			}
			c.want.Status, c.want.CreatorId = "ACTIVE", "alice"
			if diff := cmp.Diff(c.want, got, protocmp.Transform(), protocmp.IgnoreFields(got, "secret_id", "created", "updated")); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestSecretsThatAreRefused(t *testing.T) {
	s := newSafe(t)
	payload := func(payload, kind string) *secretcontainerv1.CreateSecretRequest {
		return &secretcontainerv1.CreateSecretRequest{Payload: []byte(payload), PayloadContentType: kind}
	}
	ending := func(end *timestamppb.Timestamp) *secretcontainerv1.CreateSecretRequest {
		return &secretcontainerv1.CreateSecretRequest{Expiration: end}
	}
	for _, c := range []struct {
		name   string
		give   *secretcontainerv1.CreateSecretRequest
		reason string
	}{
		{"payload without type", payload("x", ""), "PAYLOAD_TYPE_ABSENT"},
		{"type without payload", &secretcontainerv1.CreateSecretRequest{PayloadContentType: "text/plain"}, "PAYLOAD_TYPE_ALONE"},
		{"empty payload", payload("", "text/plain"), "PAYLOAD_EMPTY"},
		{"payload over the bound", payload(strings.Repeat("x", 20_001), "text/plain"), "PAYLOAD_TOO_LARGE"},
		{"JSON", payload("x", "application/json"), "PAYLOAD_TYPE"},
		{"another charset", payload("x", "text/plain; charset=latin-1"), "PAYLOAD_TYPE"},
		{"text that is no UTF-8", payload("\xff", "text/plain"), "PAYLOAD_NOT_UTF8"},
		{"ended", ending(timestamppb.New(time.Now())), "EXPIRATION_PAST"},
		{"an end beyond all calendars", ending(&timestamppb.Timestamp{Seconds: 1 << 60}), "EXPIRATION_PAST"},
		{"bits", &secretcontainerv1.CreateSecretRequest{BitLength: ptr(int32(0))}, fault.ReasonInvalid},
		{"long name", &secretcontainerv1.CreateSecretRequest{Name: ptr(strings.Repeat("x", 256))}, fault.ReasonInvalid},
		{"type", &secretcontainerv1.CreateSecretRequest{SecretType: "certificates"}, fault.ReasonInvalid},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := s.secrets.CreateSecret(s.alice, c.give)
			refused(t, err, codes.InvalidArgument, c.reason)
		})
	}
	if names := s.tablesOf(acme); len(names) != 0 {
		t.Errorf("refused requests left rows in %v", names)
	}
}

func TestSecretsThatAreNotThere(t *testing.T) {
	s := newSafe(t)
	for _, c := range []struct{ name, id, reason string }{
		{"unknown", "00000000-0000-4000-8000-000000000000", "SECRET_NOT_FOUND"},
		{"no UUID", "not-a-uuid", "SECRET_ID_INVALID"},
		{"capital letters", "00000000-0000-4000-8000-00000000000A", "SECRET_ID_INVALID"},
		{"empty", "", "SECRET_ID_INVALID"},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, call := range secretCalls(s) {
				if call.name != "create" && call.name != "list" && !strings.Contains(call.name, "container") {
					refused(t, call.do(s.alice, c.id), codes.NotFound, c.reason)
				}
			}
		})
	}
}

func TestQuotaOfSecrets(t *testing.T) {
	s := newSafe(t)
	set := func(n int32) {
		if err := s.setQuotas(acme, &secretcontainerv1.Quotas{Secrets: &n}); err != nil {
			t.Fatal(err)
		}
	}
	create := func() error {
		_, err := s.secrets.CreateSecret(s.alice, &secretcontainerv1.CreateSecretRequest{})
		return err
	}
	set(2)
	id := s.bare(s.alice)
	s.bare(s.carol)
	refused(t, create(), codes.PermissionDenied, "PROJECT_QUOTA_REACHED")
	if got := fault.From(create()).Metadata["resource"]; got != "Secret" {
		t.Errorf("resource %q, want Secret", got)
	}
	s.bare(s.bob) // another project has its own
	s.delete(s.alice, id)
	expect(t, create(), codes.OK)
	set(0)
	refused(t, create(), codes.PermissionDenied, "PROJECT_QUOTA_REACHED")
	set(-1)
	expect(t, create(), codes.OK)
}
