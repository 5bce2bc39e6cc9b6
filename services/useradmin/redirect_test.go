package useradmin_test

import (
	"strings"
	"testing"

	"google.golang.org/grpc/codes"

	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
)

// fine are addresses on the list or below one on it.
var fine = []string{
	"",
	"https://app.example.com/start",
	"https://app.example.com/start/",
	"https://APP.example.com:443/start/here?a=b%2Fc",
	"https://any.example.com/x",
	"https://any.example.com",
	"https://port.example.com:8443/x",
	"http://127.0.0.1:3000/cb",
}

// astray are addresses that only look so.
var astray = []string{
	"https://app.example.com/started",
	"https://app.example.com/",
	"https://app.example.com/START",
	"https://app.example.com/start/./x",
	"https://app.example.com/start/../x",
	"https://app.example.com/start/%2e%2e/x",
	"https://app.example.com/start/..%2fx",
	"https://app.example.com/start%2fx",
	"https://app.example.com/start\\..\\x",
	"https://app.example.com/start/%5c..",
	"https://app.example.com//start",
	"https://app.example.com/start#x",
	"https://app.example.com/start#",
	"https://u@app.example.com/start",
	"https://app.example.com@evil.example/start",
	"https://app.example.com.evil.example/start",
	"https://app.example.com:8443/start",
	"https://port.example.com/x",
	"http://app.example.com/start",
	"http://plain.example.com/",
	"https://127.0.0.1:3000/cb",
	"http://127.0.0.1:3001/cb",
	"//app.example.com/start",
	"/start",
	"https:app.example.com/start",
	"https:/app.example.com/start",
	"javascript:alert(1)",
	"data:text/html,x",
	" https://app.example.com/start",
	"https://app.example.com/start\r\nX: y",
	"https://app.example.com\t/start",
	"https://[::1/start",
	strings.Repeat("https://app.example.com/start", 100),
}

// addresses tells what comes of links that lead to them.
func addresses() map[string]codes.Code {
	all := map[string]codes.Code{}
	for _, address := range fine {
		all[address] = codes.OK
	}
	for _, address := range astray {
		all[address] = codes.InvalidArgument
	}
	return all
}

func TestLinksLeadToListedAddressesOnly(t *testing.T) {
	w := newIdleWorld(t, nil)
	_, err := w.operator.CreateAccount(t.Context(), &useradminv1.CreateAccountRequest{Tenant: acme, RedirectUrls: []string{
		"https://app.example.com/start", "https://Any.example.com", "https://port.example.com:8443/", "http://127.0.0.1:3000/cb",
	}})
	expect(t, err, codes.OK)
	w.user("ann")
	for address, want := range addresses() {
		t.Run(address, func(t *testing.T) {
			_, err := w.users.ResetPassword(w.all(), &useradminv1.ResetPasswordRequest{UserId: "ann", RedirectUrl: address})
			expect(t, err, want)
			_, err = w.users.ResendEmailVerification(w.all(), &useradminv1.ResendEmailVerificationRequest{UserId: "ann", RedirectUrl: address})
			expect(t, err, want)
		})
	}
	// Another tenant has no list.
	w.add(&useradminv1.AddUserRequest{Tenant: rival, Id: "rita"})
	_, err = w.users.ResetPassword(w.rootKey(rival, everything...), &useradminv1.ResetPasswordRequest{UserId: "rita", RedirectUrl: listed})
	expect(t, err, codes.InvalidArgument)
}
