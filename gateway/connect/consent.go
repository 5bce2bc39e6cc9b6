package connect

import (
	"encoding/json"
	"maps"
	"slices"

	connectionvaultv1 "github.com/holdplane/holdplane/gen/holdplane/connectionvault/v1"
)

// consentForm is what the application asks to be agreed to.
type consentForm struct {
	State     string
	Granted   bool
	Resources []string // empty for everything
}

// consentForm is nil where nothing is asked.
func (v *visit) consentForm(c *connectionvaultv1.Connection) *consentForm {
	if !v.offers(c).Consent {
		return nil
	}
	f := &consentForm{State: v.words().Consents[c.GetConsentState()], Granted: c.GetConsentState() == "granted"}
	var resources map[string]json.RawMessage
	if err := json.Unmarshal([]byte(c.GetApplicationDataScopes().GetResources()), &resources); err == nil {
		f.Resources = slices.Sorted(maps.Keys(resources))
	}
	return f
}

func (v *visit) recordConsent(c *connectionvaultv1.Connection) error {
	_, err := v.consents.RecordConsent(v.r.Context(), &connectionvaultv1.RecordConsentRequest{
		UnifiedApi: c.GetUnifiedApi(), ServiceId: c.GetServiceId(), Granted: v.r.PostForm.Get("granted") == "yes",
		Resources: c.GetApplicationDataScopes().GetResources(),
	})
	return err
}
