package identity

import (
	"encoding/json"
	"fmt"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/golang-jwt/jwt/v5"
)

// plain are claims whose JSON has the same base64 in the alphabets of URLs and of MIME.
// Contabo's CLI reads the payload of tokens by the latter, and without success logs in
// before every call. The alphabets differ where six bits are 62 or 63: in bytes that are
// not ASCII, and at the end of >, ?, ~ and DEL. Those stand in strings only, where they
// have escapes.
type plain struct{ jwt.MapClaims }

// MarshalJSON escapes them all, wherever they stand.
func (p plain) MarshalJSON() ([]byte, error) {
	text, err := json.Marshal(p.MapClaims)
	if err != nil {
		return nil, err
	}
	out := make([]byte, 0, len(text))
	for len(text) > 0 {
		r, n := utf8.DecodeRune(text)
		switch hi, lo := utf16.EncodeRune(r); {
		case r < utf8.RuneSelf && r&0x3f < 0x3e:
			out = append(out, text[0])
		case hi != utf8.RuneError:
			out = fmt.Appendf(out, `\u%04x\u%04x`, hi, lo)
		default:
			out = fmt.Appendf(out, `\u%04x`, r)
		}
		text = text[n:]
	}
	return out, nil
}
