package secretcontainer_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"google.golang.org/grpc/codes"

	secretcontainerv1 "github.com/holdplane/holdplane/gen/holdplane/secretcontainer/v1"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/rpc"
	"github.com/holdplane/holdplane/services/secretcontainer"
)

func TestPayloadsAreReadAsWhatTheyAre(t *testing.T) {
	s, text := newSafe(t), strings.Repeat("ü", 10_000)
	for _, c := range []struct {
		name, kept, as, payload string
		yes, no                 []string
	}{
		{"text", "text/plain", "text/plain", text, []string{"", "text/plain", "TEXT/PLAIN; charset=UTF-8", "application/octet-stream"},
			[]string{"application/json", "application/pkcs8", "text/plain, */*;q=0.5", "text/html"}},
		{"text in capitals", "Text/Plain;Charset=UTF-8", "text/plain", text, []string{"text/plain"}, nil},
		{"text of a charset", "text/plain; charset=utf-8", "text/plain", text, []string{"text/plain"}, nil},
		{"bytes", "application/octet-stream", "application/octet-stream", "\xff", []string{"", "application/octet-stream"},
			[]string{"text/plain", "application/pkcs8", "application/json"}},
		{"bytes that are text", "application/octet-stream", "application/octet-stream", text,
			[]string{"text/plain", "text/plain; charset=utf-8"}, []string{"text/html"}},
		{"PKCS #8", "application/pkcs8", "application/pkcs8", "\xff", []string{"", "application/pkcs8", "application/octet-stream"}, []string{"text/plain"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			id := s.make(s.alice, &secretcontainerv1.CreateSecretRequest{Payload: []byte(c.payload), PayloadContentType: c.kept})
			for _, accept := range c.yes {
				r, err := s.secrets.GetPayload(s.alice, &secretcontainerv1.GetPayloadRequest{SecretId: id, Accept: accept})
				if err != nil || string(r.GetPayload()) != c.payload || r.GetContentType() != c.as {
					t.Errorf("%q: got %d bytes of %q, %v", accept, len(r.GetPayload()), r.GetContentType(), err)
				}
			}
			for _, accept := range c.no {
				_, err := s.open(s.alice, id, accept)
				refused(t, err, codes.InvalidArgument, "PAYLOAD_NOT_ACCEPTABLE")
			}
			if n := len(s.events(acme, id)); n != 1+len(c.yes) {
				t.Errorf("%d audit records of %d answers", n-1, len(c.yes))
			}
		})
	}
}

func TestPayloadsComeInASecondStep(t *testing.T) {
	s := newSafe(t)
	id := s.bare(s.alice)
	store := func(payload, kind string) error {
		_, err := s.secrets.StorePayload(s.alice, &secretcontainerv1.StorePayloadRequest{SecretId: id, Payload: []byte(payload), ContentType: kind})
		return err
	}
	_, err := s.open(s.alice, id, "")
	refused(t, err, codes.NotFound, "PAYLOAD_ABSENT")
	for _, c := range []struct{ name, payload, kind, reason string }{
		{"no type", "x", "", "PAYLOAD_TYPE_ABSENT"},
		{"JSON", "x", "application/json", "PAYLOAD_TYPE"},
		{"PKCS #8", "x", "application/pkcs8", "PAYLOAD_TYPE"},
		{"empty", "", "text/plain", "PAYLOAD_EMPTY"},
		{"too large", strings.Repeat("x", 20_001), "application/octet-stream", "PAYLOAD_TOO_LARGE"},
		{"no text", "\xff", "text/plain", "PAYLOAD_NOT_UTF8"},
	} {
		t.Run(c.name, func(t *testing.T) { refused(t, store(c.payload, c.kind), codes.InvalidArgument, c.reason) })
	}
	expect(t, store("\x00\xff", "application/octet-stream"), codes.OK)
	refused(t, store("other", "text/plain"), codes.AlreadyExists, "PAYLOAD_EXISTS")
	m := s.describe(s.alice, id)
	if m.GetContentTypes().GetDefault() != "application/octet-stream" || !m.GetUpdated().AsTime().After(m.GetCreated().AsTime()) {
		t.Errorf("got %v", m)
	}
	if got, err := s.open(s.alice, id, ""); got != "\x00\xff" || err != nil {
		t.Errorf("got %q, %v", got, err)
	}
	want := []string{"alice secret.create", "alice secret.payload.store", "alice secret.payload.read"}
	if got := s.events(acme, id); !slices.Equal(got, want) {
		t.Errorf("audited %v, want %v", got, want)
	}
}

// What users of other projects read is in the log of the project that lent it.
func TestLentPayloadsAreAuditedByTheLender(t *testing.T) {
	s := newSafe(t)
	id := s.keep(s.alice, "lent", "text")
	s.lend(s.alice, id, true, "bob")
	if got, err := s.open(s.bob, id, "text/plain"); got != "text" || err != nil {
		t.Fatalf("got %q, %v", got, err)
	}
	if got := s.events(acme, id); !slices.Contains(got, "bob secret.payload.read") {
		t.Errorf("audited %v", got)
	}
	if got := s.events(rival, id); len(got) != 0 {
		t.Errorf("the reader's project has %v", got)
	}
}

// uncommitted is a store whose disk fails at each commit.
type uncommitted struct{ kv.Store }

var errDisk = errors.New("disk failed")

func (u uncommitted) Update(ctx context.Context, fn func(kv.Writer) error) error {
	return u.Store.Update(ctx, func(tx kv.Writer) error { return errors.Join(fn(tx), errDisk) })
}

func TestNoPayloadLeavesWithoutItsRecord(t *testing.T) {
	s := newSafe(t)
	id := s.keep(s.alice, "name", "text")
	failing := secretcontainer.New(secretcontainer.Deps{Store: uncommitted{s.store}, Blind: s.store.Indexer()})
	as := rpc.NewLocal(asCaller(acme, "alice", "openstack.creator"))
	failing.RegisterPublic(as)
	r, err := secretcontainerv1.NewSecretServiceClient(as).GetPayload(t.Context(), &secretcontainerv1.GetPayloadRequest{SecretId: id})
	expect(t, err, codes.Internal)
	if len(r.GetPayload()) != 0 {
		t.Error("the payload left, and no record of it is kept")
	}
}
