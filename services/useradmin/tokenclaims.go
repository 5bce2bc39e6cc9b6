package useradmin

import (
	"encoding/json"
	"fmt"

	"github.com/google/uuid"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
)

// grantedScope is what tokens say of their user.
const grantedScope = "email profile"

// claims are what Contabo's clients read in tokens beside the registered ones. Nothing in
// them is free text: the CLI can't decode every character.
type claims struct {
	// Username is the name that was logged in with, as it was sent: the CLI keeps a token
	// only if it finds its own configuration in it.
	Username string `json:"preferred_username"`
	Email    string `json:"email"`
	// Verified keeps others from taking any address for its user's.
	Verified     bool   `json:"email_verified"`
	TenantID     string `json:"tenantId"`
	CustomerID   string `json:"customerId"`
	Client       string `json:"azp"`
	SessionState string `json:"session_state"`
	Scope        string `json:"scope"`
}

func newClaims(account *storev1.Account, u *storev1.User, name string) claims {
	return claims{
		Username: name, Email: u.GetEmail(), Verified: u.GetEmailVerified(), TenantID: account.GetTenantId(), CustomerID: account.GetCustomerId(),
		Client: account.GetClientId(), SessionState: uuid.NewString(), Scope: grantedScope,
	}
}

func (c claims) text() (string, error) {
	text, err := json.Marshal(c)
	return string(text), err
}

// parseClaims reads those that text wrote, which identity gives back.
func parseClaims(text string) (c claims, err error) {
	if err := json.Unmarshal([]byte(text), &c); err != nil {
		return claims{}, fmt.Errorf("claims of a session: %w", err)
	}
	return c, nil
}
