package secretcontainer

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/sync/semaphore"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
)

// What keys are made for, as Barbican has it: any of the lengths for any of the algorithms.
var (
	symmetric        = []string{"aes", "des", "3des", "hmacsha1", "hmacsha256", "hmacsha384", "hmacsha512"}
	symmetricLengths = []int32{64, 128, 192, 256}
	pairLengths      = []int32{1024, 2048, 4096}
)

// pairsAtOnce bounds how many processors pairs take, of those there are: making a long one takes
// seconds, and half of them is left to those who wait for answers.
func pairsAtOnce(processors int) int64 { return int64(min(2, max(1, processors/2))) }

// Types of orders.
const (
	orderKey  = "key"
	orderPair = "asymmetric"
)

// keyMaker makes keys.
type keyMaker struct{ pairs *semaphore.Weighted }

func newKeyMaker() keyMaker {
	return keyMaker{pairs: semaphore.NewWeighted(pairsAtOnce(runtime.GOMAXPROCS(0)))}
}

// madeKey is what becomes the payload of a secret.
type madeKey struct {
	secretType string
	name       string // in the container, when there is one
	payload    []byte
}

// unmakeable is why an order ends without keys, as the order shows it.
type unmakeable struct{ status, reason string }

func (u unmakeable) Error() string { return u.reason }

// status of orders that ask for what is not made.
const statusBad = "400"

// make returns the keys that an order asks for, or unmakeable. Pairs wait for others'.
func (k keyMaker) make(ctx context.Context, m *storev1.KeyOrder) ([]madeKey, error) {
	if m.GetType() == orderPair {
		return k.pair(ctx, m)
	}
	if err := checkSymmetric(m); err != nil {
		return nil, err
	}
	payload := make([]byte, m.GetBitLength()/8)
	rand.Read(payload)
	return []madeKey{{secretType: "symmetric", payload: payload}}, nil
}

// checkSymmetric refuses what no key is made for. Keys for mode xts are two in one.
func checkSymmetric(m *storev1.KeyOrder) error {
	bits, each := m.GetBitLength(), int32(1)
	if strings.EqualFold(m.GetMode(), "xts") {
		each = 2
	}
	if slices.Contains(symmetric, strings.ToLower(m.GetAlgorithm())) && slices.Contains(symmetricLengths, bits/each) {
		return nil
	}
	return unmakeable{statusBad, fmt.Sprintf("orders of type key make keys of 64, 128, 192 or 256 bits, twice as many for mode xts, for %s",
		strings.Join(symmetric, ", "))}
}

func (k keyMaker) pair(ctx context.Context, m *storev1.KeyOrder) ([]madeKey, error) {
	if strings.EqualFold(m.GetAlgorithm(), "dsa") {
		return nil, unmakeable{statusBad, "dsa is deprecated, NIST has withdrawn it for new signatures: order rsa with 2048 or 4096 bits"}
	}
	if !strings.EqualFold(m.GetAlgorithm(), "rsa") || !slices.Contains(pairLengths, m.GetBitLength()) {
		return nil, unmakeable{statusBad, "orders of type asymmetric make pairs of 1024, 2048 or 4096 bits for rsa"}
	}
	if err := k.pairs.Acquire(ctx, 1); err != nil {
		return nil, fmt.Errorf("wait for other pairs: %w", err)
	}
	defer k.pairs.Release(1)
	pair, err := rsa.GenerateKey(rand.Reader, int(m.GetBitLength()))
	if err != nil {
		return nil, fmt.Errorf("make an rsa pair: %w", err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(pair)
	if err != nil {
		return nil, fmt.Errorf("encode a private key: %w", err)
	}
	public, err := x509.MarshalPKIXPublicKey(&pair.PublicKey)
	if err != nil {
		return nil, fmt.Errorf("encode a public key: %w", err)
	}
	return []madeKey{
		{secretType: "private", name: "private_key", payload: inPEM("PRIVATE KEY", private)},
		{secretType: "public", name: "public_key", payload: inPEM("PUBLIC KEY", public)},
	}, nil
}

func inPEM(kind string, der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
}
