package connectionvault

import (
	"encoding/base64"
	"fmt"
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

// Lives of states. Apideck's authorize URLs live for a day.
const stateLife = 24 * time.Hour

// stateEncoding is strict: otherwise the unused bits of the last character could be changed
// unnoticed.
var stateEncoding = base64.RawURLEncoding.Strict()

// sealState makes the text by which a browser that has nothing else says whose connection it
// is about: a.Consumer, a.Api, a.Session, until a.ExpiresAtMs. Tenant, application and service
// are bound to it and not in it: those are in the path.
func (s *Service) sealState(use string, a *storev1.VaultAuthorization) (string, error) {
	plain, err := proto.Marshal(&storev1.VaultAuthorization{
		Consumer: a.GetConsumer(), Api: a.GetApi(), Session: a.GetSession(), ExpiresAtMs: a.GetExpiresAtMs(),
	})
	if err != nil {
		return "", fmt.Errorf("encode a state: %w", err)
	}
	sealed, err := s.deps.States.Seal(plain, boundTo(use, a))
	if err != nil {
		return "", fmt.Errorf("seal a state: %w", err)
	}
	return stateEncoding.EncodeToString(sealed), nil
}

// openState returns what a state was made of, by sealState for the same use, tenant,
// application and service; all others are the same fault.
func (s *Service) openState(use, text string, at *storev1.VaultAuthorization) (*storev1.VaultAuthorization, error) {
	unknown := fault.InvalidArgument(reasonOAuthState, "the state is not valid here, or too old; get the address anew")
	if strings.ContainsAny(text, "\r\n") { // the decoder would skip them
		return nil, unknown
	}
	sealed, err := stateEncoding.DecodeString(text)
	if err != nil {
		return nil, unknown.Because(err)
	}
	plain, err := s.deps.States.Open(sealed, boundTo(use, at))
	if err != nil {
		return nil, unknown.Because(err)
	}
	a := &storev1.VaultAuthorization{}
	if err := proto.Unmarshal(plain, a); err != nil {
		return nil, fmt.Errorf("decode a state: %w", err)
	}
	if a.GetExpiresAtMs() <= time.Now().UnixMilli() {
		return nil, unknown
	}
	a.Tenant, a.Application, a.Service = at.GetTenant(), at.GetApplication(), at.GetService()
	return a, nil
}

func boundTo(use string, a *storev1.VaultAuthorization) []byte {
	return key.New(use, a.GetTenant(), a.GetApplication(), a.GetService())
}
