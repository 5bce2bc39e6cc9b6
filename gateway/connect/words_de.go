package connect

var germanWords = words{
	Error: "Fehler",

	Unknown:  notice{"Hier ist nichts", "Bitte gehen Sie zurück zur Anwendung und öffnen Sie diese Seite noch einmal."},
	Forged:   notice{"Das hat nicht geklappt", "Das Formular kam nicht von dieser Seite. Bitte gehen Sie zurück zur Anwendung und öffnen Sie die Seite noch einmal."},
	Denied:   notice{"Das ist hier nicht möglich", "Die Anwendung erlaubt es auf dieser Seite nicht, oder es ist schon geschehen. Bitte gehen Sie zurück und sehen Sie noch einmal nach."},
	Ended:    notice{"Diese Seite ist abgelaufen", "Sie ist nur eine Zeit lang offen. Bitte gehen Sie zurück zur Anwendung und öffnen Sie sie noch einmal."},
	BadLink:  notice{"Dieser Link funktioniert nicht", "Er ist zu alt, wurde schon benutzt oder gehört zu einem anderen Browser. Bitte gehen Sie zurück zur Anwendung und beginnen Sie von vorn."},
	Unready:  notice{"Das lässt sich noch nicht verbinden", "Die Anwendung hat diesen Dienst noch nicht vollständig eingerichtet. Bitte fragen Sie dort um Hilfe."},
	Busy:     notice{"Zu viele Versuche", "Bitte warten Sie ein paar Minuten und versuchen Sie es dann noch einmal."},
	Away:     notice{"Zurzeit nicht erreichbar", "Bitte warten Sie eine Minute und versuchen Sie es dann noch einmal."},
	Misfit:   notice{"Das hat nicht geklappt", "Bitte gehen Sie zurück zur Anwendung und beginnen Sie von vorn."},
	TooLarge: notice{"Das war zu viel", "Das Formular enthält mehr, als gespeichert werden kann. Bitte gehen Sie zurück und geben Sie weniger ein."},
	Failed:   notice{"Etwas ist schiefgegangen", "Bitte versuchen Sie es später noch einmal. Geschieht es wieder, bitten Sie um Hilfe und nennen Sie diese Nummer:"},

	List: "Verbindungen", Onward: "Einen Moment", Back: "Fast fertig",

	Intro: "Verbinden Sie die Dienste, die Sie nutzen, mit", Search: "Suchen", API: "Bereich", AllAPIs: "Alle", Find: "Finden",
	None: "Kein Dienst passt dazu.", Overview: "Alle Verbindungen", BackTo: "Zurück zu", Privacy: "Datenschutz", Terms: "Bedingungen",
	Consumer: "Kunde", Sandbox: "Das ist zum Ausprobieren: Nichts hier ist echt.", RequestID: "Nummer",

	States: map[string]string{
		"available": "Nicht verbunden", "added": "Nicht abgeschlossen", "authorized": "Fast fertig", "callable": "Verbunden",
		"invalid": "Funktioniert nicht", "disabled": "Ausgeschaltet",
	},
	Health: map[string]string{
		"revoked": "Der Dienst hat diese Verbindung beendet. Bitte verbinden Sie ihn neu.", "missing_settings": "Einige Einstellungen fehlen.",
		"needs_consent": "Sie haben dem, was die Anwendung liest und schreibt, nicht zugestimmt.", "pending_confirmation": "Der letzte Schritt fehlt. Bitte verbinden Sie den Dienst noch einmal.",
		"needs_auth": "Der Dienst lässt uns nicht herein. Bitte verbinden Sie ihn.", "pending_refresh": "Wir versuchen, den Dienst wieder zu erreichen.",
		"degraded": "Der Dienst war eben nicht zu erreichen.",
	},
	Done: map[string]string{
		"saved": "Ihre Einstellungen sind gespeichert.", "connected": "Der Dienst ist verbunden.", "enabled": "Die Verbindung ist eingeschaltet.",
		"disabled": "Die Verbindung ist ausgeschaltet.", "disconnected": "Der Dienst ist getrennt.",
		"deleted": "Die Verbindung und ihre Einstellungen sind gelöscht.", "refused": "Der Dienst wurde nicht verbunden. Sie können es noch einmal versuchen.",
	},
	Consents: map[string]string{
		"pending": "Sie haben noch nicht geantwortet.", "granted": "Sie haben zugestimmt.", "denied": "Sie haben abgelehnt.",
		"revoked": "Sie haben Ihre Zustimmung zurückgenommen.", "requires_reconsent": "Die Anfrage hat sich seit Ihrer Antwort geändert.",
	},

	Connect: "Verbinden", Reconnect: "Neu verbinden", Save: "Speichern", Enable: "Einschalten", Disable: "Ausschalten",
	Disconnect: "Trennen", DisconnectText: "Die Anwendung kann den Dienst nicht mehr nutzen. Ihre Einstellungen bleiben.",
	Delete: "Verbindung löschen", DeleteText: "Die Verbindung wird mit allen Einstellungen entfernt. Das lässt sich nicht rückgängig machen.",
	Settings: "Einstellungen", Resources: "Weitere Einstellungen", Mappings: "Felder",

	Consent: "Daten", ConsentText: "Die Anwendung möchte lesen und schreiben:", Everything: "Alles",
	Agree: "Zustimmen", Decline: "Ablehnen", Withdraw: "Zurücknehmen",

	Required: "nötig", Kept: "Ein Wert ist gespeichert. Lassen Sie das Feld leer, um ihn zu behalten.", Choose: "Bitte wählen",
	Missing: "Bitte füllen Sie das aus.", NoNumber: "Bitte geben Sie eine Zahl ein, etwa 10 oder 10.5.", NoChoice: "Bitte wählen Sie einen der angebotenen Werte.",
	OnwardText: "Diese Seite führt von selbst weiter. Wenn nicht:", OnwardTo: "Weiter zu",
	BackText: "Der Dienst hat Sie hereingelassen. Wir schließen die Verbindung ab.", BackRefused: "Der Dienst wurde nicht verbunden. Bitte gehen Sie zurück und versuchen Sie es noch einmal.",
	BackScript: "Der letzte Schritt braucht JavaScript. Bitte schalten Sie es ein und laden Sie diese Seite dann neu.", Confirm: "Abschließen",
	BackStrange: "Das wurde nicht in diesem Browser begonnen, oder es ist schon länger her. Bitte gehen Sie zurück zur Anwendung und verbinden Sie den Dienst noch einmal.",
	BackClose:   "Sie können dieses Fenster schließen.",
}
