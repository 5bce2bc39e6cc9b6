package pages

// words are all that pages say in one language.
type words struct {
	// Error stands before the title of a page with an error, which is read out first.
	Error string

	Activate, Reset, Email, Factor             notice
	PasswordDone, EmailDone, FactorDone        notice
	Unknown, Taken, Away, Busy, Misfit, Failed notice
	Mails, MailsLocked, MailsClosed            notice

	EmailLabel, EmailSubmit string

	Password, PasswordRules, Repeat, PasswordSubmit string
	PasswordShort, PasswordLong, PasswordText       string
	PasswordPersonal, PasswordCommon, PasswordWeak  string
	PasswordsDiffer                                 string

	FactorAfter, FactorSubmit, FactorScan, FactorImage string
	FactorType, FactorApp, FactorEnter                 string
	Code, CodeHint, CodeWrong, CodeSubmit              string
	RecoveryTitle, RecoveryText                        string

	// Next comes before the name of a host.
	Next, Close, RequestID string

	MailsSubmit, MailsNone, MailTo, MailAt string
}

// notice is a page's title and what it says below.
type notice struct{ Title, Text string }
