package useradmin_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"image/png"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc/codes"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
	"github.com/holdplane/holdplane/pkg/totp"
)

// enrolling is a world where bob needs a second factor, and the token of a link to enrol it.
func enrolling(t *testing.T, name string, test func(t *testing.T, w linkWorld, token string)) {
	inBubble(t, name, func(t *testing.T, w linkWorld) {
		test(t, w, w.link("bob", enrol))
	})
}

func (w linkWorld) start(token string) *useradminv1.StartEnrolmentResponse {
	w.t.Helper()
	got, err := w.links().StartEnrolment(w.t.Context(), &useradminv1.StartEnrolmentRequest{Token: token})
	if err != nil {
		w.t.Fatal(err)
	}
	return got
}

func (w linkWorld) finish(token, code string) (*useradminv1.FinishEnrolmentResponse, error) {
	return w.links().FinishEnrolment(w.t.Context(), &useradminv1.FinishEnrolmentRequest{Token: token, Code: code})
}

// codeOf is what an app shows now for a secret as a person types it: RFC 4226's algorithm.
func codeOf(t testing.TB, text string) string {
	t.Helper()
	secret, err := base32.StdEncoding.DecodeString(strings.ReplaceAll(text, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	mac := hmac.New(sha1.New, secret)
	mac.Write(binary.BigEndian.AppendUint64(nil, uint64(time.Now().Unix()/30)))
	sum := mac.Sum(nil)
	bits := binary.BigEndian.Uint32(sum[sum[len(sum)-1]&15:]) & (1<<31 - 1)
	return fmt.Sprintf("%06d", bits%1_000_000)
}

func TestEnrolment(t *testing.T) {
	enrolling(t, "takes a code and gives recovery codes", func(t *testing.T, w linkWorld, token string) {
		shown := w.start(token)
		code := codeOf(t, shown.GetSecret())
		got, err := w.finish(token, code[:3]+" "+code[3:])
		expect(t, err, codes.OK)
		if len(got.GetRecoveryCodes()) != 10 || got.GetRedirectUrl() != "" {
			t.Errorf("got %d recovery codes and %q", len(got.GetRecoveryCodes()), got.GetRedirectUrl())
		}
		f := w.user("bob").GetSecondFactor()
		if f.GetSecret() != strings.ReplaceAll(shown.GetSecret(), " ", "") || f.GetLastStep() != time.Now().Unix()/30 {
			t.Errorf("got %v, want the secret shown and the code's step", f)
		}
		for i, code := range got.GetRecoveryCodes() {
			if totp.MatchRecovery(f.GetRecoveryDigests(), code) != i {
				t.Errorf("recovery code %d is not kept", i)
			}
		}
		w.expectDead(token)
		_, err = w.login(t.Context(), "bob@example.com", goodPassword, code)
		expect(t, err, codes.Unauthenticated)
		time.Sleep(30 * time.Second)
		_, err = w.login(t.Context(), "bob@example.com", goodPassword, codeOf(t, shown.GetSecret()))
		expect(t, err, codes.OK)
		if m := w.lastMail("bob@example.com"); m.Subject != "Der zweite Faktor Ihres Kontos bei Acme ist eingerichtet" {
			t.Errorf("bob got %q", m.Subject)
		}
		if done := w.events("bob", "user.enrol"); len(done) != 1 || done[0].GetActor() != "bob" {
			t.Errorf("got records %v, want one by bob", done)
		}
	})
	enrolling(t, "shows the same each time, on record", func(t *testing.T, w linkWorld, token string) {
		first, second := w.start(token), w.start(token)
		if first.GetSecret() != second.GetSecret() || first.GetUrl() != second.GetUrl() || !bytes.Equal(first.GetImage(), second.GetImage()) {
			t.Error("a reload shows another secret")
		}
		if _, err := png.Decode(bytes.NewReader(first.GetImage())); err != nil {
			t.Error(err)
		}
		want := "otpauth://totp/Acme:bob@example.com?"
		if !strings.HasPrefix(first.GetUrl(), want) || first.GetLocale() != "de-DE" {
			t.Errorf("got %s in %s, want %s in de-DE", first.GetUrl(), first.GetLocale(), want)
		}
		if n := len(w.events("bob", "user.start_enrolment")); n != 2 {
			t.Errorf("the secret was shown twice, and recorded %d times", n)
		}
	})
	enrolling(t, "with a newer link has another secret", func(t *testing.T, w linkWorld, token string) {
		if first := w.start(token).GetSecret(); first == w.start(w.link("bob", enrol)).GetSecret() {
			t.Error("two links have one secret")
		}
	})
}

func TestWrongCodes(t *testing.T) {
	enrolling(t, "void the link at the fifth", func(t *testing.T, w linkWorld, token string) {
		code := codeOf(t, w.start(token).GetSecret())
		for _, wrong := range []string{"", "12345", "not a code", "٠٠٠٠٠٠"} {
			_, err := w.finish(token, wrong)
			expect(t, err, codes.InvalidArgument)
		}
		_, err := w.finish(token, "1234567")
		expectDead(t, "the fifth", err)
		_, err = w.finish(token, code)
		expectDead(t, "the right one, too late", err)
		w.expectDead(token)
		if n := len(w.events("bob", "user.enrol_failure")); n != 5 || w.user("bob").GetSecondFactor() != nil {
			t.Errorf("%d failures are recorded, and the second factor is %v", n, w.user("bob").GetSecondFactor())
		}
	})
	enrolling(t, "before any secret was shown are wrong", func(t *testing.T, w linkWorld, token string) {
		_, err := w.finish(token, "000000")
		expect(t, err, codes.InvalidArgument)
	})
	enrolling(t, "four of them forgive the fifth that is right", func(t *testing.T, w linkWorld, token string) {
		secret := w.start(token).GetSecret()
		for range 4 {
			_, err := w.finish(token, "x")
			expect(t, err, codes.InvalidArgument)
		}
		_, err := w.finish(token, codeOf(t, secret))
		expect(t, err, codes.OK)
	})
}

// Whoever reads somebody's mail must not take over a second factor that is there.
func TestEnrolmentIsForThoseWhoNeedIt(t *testing.T) {
	for name, change := range map[string]func(*storev1.User){
		"not those who have a second factor": func(u *storev1.User) { u.SecondFactor = &storev1.SecondFactor{Secret: "X"} },
		"not those who need none any more":   func(u *storev1.User) { u.Totp = false },
	} {
		enrolling(t, name, func(t *testing.T, w linkWorld, token string) {
			w.start(token)
			w.edit("bob", change)
			w.expectDead(token)
		})
	}
}
