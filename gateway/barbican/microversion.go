package barbican

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/holdplane/holdplane/pkg/fault"
)

// versionHeader brings and takes the microversion of a request.
const versionHeader = "Openstack-Api-Version"

// serviceType is what the header calls this API; one header may speak to several.
const serviceType = "key-manager"

// microversion is the minor part of a version 1.x.
type microversion int

const (
	minMicroversion microversion = 0
	// withConsumers is the first in which secrets are shown with their consumers.
	withConsumers microversion = 1
	// keepsUsed is the first in which secrets with consumers are not deleted.
	keepsUsed       microversion = 2
	maxMicroversion              = keepsUsed
)

func (v microversion) String() string { return "1." + strconv.Itoa(int(v)) }

// microversionOf is the version that a request asks for, as the library microversion_parse
// reads it: the last one for this service counts, and none is the lowest.
func microversionOf(h http.Header) (microversion, error) {
	text := ""
	for item := range strings.SplitSeq(strings.Join(h[versionHeader], ","), ",") {
		fields := strings.Fields(item)
		if len(fields) > 1 && strings.EqualFold(fields[0], serviceType) {
			text = strings.Join(fields[1:], " ")
		}
	}
	switch text {
	case "":
		return minMicroversion, nil
	case "latest":
		return maxMicroversion, nil
	}
	majorText, minorText, two := strings.Cut(text, ".")
	major, err := number(text, majorText)
	if err != nil {
		return 0, err
	}
	if !two {
		return 0, malformedVersion(text, "Version.__new__() missing 1 required positional argument: 'minor'")
	}
	minor, err := number(text, minorText)
	if err != nil {
		return 0, err
	}
	if major != 1 || minor < int(minMicroversion) || minor > int(maxMicroversion) {
		return 0, fault.InvalidArgument(reasonVersionUnknown, "Unacceptable version header: %s", text)
	}
	return microversion(minor), nil
}

func number(version, text string) (int, error) {
	n, err := strconv.Atoi(strings.TrimSpace(text))
	if err != nil {
		return 0, malformedVersion(version, fmt.Sprintf("invalid literal for int() with base 10: %s", repr(text)))
	}
	return n, nil
}

func malformedVersion(version, why string) error {
	return fault.InvalidArgument(reasonVersionMalformed, "invalid version string: %s; %s", version, why)
}

// versionOf is the microversion of a request that was admitted.
func versionOf(r *http.Request) microversion {
	v, err := microversionOf(r.Header)
	if err != nil {
		return minMicroversion
	}
	return v
}

// vary is on all answers that have a microversion, as Barbican spells it.
var vary = []string{"openstack-api-version"}

// tellVersion sets the headers of an answer in a microversion.
func tellVersion(h http.Header, v microversion) {
	h[versionHeader] = []string{serviceType + " " + v.String()}
	h["Vary"] = vary
}
