package secretcontainer_test

import (
	"bytes"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	secretcontainerv1 "github.com/holdplane/holdplane/gen/holdplane/secretcontainer/v1"
	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/table"
)

func TestKeysAreMade(t *testing.T) {
	for _, c := range []struct {
		name, algorithm, mode string
		bits                  int32
	}{
		{"aes with 128 bits", "aes", "cbc", 128},
		{"aes with 256 bits, in capitals and without a mode", "AES", "", 256},
		{"aes for xts, two keys in one", "aes", "XTS", 512},
		{"des", "des", "", 64},
		{"triple des", "3des", "", 192},
		{"hmac", "hmacsha512", "", 256},
	} {
		inOrders(t, c.name, func(t *testing.T, w *world) {
			ann := w.user(acme, "ann", "creator")
			id := w.order(ann, keyOrder(c.algorithm, c.bits, c.mode))
			// Before any work in the background, as clients don't wait for keys.
			m, secrets := w.shown(ann, id), w.keptSecrets()
			w.expectNoWork()
			if len(secrets) != 1 || m.GetStatus() != "ACTIVE" || m.GetSecretId() != secrets[0].GetId() || m.GetContainerId() != "" {
				t.Fatalf("made %v\nfor %v", secrets, m)
			}
			s := secrets[0]
			if s.GetSecretType() != "symmetric" || s.GetContentType() != "application/octet-stream" || s.GetName() != "made" ||
				s.GetAlgorithm() != c.algorithm || s.GetBitLength() != c.bits || s.GetMode() != c.mode || s.GetCreator() != "ann" || s.GetTenant() != acme {
				t.Errorf("made %v", s)
			}
			payload := w.payloadOf(s.GetId())
			if len(payload)*8 != int(c.bits) || bytes.Equal(payload, make([]byte, len(payload))) {
				t.Errorf("the key has %d bytes", len(payload))
			}
			if w.audited(acme, "order.create", "ann") != 1 || w.audited(acme, "secret.create", "ann") != 1 || w.audited(acme, "order.complete", "ann") != 1 {
				t.Error("the audit log does not tell of the order and the secret once each")
			}
		})
	}
}

func TestPairsAreMade(t *testing.T) {
	for name, bits := range map[string]int32{"of 1024 bits": 1024, "of 2048 bits": 2048, "of 4096 bits": 4096} {
		inOrders(t, name, func(t *testing.T, w *world) {
			ann := w.user(acme, "ann", "creator")
			r := pairOrder("RSA", bits)
			r.Meta.Expiration = timestamppb.New(time.Now().Add(time.Hour))
			id := w.order(ann, r)
			w.start()
			m := w.shown(ann, id)
			boxes := rowsOf[*storev1.SecretContainer](w, table.Of(acme), "container")
			if len(boxes) != 1 || m.GetStatus() != "ACTIVE" || m.GetContainerId() != boxes[0].GetId() || m.GetSecretId() != "" {
				t.Fatalf("made %v\nfor %v", boxes, m)
			}
			if b := boxes[0]; b.GetName() != "made" || b.GetType() != "rsa" || b.GetCreator() != "ann" || b.GetTenant() != acme {
				t.Errorf("made %v", b)
			}
			w.checkPair(boxes[0].GetId(), int(bits), r.GetMeta().GetExpiration().AsTime().UnixMicro())
			if w.audited(acme, "secret.create", "ann") != 2 || w.audited(acme, "container.create", "ann") != 1 {
				t.Error("the audit log does not tell of two secrets and a container")
			}
		})
	}
}

