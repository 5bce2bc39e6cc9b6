package connect

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
)

// theme is how a session's page looks: those of its parts that there is a place for.
type theme struct {
	Logo    string `json:"logo"`
	Name    string `json:"vault_name"`
	Color   string `json:"primary_color"`
	Privacy string `json:"privacy_url"`
	Terms   string `json:"terms_url"`
}

// colorForm is a color that can stand in a style sheet.
var colorForm = regexp.MustCompile(`^#[0-9a-fA-F]{6}$`)

// Image is the logo's address; empty for none.
func (t theme) Image() string { return known(t.Logo) }

// Shade is the color without its #; empty for none.
func (t theme) Shade() string {
	if !colorForm.MatchString(t.Color) {
		return ""
	}
	return t.Color[1:]
}

// PrivacyPage and TermsPage are addresses; empty for none.
func (t theme) PrivacyPage() string { return known(t.Privacy) }

// TermsPage is where the terms are.
func (t theme) TermsPage() string { return known(t.Terms) }

// known is an address on the web, or nothing.
func known(text string) string {
	if _, ok := web(text); !ok {
		return ""
	}
	return text
}

// shadeSheet is a style sheet with buttons in a color of six digits. What is written on them
// is black or white, whichever is easier to read.
func shadeSheet(digits string) ([]byte, bool) {
	if !colorForm.MatchString("#" + digits) {
		return nil, false
	}
	n, err := strconv.ParseUint(digits, 16, 32)
	if err != nil {
		return nil, false
	}
	light := 0.2126*linear(n>>16) + 0.7152*linear(n>>8&0xff) + 0.0722*linear(n&0xff)
	text := "#fff"
	if (light+0.05)/0.05 > 1.05/(light+0.05) { // as WCAG 2 counts contrast
		text = "#000"
	}
	return fmt.Appendf(nil, ".connect button { background: #%s; color: %s; border-color: currentColor; }\n", digits, text), true
}

// linear is the light of a color's part, 0 to 255.
func linear(part uint64) float64 {
	c := float64(part) / 255
	if c <= 0.04045 {
		return c / 12.92
	}
	return math.Pow((c+0.055)/1.055, 2.4)
}
