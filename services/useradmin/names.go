package useradmin

import (
	"net/mail"
	"strings"
	"unicode"

	"github.com/holdplane/holdplane/pkg/fault"
)

// normal is a name as it is compared: without regard to case and to white space around it.
// Names are ASCII, so nothing else makes two of them look alike.
func normal(name string) string { return strings.ToLower(strings.TrimSpace(name)) }

// checkName refuses names that another could be mistaken for, and those that a mail or a
// log line could not hold.
func checkName(field, name string) error {
	for i := range len(name) {
		if name[i] <= ' ' || name[i] >= 0x7f {
			return fault.Invalid(fault.Violation{
				Field: field, Rule: "string.ascii", Message: "must be printable ASCII without spaces; write international domains in their xn-- form",
			})
		}
	}
	return nil
}

// checkEmail wants one @ with something on both sides, in the form that mail takes. Whether
// mail arrives is what the verification finds out.
func checkEmail(field, email string) error {
	local, domain, ok := strings.Cut(email, "@")
	if !ok || local == "" || domain == "" || strings.Contains(domain, "@") || strings.ContainsAny(email, `"<>(),;:\[]`) {
		return fault.Invalid(fault.Violation{Field: field, Rule: "string.email", Message: "must be an email"})
	}
	if to, err := mail.ParseAddress(email); err != nil || to.Address != email {
		return fault.Invalid(fault.Violation{Field: field, Rule: "string.email", Message: "must be an email"})
	}
	return checkName(field, email)
}

// checkPerson wants what people are called: letters, digits, spaces and . ' - : _ of any
// script. Nothing else is let into pages and mails. A name that is not given is empty.
func checkPerson(field, name string) error {
	odd := func(c rune) bool {
		return !unicode.IsLetter(c) && !unicode.IsMark(c) && !unicode.IsDigit(c) && !strings.ContainsRune(" .'’-:_", c)
	}
	if strings.ContainsFunc(name, odd) || name != "" && strings.TrimSpace(name) == "" {
		return fault.Invalid(fault.Violation{Field: field, Rule: "string.name", Message: "must be letters, digits, spaces and . ' - : _"})
	}
	return nil
}

// checkLabel wants what can be read on one line.
func checkLabel(field, name string) error {
	if strings.ContainsFunc(name, func(c rune) bool { return !unicode.IsPrint(c) }) || strings.TrimSpace(name) == "" {
		return fault.Invalid(fault.Violation{Field: field, Rule: "string.label", Message: "must be printable and not blank"})
	}
	return nil
}
