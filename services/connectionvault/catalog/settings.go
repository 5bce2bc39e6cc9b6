package catalog

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	maxValue    = 2048
	maxTextarea = 32 * 1024
)

// plainWord is what a value from the provider must be when no field says otherwise: no
// URL, no host with a port, no path.
var plainWord = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._~-]{0,254}$`)

// SettingError says that a setting is missing, or is not what it must be. Its text never
// has the value, which may be a secret.
type SettingError struct {
	// ID is the setting's.
	ID string
	// Missing says that there is no value.
	Missing bool
	reason  string
}

// Error names the setting and what to change.
func (e *SettingError) Error() string { return fmt.Sprintf("setting %q %s", e.ID, e.reason) }

func wrong(id, format string, args ...any) error {
	return &SettingError{ID: id, reason: fmt.Sprintf(format, args...)}
}

// Accepts says why a value cannot be that of a setting, as a *SettingError. It holds for
// values from anybody: the end user, the customer, the provider. A setting without field
// that the provider tells must be a plain word; other settings without field may be
// anything, for no URL has a place for them.
func (c *Connector) Accepts(id, value string) error {
	if f, ok := c.Field(id); ok {
		return f.accepts(value)
	}
	if c.copies(id) && !plainWord.MatchString(value) {
		return wrong(id, "from the provider is not of letters, digits and ._~- alone; give it a field with a pattern in the catalog if it should be more")
	}
	return nil
}

// copies says whether the provider tells a setting.
func (c *Connector) copies(id string) bool {
	if c.OAuth == nil {
		return false
	}
	return hasValue(c.OAuth.Copy.Callback, id) || hasValue(c.OAuth.Copy.Token, id)
}

func hasValue(m map[string]string, value string) bool {
	for _, v := range m {
		if v == value {
			return true
		}
	}
	return false
}

// accepts holds one value against the field's rules; of a multi-select, each of them.
func (f *Field) accepts(value string) error {
	limit := maxValue
	if f.Type == Textarea {
		limit = maxTextarea
	}
	switch {
	case len(value) > limit:
		return wrong(f.ID, "is longer than %d bytes", limit)
	case !utf8.ValidString(value):
		return wrong(f.ID, "is not UTF-8")
	case strings.ContainsFunc(value, f.unprintable):
		return wrong(f.ID, "has control characters")
	case len(f.Options) > 0 && !f.AllowCustomValues && !f.offers(value):
		return wrong(f.ID, "must be one of %s", f.offered())
	case f.pattern != nil && !f.pattern.MatchString(value):
		return wrong(f.ID, "must match %s", f.Pattern)
	case f.Type == URL && !fitURL(value, f.http):
		return wrong(f.ID, "must be an https URL without user, password and fragment")
	}
	return nil
}

func (f *Field) unprintable(r rune) bool {
	if f.Type == Textarea && (r == '\n' || r == '\r' || r == '\t') {
		return false
	}
	return unicode.IsControl(r)
}

func (f *Field) offers(value string) bool {
	for _, o := range f.Options {
		if o.Value == value {
			return true
		}
	}
	return false
}

func (f *Field) offered() string {
	values := make([]string, len(f.Options))
	for i, o := range f.Options {
		values[i] = o.Value
	}
	return strings.Join(values, ", ")
}

// fitURL says whether a text is an https URL, or an http one if that is allowed.
func fitURL(s string, http bool) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "https" || http && u.Scheme == "http") && u.Hostname() != "" && u.User == nil && !strings.Contains(s, "#")
}
