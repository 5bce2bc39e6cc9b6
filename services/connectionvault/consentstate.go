package connectionvault

// What consumers say to what an application asks to read and write.
const (
	consentImplicit = "implicit" // nothing is asked
	consentPending  = "pending"
	consentGranted  = "granted"
	consentDenied   = "denied"
	consentRevoked  = "revoked" // denied after it was granted
	consentAgain    = "requires_reconsent"
)

// consentState is what the last word says. What was agreed to before the application asked
// for something else is to be agreed to again.
func (f *facts) consentState() string {
	if f.application.GetDataScopes() == "" {
		return consentImplicit
	}
	if len(f.consents) == 0 {
		return consentPending
	}
	last := f.consents[len(f.consents)-1]
	if last.GetGranted() {
		if last.GetCreatedAtMs() < f.application.GetDataScopesAtMs() {
			return consentAgain
		}
		return consentGranted
	}
	for _, earlier := range f.consents {
		if earlier.GetGranted() {
			return consentRevoked
		}
	}
	return consentDenied
}