// checkPair checks the secrets of an rsa container.
func (w *world) checkPair(container string, bits int, ends int64) {
	w.t.Helper()
	keys := map[string]any{}
	for _, in := range rowsOf[*storev1.ContainedSecret](w, table.Of(acme), "contained") {
		if in.GetContainer() != container || in.GetExpiresUs() != ends {
			w.t.Errorf("contained: %v", in)
		}
		block, rest := pem.Decode(w.payloadOf(in.GetSecret()))
		if block == nil || len(rest) > 0 {
			w.t.Fatalf("the %s is not PEM", in.GetName())
		}
		key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
		if in.GetName() == "public_key" {
			key, err = x509.ParsePKIXPublicKey(block.Bytes)
		}
		if err != nil {
			w.t.Fatal(err)
		}
		keys[in.GetName()+" in "+block.Type] = key
	}
	private, _ := keys["private_key in PRIVATE KEY"].(*rsa.PrivateKey)
	public, _ := keys["public_key in PUBLIC KEY"].(*rsa.PublicKey)
	if len(keys) != 2 || private == nil || public == nil || !private.PublicKey.Equal(public) || public.N.BitLen() != bits {
		w.t.Errorf("the container has %v", keys)
	}
	types := map[string]bool{}
	for _, s := range w.keptSecrets() {
		types[s.GetSecretType()] = true
		if s.GetContentType() != "application/octet-stream" || s.GetName() != "made" || s.GetBitLength() != int32(bits) || s.GetExpiresUs() != ends {
			w.t.Errorf("made %v", s)
		}
	}
	if len(types) != 2 || !types["private"] || !types["public"] {
		w.t.Errorf("secrets have the types %v", types)
	}
}

func TestOrdersEndInError(t *testing.T) {
	for _, c := range []struct {
		name, want string
		give       *secretcontainerv1.CreateOrderRequest
	}{
		{"a key for an algorithm that nobody knows", "hmacsha512", keyOrder("rot13", 128, "")},
		{"a key for rsa", "aes", keyOrder("rsa", 2048, "")},
		{"a key of a length that is not made", "64, 128, 192 or 256", keyOrder("aes", 512, "cbc")},
		{"half a key for xts", "xts", keyOrder("aes", 192, "xts")},
		{"a pair for dsa", "rsa", pairOrder("DSA", 2048)},
		{"a pair for aes", "rsa", pairOrder("aes", 256)},
		{"a pair of a length that is not made", "1024, 2048 or 4096", pairOrder("rsa", 3072)},
	} {
		inOrders(t, c.name, func(t *testing.T, w *world) {
			ann := w.user(acme, "ann", "creator")
			id := w.order(ann, c.give)
			w.start()
			m := w.shown(ann, id)
			if m.GetStatus() != "ERROR" || m.GetErrorStatusCode() != "400" || !strings.Contains(m.GetErrorReason(), c.want) {
				t.Errorf("ended as %v", m)
			}
			if n := len(w.keptSecrets()); n != 0 || m.GetSecretId() != "" || m.GetContainerId() != "" {
				t.Errorf("%d secrets for %v", n, m)
			}
			if w.audited(acme, "order.fail", "ann") != 1 || w.audited(acme, "order.complete", "ann") != 0 {
				t.Error("the audit log does not tell of the end")
			}
			w.expectNoWork()
		})
	}
	inOrders(t, "a pair that had ended before it was made", func(t *testing.T, w *world) {
		ann, r := w.user(acme, "ann", "creator"), pairOrder("rsa", 1024)
		r.Meta.Expiration = timestamppb.New(time.Now().Add(time.Minute))
		id := w.order(ann, r)
		if got := w.shown(ann, id).GetStatus(); got != "PENDING" {
			t.Errorf("before it is carried out its status is %s", got)
		}
		pass(2 * time.Minute)
		w.start()
		if m := w.shown(ann, id); m.GetStatus() != "ERROR" || !strings.Contains(m.GetErrorReason(), "expiration") {
			t.Errorf("ended as %v", m)
		}
	})
}

// An order that waits in vain for its pair costs a few looks at the store.
func TestWaitingForPairsIsCheap(t *testing.T) {
	inOrders(t, "nobody makes pairs", func(t *testing.T, w *world) {
		ann := w.user(acme, "ann", "creator")
		store := w.count()
		if reads, _ := store.during(func() { w.order(ann, pairOrder("rsa", 2048)) }); reads == 0 || reads > 15 {
			t.Errorf("waiting took %d reads, want some, and 15 at most", reads)
		}
	})
}
