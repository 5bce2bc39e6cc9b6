package connectionvault

import (
	"slices"
	"strings"
)

// secretNames are what stands in names of secrets, without case and separators. What redacts
// logs looks for the same; "auth", "key" and "session" alone say too little.
var secretNames = []string{
	"password", "passwd", "passphrase", "secret", "token", "credential", "authorization", "bearer",
	"apikey", "accesskey", "privatekey", "signingkey", "encryptionkey",
}

// namesSecret tells whether a setting that no field describes is a secret by its name.
func namesSecret(setting string) bool {
	name := strings.Map(func(r rune) rune {
		if strings.ContainsRune("_-. ", r) {
			return -1
		}
		return r
	}, strings.ToLower(setting))
	return slices.ContainsFunc(secretNames, func(part string) bool { return strings.Contains(name, part) })
}
