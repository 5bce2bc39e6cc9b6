package gateway

import (
	"errors"
	"fmt"
	"maps"
	"net/textproto"
	"regexp"
	"slices"
	"strings"
)

// complete refuses a dialect that would fail a client later, by the field at fault.
func (d *Dialect) complete() error {
	switch {
	case d.Name == "" || strings.Contains(d.Name, "/"):
		return fmt.Errorf("Name %q: it stands in addresses, so it is not empty and has no slash", d.Name)
	case len(d.Owns) == 0:
		return errors.New("Owns is empty: no request would get here")
	case d.RequestID == nil:
		return errors.New("RequestID is missing: every request has an id")
	case d.RequestIDHeader == "":
		return errors.New("RequestIDHeader is missing: clients are told the id of their request")
	case d.Fail == nil:
		return errors.New("Fail is missing: every fault has an envelope")
	}
	if d.JudgesBody && (d.Body == nil || len(d.MediaTypes) > 0) {
		return errors.New("JudgesBody needs a Body that judges, and leaves MediaTypes nothing to say")
	}
	for _, name := range d.Forward {
		if k := textproto.CanonicalMIMEHeaderKey(name); k == authorizationKey || k == requestIDKey || k == clientKey {
			return fmt.Errorf("Forward names %s, which services get in any case", k)
		}
	}
	codes := map[string]bool{}
	for i, e := range d.Errors {
		if e.Code == "" || codes[e.Code] {
			return fmt.Errorf("Errors[%d]: code %q is empty or stands there twice; it has one page", i, e.Code)
		}
		codes[e.Code] = true
	}
	return nil
}

// distinct refuses dialects and sites of one name: they would share metrics and pages.
func (c *Config) distinct() error {
	all := []string{neutralName}
	for _, d := range c.Dialects {
		all = append(all, d.Name)
	}
	for _, s := range c.Sites {
		all = append(all, s.Name)
	}
	slices.Sort(all)
	for i, name := range all[1:] {
		if name == all[i] {
			return fmt.Errorf("Name %q: another dialect or site has it", name)
		}
	}
	return nil
}

// reachable refuses routes that no pattern of Owns leads to.
func (d *dialect) reachable() error {
	for _, rpc := range slices.Sorted(maps.Keys(d.routes)) {
		for _, b := range d.routes[rpc].bindings {
			if !d.covers(anyPath(b.path)) {
				return fmt.Errorf("Owns does not cover %s, the path of %s", b.path, rpc)
			}
		}
	}
	return nil
}

// anySegment stands for what clients put in the place of a variable. Only a pattern that
// takes everything takes it.
const anySegment = "\x00any\x00"

// binding is a variable of a template: {user_id}, {name=users/*}.
var binding = regexp.MustCompile(`\{[^}=]*(?:=([^}]*))?\}`)

// anyPath is a path that a template matches, with nothing in it that is left to clients
// but anySegment. A ** is the least that it matches: nothing.
func anyPath(template string) string {
	template = binding.ReplaceAllStringFunc(template, func(s string) string {
		if shape := binding.FindStringSubmatch(s)[1]; shape != "" {
			return shape
		}
		return "*"
	})
	var path strings.Builder
	for segment := range strings.SplitSeq(strings.TrimPrefix(template, "/"), "/") {
		if strings.HasPrefix(segment, "**") {
			break // always the last one
		}
		path.WriteString("/" + strings.ReplaceAll(segment, "*", anySegment))
	}
	return path.String()
}
