package catalog

import (
	"slices"
	"strings"
)

// endpoints readies the URLs.
func (i *inspection) endpoints() {
	i.urls = map[Endpoint][]template{}
	for e, s := range map[Endpoint]string{
		AuthorizeURL: i.OAuth.AuthorizeURL, TokenURL: i.OAuth.TokenURL, RefreshURL: i.OAuth.RefreshURL, RevokeURL: i.OAuth.RevokeURL,
	} {
		if s != "" {
			i.urls[e] = i.alternatives(e, s)
		}
	}
}

// alternatives reads "a || b".
func (i *inspection) alternatives(e Endpoint, s string) []template {
	path := at("oauth", string(e))
	var all []template
	for one := range strings.SplitSeq(s, " || ") {
		t, err := parseURL(one)
		if err != nil {
			i.wrong(path, "%q %v", one, err)
			return nil
		}
		i.url(path, t)
		all = append(all, t)
	}
	for name := range all[len(all)-1].names() {
		i.inTime(path, name, e)
	}
	return all
}

// inTime refuses a name that nothing may stand for when the authorization of an end user
// gets to an endpoint. All else that lacks a setting is an error when it is called.
func (i *inspection) inTime(path []any, name string, e Endpoint) {
	f, ok := i.Field(name)
	switch {
	case i.OAuth.Grant != AuthorizationCode, e != AuthorizeURL && e != TokenURL:
	case ok && f.Sensitive, !ok && !i.copies(name): // named says so
	case ok && f.Default != "", slices.Contains(i.RequiredForAuthorization, name):
	case e == TokenURL && hasValue(i.OAuth.Copy.Callback, name):
	default:
		i.wrong(path, "{%s} may have no value yet: list its field under required_for_authorization, or give it a default", name)
	}
}

// url holds a URL against what keeps requests at the provider.
func (i *inspection) url(path []any, t template) {
	if t.scheme == "http" && len(i.AllowAddresses) == 0 {
		i.wrong(path, "must be https")
	}
	for name := range t.names() {
		i.named(path, name)
	}
	names := slices.Collect(t.host.names())
	if len(names) > 0 && len(i.AllowAddresses) > 0 {
		i.wrong(path, "with allow_addresses the host must not be filled in: {%s} could lead to any of the addresses", names[0])
		return
	}
	if len(names) > 0 && !i.endings(t.host).inDomain() {
		last := names[len(names)-1]
		i.wrong(path, "{%s} could make it anybody's host: end the host in a domain, or give the field %s options, or a pattern that ends in a domain", last, last)
		return
	}
	if _, err := (expansion{&Connector{}, nil}).url(template{scheme: t.scheme, host: sample(t.host), path: sample(t.path)}); err != nil {
		i.wrong(path, "has a host or path that cannot be")
	}
}

// sample is a text with values that fit, to see whether what is around them does.
func sample(t text) text {
	var s text
	for _, p := range t {
		if p.name {
			p = part{text: "x"}
		}
		s = append(s, p)
	}
	return s
}

// endings are those of all hosts that a template makes.
func (i *inspection) endings(host text) endings {
	e := endings{[]string{""}, true}
	for _, p := range slices.Backward(host) {
		if !e.whole {
			break
		}
		before := endings{[]string{p.text}, true}
		if p.name {
			before = i.valueEndings(p.text)
		}
		e = e.after(before)
	}
	return e
}

func (i *inspection) valueEndings(name string) endings {
	f, ok := i.Field(name)
	switch {
	case ok && len(f.Options) > 0 && !f.AllowCustomValues:
		e := endings{whole: true}
		for _, o := range f.Options {
			e.texts = append(e.texts, o.Value)
		}
		return e
	case ok && f.Pattern != "":
		return endingsOf(f.Pattern)
	}
	return anyEnding
}

// named holds a name in a template against fields and copied values.
func (i *inspection) named(path []any, name string) {
	f, ok := i.Field(name)
	switch {
	case ok && f.Sensitive:
		i.wrong(path, "{%s} is a sensitive field; secrets do not belong in URLs or parameters", name)
	case !ok && !i.copies(name):
		i.wrong(path, "there is no field and no copied value for {%s}", name)
	}
}
