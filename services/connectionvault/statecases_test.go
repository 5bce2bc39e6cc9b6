package connectionvault_test

import (
	"time"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/services/connectionvault"
)

// token changes the token of a situation.
func token(change func(*storev1.VaultToken)) func(*connectionvault.Known) {
	return func(k *connectionvault.Known) { change(k.Token) }
}

func as(change func(*storev1.VaultConnection)) func(*connectionvault.Known) {
	return func(k *connectionvault.Known) { change(k.Connection) }
}

var stateCases = []stateCase{
	{"all there, OAuth", "pipedrive", func(*connectionvault.Known) {}, "callable", "ok"},
	{"all there, a key", "copper", func(k *connectionvault.Known) { k.Token = nil }, "callable", "ok"},
	{"never added", "copper", func(k *connectionvault.Known) { k.Connection, k.Token = nil, nil }, "available", "missing_settings"},
	{"never added, OAuth", "pipedrive", func(k *connectionvault.Known) { k.Connection, k.Token = nil, nil }, "available", "needs_auth"},
	{"required field missing, not OAuth", "copper", as(func(m *storev1.VaultConnection) { m.Settings = `{"email":"a@example.com"}` }), "added", "missing_settings"},
	{"required field empty, not OAuth", "copper", as(func(m *storev1.VaultConnection) { m.Settings = `{"email":"a@example.com","api_key":""}` }), "added", "missing_settings"},
	{"OAuth, no token", "pipedrive", func(k *connectionvault.Known) { k.Token = nil }, "added", "needs_auth"},
	{"OAuth, nonce given, not confirmed", "pipedrive", token(func(m *storev1.VaultToken) {
		m.ConfirmDigest, m.ConfirmUntilMs = []byte{1}, at(time.Minute)
	}), "added", "pending_confirmation"},
	{"OAuth, too late to confirm", "pipedrive", token(func(m *storev1.VaultToken) {
		m.ConfirmDigest, m.ConfirmUntilMs = []byte{1}, at(-time.Minute)
	}), "added", "needs_auth"},
	{"OAuth ok, field missing", "xero", as(func(m *storev1.VaultConnection) { m.Settings = "{}" }), "authorized", "missing_settings"},
	{"OAuth missing, field missing", "xero", func(k *connectionvault.Known) { k.Token, k.Connection.Settings = nil, "" }, "added", "missing_settings"},
	{"exchange refused", "personio", func(k *connectionvault.Known) { k.Token = &storev1.VaultToken{RefusedAtMs: at(-time.Minute)} }, "invalid", "needs_auth"},
	{"refresh refused, in retention", "pipedrive", token(func(m *storev1.VaultToken) {
		m.RefusedAtMs, m.FailedAtMs, m.ForgottenAtMs = at(-time.Minute), at(-time.Minute), at(time.Hour)
	}), "invalid", "pending_refresh"},
	{"refresh refused, after retention", "pipedrive", token(func(m *storev1.VaultToken) {
		m.RefusedAtMs, m.ForgottenAtMs = at(-time.Hour), at(-time.Minute)
	}), "added", "needs_auth"},
	{"refresh failed on the network, token alive", "pipedrive", token(func(m *storev1.VaultToken) {
		m.FailedAtMs, m.UnreachableAtMs = at(-time.Minute), at(-time.Minute)
	}), "callable", "degraded"},
	{"refresh failed on the network, token ended", "pipedrive", token(func(m *storev1.VaultToken) {
		m.FailedAtMs, m.UnreachableAtMs, m.ExpiresAtMs = at(-time.Minute), at(-time.Minute), at(-time.Second)
	}), "callable", "pending_refresh"},
	{"imported without an end", "pipedrive", token(func(m *storev1.VaultToken) { m.ExpiresAtMs, m.Stale = 0, true }), "callable", "pending_refresh"},
	{"token ended, can be refreshed", "pipedrive", token(func(m *storev1.VaultToken) { m.ExpiresAtMs = at(-time.Second) }), "callable", "ok"},
	{"token ended, can't be refreshed", "pipedrive", token(func(m *storev1.VaultToken) { m.ExpiresAtMs, m.RefreshToken = at(-time.Second), "" }), "added", "needs_auth"},
	{"token ended, can be asked for again", "personio", token(func(m *storev1.VaultToken) { m.ExpiresAtMs, m.RefreshToken = at(-time.Second), "" }), "callable", "ok"},
	{"token without end", "pipedrive", token(func(m *storev1.VaultToken) { m.ExpiresAtMs, m.RefreshToken = 0, "" }), "callable", "ok"},
	{"found wrong", "copper", as(func(m *storev1.VaultConnection) { m.Wrong = true }), "invalid", "needs_auth"},
	{"revoked at the provider", "pipedrive", as(func(m *storev1.VaultConnection) { m.Revoked = true }), "added", "revoked"},
	{"switched off by the consumer", "pipedrive", as(func(m *storev1.VaultConnection) { m.Enabled = false }), "authorized", "ok"},
	{"switched off by the operator", "pipedrive", func(k *connectionvault.Known) { k.Integration.Disabled = true }, "authorized", "ok"},
	{"integration removed", "pipedrive", func(k *connectionvault.Known) { k.Integration = nil }, "authorized", "ok"},
	{"consent missing and settings missing", "xero", func(k *connectionvault.Known) {
		k.Application.DataScopes, k.Connection.Settings = `"*"`, ""
	}, "authorized", "missing_settings"},
	{"consent missing and token missing", "pipedrive", func(k *connectionvault.Known) { k.Application.DataScopes, k.Token = `"*"`, nil }, "added", "needs_consent"},
}
