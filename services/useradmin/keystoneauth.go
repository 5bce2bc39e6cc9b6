package useradmin

import (
	"slices"
	"strings"

	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
	"github.com/holdplane/holdplane/pkg/fault"
)

// The only domain.
const (
	domainID   = "default"
	domainName = "Default"
)

// Methods of authentication.
const (
	methodPassword   = "password"
	methodTotp       = "totp"
	methodToken      = "token"
	methodCredential = "application_credential"
)

const reasonMethod = "METHOD_UNSUPPORTED"

// lacks says which attribute of what is missing, in Keystone's names.
func lacks(field, target string) error {
	reason := strings.ToUpper(field) + "_MISSING"
	return fault.InvalidArgument(reason, "%s is missing in %s", field, target).With("field", field).With("target", target)
}

// checkAuth refuses an authentication that is malformed. It returns the methods without
// repeats, in order.
func checkAuth(a *useradminv1.KeystoneAuth) ([]string, error) {
	identity := a.GetIdentity()
	switch {
	case a == nil:
		return nil, lacks("auth", "request body")
	case identity == nil:
		return nil, lacks("identity", "auth")
	case len(identity.GetMethods()) == 0:
		return nil, lacks("methods", "identity")
	}
	methods := slices.Clone(identity.GetMethods())
	slices.Sort(methods)
	methods = slices.Compact(methods)
	var err error
	switch strings.Join(methods, " ") {
	case methodPassword:
		err = checkPassword(identity.GetPassword())
	case methodPassword + " " + methodTotp:
		if err = checkPassword(identity.GetPassword()); err == nil {
			err = checkTotp(identity.GetTotp())
		}
	case methodToken:
		err = checkToken(identity.GetToken())
	case methodCredential:
		err = checkCredential(identity.GetApplicationCredential())
	default:
		err = fault.Unauthenticated(reasonMethod, "the methods are password, also with totp, or token, or application_credential")
	}
	return methods, err
}

// checkPassword wants a user and a password.
func checkPassword(m *useradminv1.KeystonePassword) error {
	switch {
	case m == nil:
		return lacks(methodPassword, "identity")
	case m.GetUser() == nil:
		return lacks("user", methodPassword)
	case m.GetUser().GetPassword() == "":
		return lacks("password", "user")
	}
	return checkNamed(m.GetUser())
}

// checkTotp wants a user and a code.
func checkTotp(m *useradminv1.KeystoneTotp) error {
	switch {
	case m == nil:
		return lacks(methodTotp, "identity")
	case m.GetUser() == nil:
		return lacks("user", methodTotp)
	case m.GetUser().GetPasscode() == "":
		return lacks("passcode", "user")
	}
	return checkNamed(m.GetUser())
}

// checkToken wants a token.
func checkToken(m *useradminv1.KeystoneTokenMethod) error {
	switch {
	case m == nil:
		return lacks(methodToken, "identity")
	case m.GetId() == "":
		return lacks("id", methodToken)
	}
	return nil
}

// checkNamed wants a user's id, or name and domain.
func checkNamed(u *useradminv1.KeystoneUser) error {
	switch {
	case u.GetId() != "":
		return nil
	case u.GetName() == "":
		return lacks("name", "user")
	case u.GetDomain().GetId() == "" && u.GetDomain().GetName() == "":
		return lacks("domain", "user")
	}
	return nil
}

// checkCredential wants an application credential's id, or name and user, and its secret.
func checkCredential(c *useradminv1.KeystoneApplicationCredential) error {
	switch {
	case c == nil:
		return lacks(methodCredential, "identity")
	case c.GetSecret() == "":
		return lacks("secret", methodCredential)
	case c.GetId() != "":
		return nil
	case c.GetName() == "":
		return lacks("name", methodCredential)
	case c.GetUser() == nil:
		return lacks("user", methodCredential)
	}
	return checkNamed(c.GetUser())
}

// isDefault tells whether a domain is the only one there is.
func isDefault(id, name string) bool {
	return id == domainID || id == "" && name == domainName
}
