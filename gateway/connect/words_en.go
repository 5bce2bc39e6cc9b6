package connect

var englishWords = words{
	Error: "Error",

	Unknown:  notice{"There is nothing here", "Please go back to the application and open this page again."},
	Forged:   notice{"That did not work", "The form was not sent from this page. Please go back to the application and open the page again."},
	Denied:   notice{"This is not possible here", "The application does not allow it on this page, or it has been done already. Please go back and look again."},
	Ended:    notice{"This page has ended", "It is open for a limited time. Please go back to the application and open it again."},
	BadLink:  notice{"This link does not work", "It is too old, it was used before, or it belongs to another browser. Please go back to the application and begin again."},
	Unready:  notice{"This can't be connected yet", "The application has not set this service up completely. Please ask for help there."},
	Busy:     notice{"Too many tries", "Please wait a few minutes, then try again."},
	Away:     notice{"Not available right now", "Please wait a minute, then try again."},
	Misfit:   notice{"That did not work", "Please go back to the application and begin again."},
	TooLarge: notice{"That was too much", "The form holds more than can be saved. Please go back and enter less."},
	Failed:   notice{"Something went wrong", "Please try again later. If it happens again, ask for help and pass on this number:"},

	List: "Connections", Onward: "One moment", Back: "Almost done",

	Intro: "Connect the services that you use to", Search: "Search", API: "Area", AllAPIs: "All", Find: "Find",
	None: "No service fits.", Overview: "All connections", BackTo: "Back to", Privacy: "Privacy", Terms: "Terms",
	Consumer: "Customer", Sandbox: "This is for trying: nothing here is real.", RequestID: "Number",

	States: map[string]string{
		"available": "Not connected", "added": "Not finished", "authorized": "Almost done", "callable": "Connected",
		"invalid": "Does not work", "disabled": "Switched off",
	},
	Health: map[string]string{
		"revoked": "The service has ended this connection. Please connect again.", "missing_settings": "Some settings are missing.",
		"needs_consent": "You have not agreed to what the application reads and writes.", "pending_confirmation": "The last step is missing. Please connect again.",
		"needs_auth": "The service does not let us in. Please connect.", "pending_refresh": "We are trying to reach the service again.",
		"degraded": "The service could not be reached a moment ago.",
	},
	Done: map[string]string{
		"saved": "Your settings are saved.", "connected": "The service is connected.", "enabled": "The connection is switched on.",
		"disabled": "The connection is switched off.", "disconnected": "The service is disconnected.",
		"deleted": "The connection and its settings are deleted.", "refused": "The service was not connected. You can try again.",
	},
	Consents: map[string]string{
		"pending": "You have not answered yet.", "granted": "You agreed to this.", "denied": "You declined this.",
		"revoked": "You took your agreement back.", "requires_reconsent": "The request has changed since you answered.",
	},

	Connect: "Connect", Reconnect: "Connect again", Save: "Save", Enable: "Switch on", Disable: "Switch off",
	Disconnect: "Disconnect", DisconnectText: "The application can't use the service any more. Your settings stay.",
	Delete: "Delete connection", DeleteText: "The connection is removed with all of its settings. This can't be undone.",
	Settings: "Settings", Resources: "More settings", Mappings: "Fields",

	Consent: "Data", ConsentText: "The application asks to read and write:", Everything: "Everything",
	Agree: "Agree", Decline: "Decline", Withdraw: "Take back",

	Required: "required", Kept: "A value is saved. Leave this empty to keep it.", Choose: "Please choose",
	Missing: "Please fill this in.", NoNumber: "Please enter a number, such as 10 or 10.5.", NoChoice: "Please choose one of the values that are offered.",
	OnwardText: "This page leads on by itself. If it does not:", OnwardTo: "Go on to",
	BackText: "The service let you in. We are finishing the connection.", BackRefused: "The service was not connected. Please go back and try again.",
	BackScript: "The last step needs JavaScript. Please switch it on, then load this page again.", Confirm: "Finish",
	BackStrange: "This was not begun in this browser, or it was a while ago. Please go back to the application and connect again.",
	BackClose:   "You can close this window.",
}
