package totp

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"io"
	"log/slog"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/pquerna/otp"

	"github.com/holdplane/holdplane/pkg/seal"
)

// secretLen is in bytes: that of SHA-1's output, as RFC 4226 recommends.
const secretLen = 20

// The QR code is drawn on a square of this side, in pixels, with a white border of four of
// its modules or more, without which it can't be read on a dark page.
const (
	codeSide = 256
	border   = 24
)

// Enrolment is what a person needs to put a secret into an app. All of it is secret, and
// hidden from fmt and slog.
type Enrolment struct {
	// Secret is what to store, sealed.
	Secret seal.Secret
	// Text is the secret in base32, in groups of four, for those who type it.
	Text string
	// URL is the otpauth:// URL, which opens an app on the same device.
	URL string
	// QR is a PNG of the URL, 304 pixels wide and high.
	QR []byte
}

// NewSecret returns a random secret for an account, such as an e-mail address, of an issuer:
// the two names under which the app lists it. Neither may be empty, the issuer have a colon,
// or the URL be longer than the 2,331 bytes that fit into a QR code.
func NewSecret(issuer, account string) (Enrolment, error) {
	secret := make(seal.Secret, secretLen)
	rand.Read(secret) // never fails: it ends the program instead
	return Show(secret, issuer, account)
}

// Show returns the enrolment of a secret from an earlier NewSecret again, for a page that is
// reloaded before the first code.
func Show(secret seal.Secret, issuer, account string) (Enrolment, error) {
	if len(secret) < minSecret {
		return Enrolment{}, fmt.Errorf("totp: secret has %d bytes, fewer than %d", len(secret), minSecret)
	}
	if issuer == "" || account == "" || strings.Contains(issuer, ":") {
		return Enrolment{}, errors.New("totp: issuer and account must have names, and the issuer's no colon")
	}
	text := b32.EncodeToString(secret)
	link := keyURL(issuer, account, text)
	code, err := qr(link)
	if err != nil {
		return Enrolment{}, fmt.Errorf("totp: draw the QR code: %w", err)
	}
	return Enrolment{Secret: secret, Text: grouped(text, " "), URL: link, QR: code}, nil
}

// keyURL is not made by the library, which leaves & and = in the issuer as they are.
func keyURL(issuer, account, secret string) string {
	query := url.Values{
		"secret": {secret}, "issuer": {issuer}, "algorithm": {otp.AlgorithmSHA1.String()},
		"digits": {strconv.Itoa(digits)}, "period": {strconv.Itoa(period)},
	}
	u := url.URL{
		Scheme: "otpauth", Host: "totp", Path: "/" + issuer + ":" + account,
		RawQuery: strings.ReplaceAll(query.Encode(), "+", "%20"), // some apps show the +
	}
	return u.String()
}

// qr returns the QR code of a URL as a PNG.
func qr(link string) ([]byte, error) {
	key, err := otp.NewKeyFromURL(link)
	if err != nil {
		return nil, err
	}
	code, err := key.Image(codeSide, codeSide)
	if err != nil {
		return nil, err
	}
	page := image.NewPaletted(image.Rect(0, 0, codeSide+2*border, codeSide+2*border), color.Palette{color.White, color.Black})
	draw.Draw(page, code.Bounds().Add(image.Pt(border, border)), code, code.Bounds().Min, draw.Src)
	var b bytes.Buffer
	err = png.Encode(&b, page)
	return b.Bytes(), err
}

// grouped puts a separator between groups of four.
func grouped(text, separator string) string {
	var groups []string
	for group := range slices.Chunk([]byte(text), 4) {
		groups = append(groups, string(group))
	}
	return strings.Join(groups, separator)
}

// Format writes "[secret]" whatever the verb.
func (Enrolment) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, seal.Secret{}.String()) }

// LogValue returns "[secret]".
func (Enrolment) LogValue() slog.Value { return seal.Secret{}.LogValue() }
