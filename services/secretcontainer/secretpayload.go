package secretcontainer

import (
	"context"
	"errors"
	"strings"
	"time"
	"unicode/utf8"

	"google.golang.org/protobuf/proto"

	secretcontainerv1 "github.com/holdplane/holdplane/gen/holdplane/secretcontainer/v1"
	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/audit"
	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/kv"
)

// maxPayload is the largest payload in bytes.
const maxPayload = 20_000

// Types of payloads, normalised.
const (
	typeText   = "text/plain"
	typeBinary = "application/octet-stream"
	typePKCS8  = "application/pkcs8"
)

// payloadType normalises a type; it is empty for those that no payload has.
func payloadType(given string) string {
	switch given := strings.ToLower(given); given {
	case typeText, "text/plain;charset=utf-8", "text/plain; charset=utf-8":
		return typeText
	case typeBinary, typePKCS8:
		return given
	}
	return ""
}

// checkPayload returns the type of a payload to keep.
func checkPayload(payload []byte, given string) (string, error) {
	kept := payloadType(given)
	switch {
	case given == "":
		return "", fault.InvalidArgument(reasonPayloadTypeless, "a payload needs its content type")
	case kept == "":
		return "", fault.InvalidArgument(reasonPayloadType, "the content type has to be %s, %s or %s", typeText, typeBinary, typePKCS8)
	case len(payload) == 0:
		return "", fault.InvalidArgument(reasonPayloadEmpty, "the payload has to have a byte at least")
	case len(payload) > maxPayload:
		return "", fault.InvalidArgument(reasonPayloadTooLarge, "the payload has %d bytes, at most %d are kept", len(payload), maxPayload)
	case kept == typeText && !utf8.Valid(payload):
		return "", fault.InvalidArgument(reasonPayloadText, "text has to be UTF-8; other bytes are %s", typeBinary)
	}
	return kept, nil
}

// shortPayload is how many bytes of payload are kept with their secret, at most: passwords and
// keys are written and read with one row then, and lists of them are hardly slower.
const shortPayload = 256

// holding is a secret with its payload where that is short. A long one is returned, to be kept
// apart.
func holding(m *storev1.Secret, payload []byte) (with *storev1.Secret, long []byte) {
	if len(payload) == 0 || len(payload) > shortPayload {
		return m, payload
	}
	with = proto.CloneOf(m)
	with.Payload = payload
	return with, nil
}

// addPayload keeps a payload apart from its secret, if there is one.
func (t *tables) addPayload(tx kv.Writer, m *storev1.Secret, long []byte) error {
	if len(long) == 0 {
		return nil
	}
	return t.payloads.Insert(tx, scopeOf(m), &storev1.SecretPayload{
		Secret: m.GetId(), Payload: long, ExpiresUs: m.GetExpiresUs(),
	})
}

// payload is that of a secret which has one, wherever it is kept.
func (t *tables) payload(tx kv.Reader, m *storev1.Secret) ([]byte, error) {
	if len(m.GetPayload()) > 0 {
		return m.GetPayload(), nil
	}
	kept, err := t.payloads.Get(tx, scopeOf(m), m.GetId())
	if errors.Is(err, kv.ErrNotFound) { // the secret has ended since it was found
		return nil, fault.NotFound(reasonSecretUnknown, "the secret does not exist")
	}
	return kept.GetPayload(), err
}

func (s secrets) StorePayload(ctx context.Context, r *secretcontainerv1.StorePayloadRequest) (*secretcontainerv1.StorePayloadResponse, error) {
	p, t, done := auth.From(ctx), &s.s.tables, audit.Event(ctx, "secret.payload.store", r.GetSecretId())
	now := time.Now().UnixMicro()
	err := s.s.deps.Store.Update(ctx, func(tx kv.Writer) error {
		old, err := t.secret(tx, p, r.GetSecretId(), canChange)
		if err != nil {
			return err
		}
		m, err := withPayload(old, r)
		if err != nil {
			return err
		}
		m.UpdatedUs = now
		m, long := holding(m, r.GetPayload())
		if err := t.secrets.Replace(tx, scopeOf(m), old, m); err != nil {
			return err
		}
		if err := t.addPayload(tx, m, long); err != nil {
			return err
		}
		return t.record(tx, p.Tenant, m, done)
	})
	if err != nil {
		return nil, err
	}
	return &secretcontainerv1.StorePayloadResponse{}, nil
}

// withPayload is a secret once it has got its payload.
func withPayload(old *storev1.Secret, r *secretcontainerv1.StorePayloadRequest) (*storev1.Secret, error) {
	kept, err := checkPayload(r.GetPayload(), r.GetContentType())
	if err != nil {
		return nil, err
	}
	if kept == typePKCS8 {
		return nil, fault.InvalidArgument(reasonPayloadType, "in a second step the content type has to be %s or %s", typeText, typeBinary)
	}
	if old.GetContentType() != "" {
		return nil, fault.AlreadyExists(reasonPayloadThere, "the secret has a payload, which can't be changed; make another secret")
	}
	m := proto.CloneOf(old)
	m.ContentType = kept
	return m, nil
}

// GetPayload commits a transaction, though it only reads: there is no answer that the audit
// log doesn't tell of.
func (s secrets) GetPayload(ctx context.Context, r *secretcontainerv1.GetPayloadRequest) (*secretcontainerv1.GetPayloadResponse, error) {
	p, t, done := auth.From(ctx), &s.s.tables, audit.Event(ctx, "secret.payload.read", r.GetSecretId())
	var answer *secretcontainerv1.GetPayloadResponse
	err := s.s.deps.Store.Update(ctx, func(tx kv.Writer) error {
		m, err := t.secret(tx, p, r.GetSecretId(), canDecrypt)
		if err != nil {
			return err
		}
		if m.GetContentType() == "" {
			return fault.NotFound(reasonPayloadAbsent, "the secret has no payload yet")
		}
		payload, err := t.payload(tx, m)
		if err != nil {
			return err
		}
		if err := acceptable(m.GetContentType(), payload, r.GetAccept()); err != nil {
			return err
		}
		answer = &secretcontainerv1.GetPayloadResponse{Payload: payload, ContentType: m.GetContentType()}
		return t.record(tx, p.Tenant, m, done)
	})
	if err != nil {
		return nil, err
	}
	return answer, nil
}

// acceptable tells whether a payload can be had as the type that is wanted: as its own, as
// bytes, and as text when it is some. OpenStack's command line stores text as bytes, and
// reads it as text.
func acceptable(kept string, payload []byte, wanted string) error {
	switch as := payloadType(wanted); {
	case wanted == "", as == kept, as == typeBinary, as == typeText && utf8.Valid(payload):
		return nil
	}
	return fault.InvalidArgument(reasonPayloadAccept, "the payload is %s; accept that", kept)
}
