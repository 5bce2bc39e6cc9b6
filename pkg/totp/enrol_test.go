package totp_test

import (
	"bytes"
	"encoding/base32"
	"fmt"
	"image"
	"image/png"
	"log/slog"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/holdplane/holdplane/pkg/seal"
	"github.com/holdplane/holdplane/pkg/totp"
)

func newSecret(t *testing.T, issuer, account string) totp.Enrolment {
	t.Helper()
	e, err := totp.NewSecret(issuer, account)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestNewSecret(t *testing.T) {
	for _, tt := range []struct{ issuer, account, label string }{
		{"Holdplane", "alice@example.com", "Holdplane:alice@example.com"},
		{"Acme & Söhne=?+", "a+b/ö%20@example.com", "Acme & Söhne=?+:a+b/ö%20@example.com"},
		{"H", "a", "H:a"},
		{"H", `"a:b"@example.com`, `H:"a:b"@example.com`},
		{"H", strings.Repeat("ö", 240) + "@example.com", "H:" + strings.Repeat("ö", 240) + "@example.com"},
	} {
		e := newSecret(t, tt.issuer, tt.account)
		text := base32.StdEncoding.EncodeToString(e.Secret)
		if len(e.Secret) != 20 || len(e.Text) != 39 || strings.ReplaceAll(e.Text, " ", "") != text {
			t.Errorf("a secret of %d bytes reads %d characters", len(e.Secret), len(e.Text))
		}
		u, err := url.Parse(e.URL)
		if err != nil || u.Scheme != "otpauth" || u.Host != "totp" || strings.TrimPrefix(u.Path, "/") != tt.label {
			t.Errorf("URL %s, %v", e.URL, err)
			continue
		}
		want := url.Values{"secret": {text}, "issuer": {tt.issuer}, "algorithm": {"SHA1"}, "digits": {"6"}, "period": {"30"}}
		if diff := cmp.Diff(want, u.Query()); diff != "" {
			t.Error(diff)
		}
		if strings.Contains(u.RawQuery, "+") {
			t.Errorf("apps show + for a space: %s", u.RawQuery)
		}
		checkQR(t, e.QR)
	}
}

// checkQR looks for what finds a QR code: black squares in three corners, a white border.
func checkQR(t *testing.T, picture []byte) {
	t.Helper()
	p, err := png.Decode(bytes.NewReader(picture))
	if err != nil || p.Bounds() != image.Rect(0, 0, 304, 304) {
		t.Fatalf("QR code: %v", err)
	}
	dark := func(x, y int) bool { r, _, _, _ := p.At(x, y).RGBA(); return r == 0 }
	var code image.Rectangle
	for i := range 304 * 304 {
		if x, y := i%304, i/304; dark(x, y) {
			code = code.Union(image.Rect(x, y, x+1, y+1))
		}
	}
	first, last := code.Min, code.Max.Sub(image.Pt(1, 1))
	end := first.X
	for dark(end, first.Y) {
		end++
	}
	module := (end - first.X) / 7 // a corner's square has seven modules
	if margin := min(first.X, first.Y, 303-last.X, 303-last.Y); module == 0 || margin < 4*module {
		t.Errorf("a border of %d pixels around modules of %d", margin, module)
	}
	if code.Dx() != code.Dy() || !dark(first.X, first.Y) || !dark(last.X, first.Y) || !dark(first.X, last.Y) {
		t.Errorf("no squares in the corners of %v", code)
	}
}

func TestSecretsDiffer(t *testing.T) {
	a, b := newSecret(t, "H", "a"), newSecret(t, "H", "a")
	if bytes.Equal(a.Secret, b.Secret) {
		t.Error("two secrets are one")
	}
}

func TestShowGivesTheSame(t *testing.T) {
	e := newSecret(t, "Holdplane", "alice@example.com")
	again, err := totp.Show(e.Secret, "Holdplane", "alice@example.com")
	if err != nil || !cmp.Equal(e, again) {
		t.Errorf("another enrolment, or %v", err)
	}
}

func TestBadNamesAreErrors(t *testing.T) {
	secret := seal.Secret(strings.Repeat("s", 20))
	for name, show := range map[string]func() (totp.Enrolment, error){
		"no issuer":        func() (totp.Enrolment, error) { return totp.NewSecret("", "a") },
		"no account":       func() (totp.Enrolment, error) { return totp.NewSecret("H", "") },
		"a colon":          func() (totp.Enrolment, error) { return totp.NewSecret("H:", "a") },
		"too long a name":  func() (totp.Enrolment, error) { return totp.NewSecret("H", strings.Repeat("a", 3000)) },
		"no secret":        func() (totp.Enrolment, error) { return totp.Show(nil, "H", "a") },
		"a secret of 15 B": func() (totp.Enrolment, error) { return totp.Show(secret[:15], "H", "a") },
	} {
		if e, err := show(); err == nil || e.URL != "" {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestEnrolmentsDoNotPrint(t *testing.T) {
	e := newSecret(t, "Holdplane", "alice@example.com")
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		for _, v := range []any{e, &e, []totp.Enrolment{e}} {
			if s := fmt.Sprintf(verb, v); !strings.Contains(s, "[secret]") || strings.Contains(s, "otpauth") || strings.Contains(s, e.Text) {
				t.Errorf("%s prints %s", verb, s)
			}
		}
	}
	var b bytes.Buffer
	slog.New(slog.NewJSONHandler(&b, nil)).Info("m", "e", e)
	if !strings.Contains(b.String(), `"e":"[secret]"`) {
		t.Errorf("the log has %s", b.String())
	}
}
