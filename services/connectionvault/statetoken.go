package connectionvault

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"hash"
	"strings"
	"time"

	"google.golang.org/protobuf/proto"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/kv/key"
)

// Uses of states. What one was made for the other does not take.
const (
	useAuthorize = "authorize"
	useRevoke    = "revoke"
)

// stateLife is how long states live at most: a day, as Apideck's do.
const stateLife = 24 * time.Hour

// stateEncoding is strict: otherwise the unused bits of the last character could be changed
// unnoticed.
var stateEncoding = base64.RawURLEncoding.Strict()

// markLen is how long a mark is: 128 bits.
const markLen = 22

// stater makes the states of one answer: texts by which a browser that has nothing else says
// whose connection it is about. All of them begin with whose they are, sealed once, which has
// a key in it; what each is for follows, with a MAC by that key. Lists have hundreds: sealing
// each would cost more than all the rest.
type stater struct {
	whose string
	mac   hash.Hash
	said  []byte
}

// newStater makes states for a.Consumer in a.Tenant and a.Application, as good as a.Session
// and until a.ExpiresAtMs.
func (s *Service) newStater(a *storev1.VaultAuthorization) (*stater, error) {
	own := make([]byte, sha256.Size)
	rand.Read(own)
	plain, err := proto.Marshal(&storev1.VaultAuthorization{
		Consumer: a.GetConsumer(), Session: a.GetSession(), ExpiresAtMs: a.GetExpiresAtMs(), Digest: own,
	})
	if err != nil {
		return nil, fmt.Errorf("encode a state: %w", err)
	}
	sealed, err := s.deps.States.Seal(plain, boundTo(a))
	if err != nil {
		return nil, fmt.Errorf("seal a state: %w", err)
	}
	return &stater{whose: stateEncoding.EncodeToString(sealed), mac: hmac.New(sha256.New, own)}, nil
}

// marks are what states of a connection end in, for each use: halves of one MAC.
func (s *stater) marks(api, service string) (authorize, revoke string) {
	s.said = append(append(append(s.said[:0], api...), 0), service...)
	s.mac.Reset()
	s.mac.Write(s.said)
	s.said = s.mac.Sum(s.said[:0])
	var text [2 * markLen]byte
	stateEncoding.Encode(text[:markLen], s.said[:sha256.Size/2])
	stateEncoding.Encode(text[markLen:], s.said[sha256.Size/2:])
	both := string(text[:])
	return both[:markLen], both[markLen:]
}

// mark is the one for a use.
func (s *stater) mark(use, api, service string) string {
	authorize, revoke := s.marks(api, service)
	if use == useRevoke {
		return revoke
	}
	return authorize
}

// openState returns what a state was made of, for the same use, tenant, application and
// service; all others are the same fault.
func (s *Service) openState(use, text string, at *storev1.VaultAuthorization) (*storev1.VaultAuthorization, error) {
	unknown := fault.InvalidArgument(reasonOAuthState, "the state is not valid here, or too old; get the address anew")
	parts := strings.Split(text, ".")
	if len(parts) != 3 || strings.ContainsAny(text, "\r\n") { // which the decoder would skip
		return nil, unknown
	}
	sealed, err := stateEncoding.DecodeString(parts[0])
	if err != nil {
		return nil, unknown.Because(err)
	}
	plain, err := s.deps.States.Open(sealed, boundTo(at))
	if err != nil {
		return nil, unknown.Because(err)
	}
	a := &storev1.VaultAuthorization{}
	if err := proto.Unmarshal(plain, a); err != nil {
		return nil, fmt.Errorf("decode a state: %w", err)
	}
	own := stater{whose: parts[0], mac: hmac.New(sha256.New, a.GetDigest())}
	if !hmac.Equal([]byte(parts[2]), []byte(own.mark(use, parts[1], at.GetService()))) || a.GetExpiresAtMs() <= time.Now().UnixMilli() {
		return nil, unknown
	}
	a.Tenant, a.Application, a.Service, a.Api, a.Digest = at.GetTenant(), at.GetApplication(), at.GetService(), parts[1], nil
	return a, nil
}

// boundTo is what is bound to a state and not in it: the path of the address has it.
func boundTo(a *storev1.VaultAuthorization) []byte {
	return key.New(a.GetTenant(), a.GetApplication())
}
