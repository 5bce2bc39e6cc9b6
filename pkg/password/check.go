package password

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/holdplane/holdplane/pkg/fault"
)

// A new password has this many characters: Unicode code points, as NIST SP 800-63B counts.
const (
	MinLength = 12
	MaxLength = 128
)

// The rules beside string.min_len and string.max_len that a new password can break.
const (
	RuleText     = "password.text"
	RulePersonal = "password.personal"
	RuleCommon   = "password.common"
)

// Check tells whether a password may be set. It is taken byte for byte: nothing is trimmed
// or normalised, spaces count, and there is no rule about kinds of characters. It must be
// 12 to 128 characters of UTF-8 without NUL, and, ignoring case, neither a forbidden word
// (the user's e-mail, its part before the @, names) nor among the most common passwords. The
// error is a fault of the field "password" that does not repeat the password.
func Check(password string, forbidden ...string) error {
	length := utf8.RuneCountInString(password)
	switch {
	case !utf8.ValidString(password) || strings.ContainsRune(password, 0):
		return weak(RuleText, 0, "must be UTF-8 without NUL")
	case length < MinLength:
		return weak("string.min_len", MinLength, "must have at least 12 characters")
	case length > MaxLength:
		return weak("string.max_len", MaxLength, "must have at most 128 characters")
	case among(forbidden, password):
		return weak(RulePersonal, 0, "must not be the e-mail address or the name")
	case among(common, password):
		return weak(RuleCommon, 0, "must not be one of the most common passwords")
	}
	return nil
}

func weak(rule string, limit int, message string) error {
	v := fault.Violation{Field: "password", Rule: rule, Message: message}
	if limit > 0 {
		v.Limit = strconv.Itoa(limit)
	}
	return fault.Invalid(v)
}

// among tells whether the password is one of the words, whatever their case.
func among(words []string, password string) bool {
	return slices.ContainsFunc(words, func(word string) bool { return strings.EqualFold(word, password) })
}

// common are the most common of the passwords that are long enough, in lower case.
var common = []string{
	"000000000000", "111111111111", "123123123123", "123456123456", "123456789012",
	"1234567890123", "12345678901234", "1234567890qwerty", "1234567891011", "123456789123",
	"123456789abc", "123456abcdef", "1q2w3e4r5t6y", "1qaz2wsx3edc", "1qaz2wsx3edc4rfv",
	"987654321012", "999999999999", "aaaaaaaaaaaa", "abc123abc123", "abcd12345678",
	"abcdefghijkl", "adminadminadmin", "administrator", "asdfghjkl123", "changemechangeme",
	"correcthorsebatterystaple", "iloveyou1234", "letmeinletmein", "password1234",
	"password12345", "password123456", "passwordpassword", "passwort1234", "passwortpasswort",
	"q1w2e3r4t5y6", "qwerty123456", "qwertyqwerty", "qwertyuiop12", "qwertyuiop123",
	"qwertyuiopasdf", "qwertzuiop123", "welcome12345", "zxcvbnm12345",
}
