package connectionvault

import (
	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/services/connectionvault/catalog"
)

// States of connections, as Apideck's wire spells them.
const (
	stateAvailable  = "available"  // not added
	stateAdded      = "added"      // credentials are missing
	stateAuthorized = "authorized" // they are there, and something else is missing
	stateCallable   = "callable"
	stateInvalid    = "invalid" // credentials were found wrong
)

// Why a connection is not as it should be. The first that applies is told.
const (
	healthRevoked       = "revoked"
	healthSettings      = "missing_settings"
	healthConsent       = "needs_consent"
	healthConfirmation  = "pending_confirmation"
	healthAuthorization = "needs_auth"
	healthRefresh       = "pending_refresh"
	healthDegraded      = "degraded"
	healthOK            = "ok"
)

// The operator's side of a connection.
const (
	integrationOff   = "disabled"
	integrationLacks = "needs_configuration"
	integrationReady = "configured"
)

// facts are what is known of a connection. What a consumer has not added, has no record.
type facts struct {
	face        *face
	api         string
	application *storev1.VaultApplication
	integration *storev1.VaultIntegration // nil when there is none
	connection  *storev1.VaultConnection  // nil when it was never added
	token       *storev1.VaultToken       // nil when there is none
	tokenRow    *storev1.VaultToken       // the same, or one that has ended and is not swept yet
	consents    []*storev1.VaultConsent   // the oldest first
	consent     *storev1.VaultConsent     // one that a change adds; nil for none
	settings    object
	now         int64 // Unix milliseconds
}

// standing is what follows from facts. It is computed whenever it is shown, and never kept.
type standing struct{ state, health, integration, consent string }

// standing follows the tables of Apideck's states. Only what is enabled, integrated and
// agreed to is callable; all else keeps its data.
func (f *facts) standing() standing {
	s := standing{integration: f.integrationState(), consent: f.consentState()}
	credentials, trouble := f.credentials()
	complete := f.complete()
	agreed := s.consent == consentImplicit || s.consent == consentGranted
	switch {
	case f.connection == nil:
		s.state = stateAvailable
	case credentials == stateAuthorized && complete && agreed && f.connection.GetEnabled() && s.integration != integrationOff:
		s.state = stateCallable
	case credentials == stateAuthorized && !complete && f.face.AuthType != catalog.OAuth2:
		s.state = stateAdded // what is missing are the credentials
	default:
		s.state = credentials
	}
	switch {
	case f.connection.GetRevoked():
		s.health = healthRevoked
	case !complete:
		s.health = healthSettings
	case !agreed:
		s.health = healthConsent
	default:
		s.health = trouble
	}
	return s
}

// credentials tells how far a connection is by its credentials alone, added, invalid or
// authorized, and what is the matter with them.
func (f *facts) credentials() (state, health string) {
	switch {
	case f.connection.GetRevoked():
		return stateAdded, healthRevoked
	case f.connection.GetWrong():
		return stateInvalid, healthAuthorization
	case f.face.AuthType != catalog.OAuth2:
		return stateAuthorized, healthOK
	}
	return f.tokenState()
}

// tokenState is credentials for OAuth.
func (f *facts) tokenState() (state, health string) {
	t := f.token
	ended := t.GetExpiresAtMs() != 0 && t.GetExpiresAtMs() <= f.now
	renewable := t.GetRefreshToken() != "" || !f.face.byBrowser()
	switch {
	case t.GetForgottenAtMs() != 0 && t.GetForgottenAtMs() <= f.now:
		return stateAdded, healthAuthorization
	case t.GetRefusedAtMs() != 0 && t.GetForgottenAtMs() != 0:
		return stateInvalid, healthRefresh
	case t.GetRefusedAtMs() != 0:
		return stateInvalid, healthAuthorization
	case t.GetAccessToken() == "" && t.GetRefreshToken() == "":
		return stateAdded, healthAuthorization
	case len(t.GetConfirmDigest()) > 0 && t.GetConfirmUntilMs() > f.now:
		return stateAdded, healthConfirmation
	case len(t.GetConfirmDigest()) > 0, ended && !renewable:
		return stateAdded, healthAuthorization
	case t.GetStale(), t.GetFailedAtMs() != 0 && ended:
		return stateAuthorized, healthRefresh
	case t.GetUnreachableAtMs() != 0:
		return stateAuthorized, healthDegraded
	}
	return stateAuthorized, healthOK
}

// complete tells whether all that must be filled in is.
func (f *facts) complete() bool {
	for _, i := range f.face.needed {
		if !filled(f.settings.get(f.face.Fields[i].ID)) {
			return false
		}
	}
	return true
}

// filled tells whether a setting has a value.
func filled(value string) bool {
	return value != "" && value != `""` && value != "null" && value != "[]"
}

// integrationState is the operator's side: whether there is an integration, and the client
// that it needs.
func (f *facts) integrationState() string {
	switch {
	case f.integration == nil || f.integration.GetDisabled():
		return integrationOff
	case f.face.AuthType != catalog.OAuth2:
		return integrationReady
	case f.face.OAuth == nil:
		return integrationLacks // a connector that is not live yet
	case f.face.OAuth.CredentialsSource == catalog.FromIntegration && f.integration.GetClientId() == "":
		return integrationLacks
	}
	return integrationReady
}
