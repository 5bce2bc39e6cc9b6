package connect

import (
	"github.com/holdplane/holdplane/gateway/language"
	connectionvaultv1 "github.com/holdplane/holdplane/gen/holdplane/connectionvault/v1"
)

// words are all that pages say in one language.
type words struct {
	// Error stands before the title of a page with an error, which is read out first.
	Error string

	Unknown, Forged, Denied, Ended, BadLink, Unready notice
	Busy, Away, Misfit, TooLarge, Failed             notice

	// List, Onward and Back are titles of pages.
	List, Onward, Back string

	Intro, Search, API, AllAPIs, Find, None string
	Overview, BackTo, Privacy, Terms        string
	Consumer, Sandbox, RequestID            string

	// States and Health say how a connection is; Done what has just happened to it; Consents
	// what was said to the application's request.
	States, Health, Done, Consents map[string]string

	Connect, Reconnect, Save, Enable, Disable string
	Disconnect, DisconnectText                string
	Delete, DeleteText                        string
	Settings, Resources, Mappings             string

	Consent, ConsentText, Everything, Agree, Decline, Withdraw string

	Required, Kept, Choose            string
	Missing, NoNumber, NoChoice       string
	OnwardText, OnwardTo              string
	BackText, BackRefused, BackScript string
	BackStrange, BackClose, Confirm   string
}

// notice is a page's title and what it says below.
type notice struct{ Title, Text string }

func (v *visit) words() *words {
	if v.language == language.German {
		return &germanWords
	}
	return &englishWords
}

// state says how a connection is.
func (w *words) state(c *connectionvaultv1.Connection) string {
	if c.CreatedAt != nil && !c.GetEnabled() {
		return w.States["disabled"]
	}
	return w.States[c.GetState()]
}
