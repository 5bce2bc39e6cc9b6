package useradmin

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"time"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/types/known/structpb"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/tenant"
)

// Bounds of an application credential, in bytes.
const (
	maxCredentialName        = 255
	maxCredentialDescription = 4096
)

// newCredential makes an application credential of the caller's, without roles, and its
// secret.
func (s *Service) newCredential(ctx context.Context, p *auth.Principal, r *useradminv1.NewApplicationCredential) (*storev1.ApplicationCredential, string, error) {
	now := time.Now()
	if err := checkNewCredential(r); err != nil {
		return nil, "", err
	}
	end, err := parseExpiry(r.GetExpiresAt(), now)
	if err != nil {
		return nil, "", err
	}
	id := make([]byte, 16)
	rand.Read(id) // never fails: it ends the program instead
	m := &storev1.ApplicationCredential{
		Id: hex.EncodeToString(id), Tenant: string(p.Tenant), User: p.Subject, Name: r.GetName(),
		Description: r.Description, ExpiresAtMs: end, CreatedAtMs: now.UnixMilli(),
	}
	secret := r.GetSecret()
	if secret != "" {
		m.SecretHash, err = s.deps.Passwords.Hash(ctx, secret)
		return m, secret, err
	}
	raw := make([]byte, 64)
	rand.Read(raw)
	secret = base64.RawURLEncoding.EncodeToString(raw)
	m.SecretHash = digestText(secret)
	return m, secret, nil
}

func checkNewCredential(r *useradminv1.NewApplicationCredential) error {
	switch {
	case r == nil:
		return lacks(methodCredential, "request body")
	case r.GetName() == "":
		return lacks("name", methodCredential)
	case len(r.GetName()) > maxCredentialName:
		return tooLong("name", maxCredentialName)
	case len(r.GetDescription()) > maxCredentialDescription:
		return tooLong("description", maxCredentialDescription)
	case len(r.GetSecret()) > maxLoginPassword:
		return tooLong("secret", maxLoginPassword)
	case r.GetUnrestricted():
		return ofCredential(fault.Violation{Field: "unrestricted", Rule: "bool.const", Message: "must not be true: application credentials can't make others here"})
	case !noRules(r.GetAccessRules()):
		return ofCredential(fault.Violation{Field: "access_rules", Rule: "repeated.max_items", Message: "must be empty: there are no access rules here"})
	}
	return nil
}

func tooLong(field string, limit int) error {
	return ofCredential(fault.Violation{
		Field: field, Rule: "string.max_bytes", Limit: strconv.Itoa(limit), Message: fmt.Sprintf("must be at most %d bytes", limit),
	})
}

// ofCredential is bad input in a field of the application credential.
func ofCredential(v fault.Violation) error {
	v.Field = methodCredential + "." + v.Field
	return fault.Invalid(v)
}

// noRules tells whether there are none: no value, null or an empty array.
func noRules(text string) bool {
	var v structpb.Value
	if text == "" {
		return true
	}
	if err := protojson.Unmarshal([]byte(text), &v); err != nil {
		return false
	}
	switch kind := v.GetKind().(type) {
	case *structpb.Value_NullValue:
		return true
	case *structpb.Value_ListValue:
		return len(kind.ListValue.GetValues()) == 0
	}
	return false
}

// expiryForms are those that clients write: the first is Keystone's own.
var expiryForms = []string{"2006-01-02T15:04:05", time.RFC3339, "2006-01-02T15:04:05Z0700"}

// parseExpiry returns the end in Unix milliseconds; 0 for never. It has to come yet.
func parseExpiry(text string, now time.Time) (int64, error) {
	if text == "" {
		return 0, nil
	}
	for _, form := range expiryForms {
		// A fraction of a second is read whatever the form.
		if end, err := time.Parse(form, text); err == nil && end.After(now) {
			return end.UnixMilli(), nil
		}
	}
	return 0, ofCredential(fault.Violation{
		Field: "expires_at", Rule: "timestamp.gt_now", Message: "must be a time to come, such as 2026-11-22T04:08:54.000000",
	})
}

// passedOn are the roles that are asked for, by id or name; all that the caller's token has
// when none are. Others can't be passed on.
func passedOn(p *auth.Principal, held []string, asked []*useradminv1.KeystoneRole) ([]string, error) {
	held = slices.DeleteFunc(held, func(name string) bool { return !p.Allows(auth.Permission(openstackPrefix + name)) })
	if len(asked) == 0 && len(held) > 0 {
		return held, nil
	}
	var roles []string
	for _, r := range asked {
		i := slices.IndexFunc(held, func(name string) bool { return r.GetId() == roleID(name) || r.GetId() == "" && r.GetName() == name })
		if i < 0 {
			return nil, errNotHeld()
		}
		roles = append(roles, held[i])
	}
	if len(roles) == 0 {
		return nil, errNotHeld()
	}
	slices.Sort(roles)
	return slices.Compact(roles), nil
}

func errNotHeld() error {
	return ofCredential(fault.Violation{Field: "roles", Rule: "keystone.roles", Message: "must be some of those that the token has"})
}

func ownerOf(m *storev1.ApplicationCredential) tenant.ID { return tenant.ID(m.GetTenant()) }

// digestText is what is stored of a secret that can't be guessed.
func digestText(secret string) string {
	digest := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(digest[:])
}

func credentialView(m *storev1.ApplicationCredential) *useradminv1.ApplicationCredential {
	shown := &useradminv1.ApplicationCredential{
		Id: m.GetId(), Name: m.GetName(), Description: m.Description, UserId: m.GetUser(), ProjectId: m.GetTenant(),
	}
	if m.GetExpiresAtMs() != 0 {
		end := timeText(m.GetExpiresAtMs(), plainTime)
		shown.ExpiresAt = &end
	}
	for _, name := range m.GetRoles() {
		shown.Roles = append(shown.Roles, &useradminv1.ApplicationCredentialRole{Id: roleID(name), Name: name})
	}
	return shown
}
