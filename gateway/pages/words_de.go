package pages

var germanWords = words{
	Error: "Fehler",

	Activate: notice{"Passwort festlegen", "Wählen Sie das Passwort für Ihr Konto. Damit bestätigen Sie auch Ihre E-Mail-Adresse."},
	Reset:    notice{"Neues Passwort festlegen", "Wählen Sie ein neues Passwort für Ihr Konto. Danach sind Sie überall abgemeldet."},
	Email:    notice{"E-Mail-Adresse bestätigen", "Bitte bestätigen Sie, dass Sie die Mails an diese Adresse bekommen:"},
	Factor:   notice{"Anmeldung in zwei Schritten einrichten", "Von nun an fragt Ihr Konto bei der Anmeldung nach einem Code. Eine Authenticator-App auf Ihrem Telefon zeigt ihn an. Legen Sie die App bereit und beginnen Sie dann."},

	PasswordDone: notice{"Ihr Passwort ist festgelegt", "Melden Sie sich ab jetzt damit an."},
	EmailDone:    notice{"Ihre E-Mail-Adresse ist bestätigt", "Vielen Dank. Es ist nichts weiter zu tun."},
	FactorDone:   notice{"Anmeldung in zwei Schritten ist eingeschaltet", "Melden Sie sich ab jetzt mit Ihrem Passwort und einem Code der App an."},

	Unknown: notice{"Dieser Link funktioniert nicht", "Er wurde schon benutzt, ist zu alt, oder es gibt einen neueren. Bitte fordern Sie eine neue Mail an."},
	Taken:   notice{"Diese Adresse ist vergeben", "Inzwischen hat ein anderes Konto diese E-Mail-Adresse. Bitte lassen Sie sich helfen, oder wählen Sie eine andere Adresse."},
	Away:    notice{"Zurzeit nicht erreichbar", "Bitte warten Sie eine Minute und öffnen Sie den Link aus der Mail dann noch einmal."},
	Busy:    notice{"Zu viele Versuche", "Bitte warten Sie ein paar Minuten und öffnen Sie den Link aus der Mail dann noch einmal."},
	Misfit:  notice{"Das hat nicht geklappt", "Bitte öffnen Sie den Link aus der Mail noch einmal."},
	Failed:  notice{"Etwas ist schiefgegangen", "Bitte versuchen Sie es später noch einmal. Geschieht es wieder, bitten Sie um Hilfe und nennen Sie diese Nummer:"},

	Mails:       notice{"Mails", "Sie bleiben hier, statt versendet zu werden, weil kein Mailserver angegeben ist: die letzten hundert, bis holdplane endet."},
	MailsLocked: notice{"Mails", "Der Link aus dem Terminal gilt einmal. Danach kann dieser Browser die Mails lesen, bis er geschlossen wird."},
	MailsClosed: notice{"Die Mails sind verschlossen", "Der Link, den holdplane im Terminal ausgibt, öffnet sie einmal. Starten Sie holdplane neu, um einen neuen Link zu bekommen."},

	EmailLabel:  "E-Mail-Adresse",
	EmailSubmit: "Adresse bestätigen",

	Password:         "Neues Passwort",
	PasswordRules:    "12 bis 128 beliebige Zeichen: ein paar zufällige Wörter sind gut. Weder Ihre E-Mail-Adresse oder Ihr Name noch ein verbreitetes Passwort.",
	Repeat:           "Neues Passwort noch einmal",
	PasswordSubmit:   "Passwort festlegen",
	PasswordShort:    "Dieses Passwort ist zu kurz. Es braucht mindestens 12 Zeichen.",
	PasswordLong:     "Dieses Passwort ist zu lang. Es kann 128 Zeichen haben.",
	PasswordText:     "Dieses Passwort enthält Zeichen, die nicht möglich sind. Bitte wählen Sie ein anderes.",
	PasswordPersonal: "Das ist Ihre E-Mail-Adresse oder Ihr Name. Bitte wählen Sie ein anderes Passwort.",
	PasswordCommon:   "Dieses Passwort benutzen viele, darum wird es zuerst erraten. Bitte wählen Sie ein anderes.",
	PasswordWeak:     "Dieses Passwort ist nicht möglich. Bitte wählen Sie ein anderes.",
	PasswordsDiffer:  "Die beiden Passwörter sind verschieden. Bitte geben Sie beide noch einmal ein.",

	FactorAfter:  "Ihr Passwort ist festgelegt. Ein Schritt fehlt noch.",
	FactorSubmit: "Beginnen",
	FactorScan:   "Scannen Sie diesen Code mit der App.",
	FactorImage:  "QR-Code des folgenden Schlüssels",
	FactorType:   "Oder geben Sie diesen Schlüssel in die App ein:",
	FactorApp:    "Ist die App auf diesem Gerät? Mit dem Schlüssel öffnen",
	FactorEnter:  "Geben Sie den Code ein, den die App anzeigt.",
	Code:         "Code",
	CodeHint:     "6 Ziffern",
	CodeWrong:    "Dieser Code stimmt nicht. Bitte geben Sie den ein, den die App jetzt anzeigt.",
	CodeSubmit:   "Einschalten",

	RecoveryTitle: "Ersatzcodes",
	RecoveryText:  "Ohne die App meldet Sie jeder dieser Codes einmal an. Sie werden nur jetzt gezeigt: Drucken Sie diese Seite, oder kopieren Sie die Codes an einen sicheren Ort.",

	Next:      "Weiter zu",
	Close:     "Sie können diese Seite schließen.",
	RequestID: "Nummer",

	MailsSubmit: "Mails zeigen",
	MailsNone:   "Es ist noch keine Mail da.",
	MailTo:      "An",
	MailAt:      "Am",
}
