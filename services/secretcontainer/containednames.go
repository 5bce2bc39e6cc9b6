package secretcontainer

import (
	"slices"

	secretcontainerv1 "github.com/holdplane/holdplane/gen/holdplane/secretcontainer/v1"
	"github.com/holdplane/holdplane/pkg/fault"
)

// Problems with the names of a container's secrets: the metadata "problem" of the fault, for
// dialects to word.
const (
	problemTwice              = "twice"
	problemRSAOthers          = "rsa.others"
	problemRSAMissing         = "rsa.missing"
	problemCertificateOthers  = "certificate.others"
	problemCertificateMissing = "certificate.missing"
)

// containerType is what the secrets of a type of container are.
type containerType struct {
	needed, allowed         []string
	missing, others         string // problems
	missingText, othersText string
}

// typed are the types of containers that may not hold anything.
var typed = map[string]containerType{
	"rsa": {
		needed: []string{"public_key", "private_key"}, allowed: []string{"private_key_passphrase"},
		missing: problemRSAMissing, missingText: "an rsa container needs a public_key and a private_key",
		others: problemRSAOthers, othersText: "an rsa container has a public_key, a private_key, and nothing else but a private_key_passphrase",
	},
	"certificate": {
		needed: []string{"certificate"}, allowed: []string{"private_key", "private_key_passphrase", "intermediates"},
		missing: problemCertificateMissing, missingText: "a certificate container needs a certificate",
		others: problemCertificateOthers, othersText: "a certificate container has a certificate, and nothing else but a private_key, a private_key_passphrase and intermediates",
	},
}

// checkContained refuses secrets that can't be those of a new container of a type. Without any
// there is nothing to refuse.
func checkContained(kind string, refs []*secretcontainerv1.ContainerSecret) error {
	names, secrets := map[string]bool{}, map[string]bool{}
	for _, ref := range refs {
		names[ref.GetName()], secrets[ref.GetSecretId()] = true, true
	}
	switch {
	case len(refs) == 0:
		return nil
	case len(names) < len(refs): // of which one may be none: Barbican refuses two
		return wrongNames(problemTwice, "each secret needs a name of its own in the container")
	case len(secrets) < len(refs):
		return fault.InvalidArgument(reasonContainedTwice, "a secret can be in a new container once only: add it under its other names later")
	}
	is, ok := typed[kind]
	if !ok {
		return nil
	}
	for name := range names {
		if !slices.Contains(is.needed, name) && !slices.Contains(is.allowed, name) {
			return wrongNames(is.others, is.othersText)
		}
	}
	for _, name := range is.needed {
		if !names[name] {
			return wrongNames(is.missing, is.missingText)
		}
	}
	return nil
}

func wrongNames(problem, text string) error {
	return fault.InvalidArgument(reasonContainedNames, "%s", text).With("problem", problem)
}
