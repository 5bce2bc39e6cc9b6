package pages

var englishWords = words{
	Error: "Error",

	Activate: notice{"Set your password", "Choose the password of your account. This confirms your e-mail address, too."},
	Reset:    notice{"Set a new password", "Choose a new password for your account. You are logged out everywhere then."},
	Email:    notice{"Confirm your e-mail address", "Please confirm that you receive the mails to this address:"},
	Factor:   notice{"Set up two-step login", "From now on your account asks for a code when you log in. An authenticator app on your phone shows it. Have the app at hand, then begin."},

	PasswordDone: notice{"Your password is set", "Log in with it from now on."},
	EmailDone:    notice{"Your e-mail address is confirmed", "Thank you. There is nothing more to do."},
	FactorDone:   notice{"Two-step login is on", "Log in with your password and a code of the app from now on."},

	Unknown: notice{"This link does not work", "It was used before, it is too old, or there is a newer one. Please ask for a new mail."},
	Taken:   notice{"This address is taken", "Another account has this e-mail address by now. Please ask for help, or choose another address."},
	Away:    notice{"Not available right now", "Please wait a minute, then open the link from the mail again."},
	Busy:    notice{"Too many tries", "Please wait a few minutes, then open the link from the mail again."},
	Misfit:  notice{"That did not work", "Please open the link from the mail again."},
	Failed:  notice{"Something went wrong", "Please try again later. If it happens again, ask for help and pass on this number:"},

	Mails:       notice{"Mails", "They are kept here instead of being sent, as no mail server is set: the last hundred, until holdplane stops."},
	MailsLocked: notice{"Mails", "The link from the terminal works once. This browser can read the mails then, until it is closed."},
	MailsClosed: notice{"The mails are locked", "The link that holdplane prints on the terminal opens them, once. Start holdplane again for a new link."},

	EmailLabel:  "E-mail address",
	EmailSubmit: "Confirm address",

	Password:         "New password",
	PasswordRules:    "12 to 128 characters of any kind: a few random words are good. Not your e-mail address or name, and no common password.",
	Repeat:           "New password again",
	PasswordSubmit:   "Set password",
	PasswordShort:    "This password is too short. It needs at least 12 characters.",
	PasswordLong:     "This password is too long. It can have 128 characters.",
	PasswordText:     "This password has characters that can't be used. Please choose another one.",
	PasswordPersonal: "This is your e-mail address or your name. Please choose another password.",
	PasswordCommon:   "Many people use this password, so it is guessed first. Please choose another one.",
	PasswordWeak:     "This password can't be used. Please choose another one.",
	PasswordsDiffer:  "The two passwords differ. Please type both again.",

	FactorAfter:  "Your password is set. One step is left.",
	FactorSubmit: "Begin",
	FactorScan:   "Scan this code with the app.",
	FactorImage:  "QR code of the key that follows",
	FactorType:   "Or type this key into the app:",
	FactorApp:    "Is the app on this device? Open it with the key",
	FactorEnter:  "Enter the code that the app shows.",
	Code:         "Code",
	CodeHint:     "6 digits",
	CodeWrong:    "This code is not right. Please enter the one that the app shows now.",
	CodeSubmit:   "Switch on",

	RecoveryTitle: "Recovery codes",
	RecoveryText:  "Without the app, each of these codes logs you in once. They are shown only now: print this page, or copy them to a safe place.",

	Next:      "Go on to",
	Close:     "You can close this page.",
	RequestID: "Number",

	MailsSubmit: "Show mails",
	MailsNone:   "There is no mail yet.",
	MailTo:      "To",
	MailAt:      "At",
}
