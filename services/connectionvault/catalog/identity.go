package catalog

import (
	"net/netip"
	"regexp"
	"unicode"
	"unicode/utf8"
)

const (
	maxName = 128
	maxText = 512
)

var slug = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?$`)

// never are the networks that no connector reaches, whoever allows it: what they hold is
// the machine itself, its neighbours on the wire, clouds' metadata, or nobody.
var never = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"),
	netip.MustParsePrefix("169.254.0.0/16"),
	netip.MustParsePrefix("224.0.0.0/3"),
	netip.MustParsePrefix("::/128"),
	netip.MustParsePrefix("::ffff:0:0/96"),
	netip.MustParsePrefix("fe80::/10"),
	netip.MustParsePrefix("fd00:ec2::254/128"),
	netip.MustParsePrefix("ff00::/8"),
}

func (i *inspection) identity() {
	if !slug.MatchString(i.ServiceID) {
		i.wrong(at("service_id"), "%q must be lower-case letters, digits and hyphens, 64 at most", i.ServiceID)
	}
	i.text(at("name"), i.Name, maxName)
	if i.Name == "" {
		i.wrong(at("name"), "must say what the connector is called")
	}
	i.text(at("tag_line"), i.TagLine, maxText)
	oneOf(i, at("status"), i.Status, statuses)
	oneOf(i, at("auth_type"), i.AuthType, authTypes)
	if len(i.UnifiedAPIs) == 0 {
		i.wrong(at("unified_apis"), "must have one unified API at least")
	}
	for n, api := range i.UnifiedAPIs {
		oneOf(i, at("unified_apis", n), api, unifiedAPIIDs())
	}
	i.distinct(at("unified_apis"), i.UnifiedAPIs)
	i.link("website", i.Website)
	i.link("icon", i.Icon)
	i.link("logo", i.Logo)
}

// text holds what people read to a length and to printable characters.
func (i *inspection) text(path []any, s string, limit int) {
	if utf8.RuneCountInString(s) > limit {
		i.wrong(path, "has more than %d characters", limit)
	}
	for _, r := range s {
		if !unicode.IsPrint(r) {
			i.wrong(path, "has a character that cannot be shown: %q", r)
			return
		}
	}
}

// link is a URL that nobody fills in.
func (i *inspection) link(key, s string) {
	if s != "" && !fitURL(s, false) {
		i.wrong(at(key), "%q must be an https URL", s)
	}
}

func (i *inspection) resources() {
	for _, list := range []struct {
		key string
		ids []string
	}{
		{"configurable", i.Resources.Configurable}, {"schema", i.Resources.Schema}, {"settings", i.Resources.Settings},
	} {
		for n, id := range list.ids {
			if !slug.MatchString(id) {
				i.wrong(at("resources", list.key, n), "%q must be lower-case letters, digits and hyphens, 64 at most", id)
			}
		}
		i.distinct(at("resources", list.key), list.ids)
	}
}

func (i *inspection) addresses() {
	if len(i.AllowAddresses) == 0 {
		return
	}
	if d, _ := i.from.find(at("allow_addresses")); !d.operators {
		i.wrong(at("allow_addresses"), "only operators' own files may allow addresses")
	}
	for n, p := range i.AllowAddresses {
		for _, no := range never {
			if p.Overlaps(no) {
				i.wrong(at("allow_addresses", n), "%s has addresses of %s, which are never allowed", p, no)
				break
			}
		}
	}
}
