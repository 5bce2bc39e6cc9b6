package e2e_test

import (
	"fmt"
	"strings"
	"testing"
)

// sample003 is a sample, and what comes of it when it can be done.
type sample003 struct {
	name   string
	status int
	shows  string // what it prints beside the call's name; empty for nothing at all
}

// seed003 runs the twelve samples of pfruck-contabo's documentation as they are printed there,
// but for their comments, with only the address, the token, the ids and the bodies put in.
// They catch every error and print it, so what they print is looked at.
func (s server) seed003(t *testing.T) {
	proxy := record(t, s.baseURL)
	run, token := s.samples(t, "contabo"), s.session(t, s.owner)
	sample := func(want sample003, values ...string) string {
		t.Helper()
		before := len(proxy.exchanges())
		printed := run(fillSample(t, "seed003", want.name, append(values,
			`"https://api.contabo.com"`, fmt.Sprintf("%q", proxy.url),
			`access_token = os.environ["BEARER_TOKEN"]`, fmt.Sprintf("host = %q, access_token = %q", proxy.url, token),
		)...))
		prefix := "The response of UsersApi->" + want.name + ":"
		if want.shows == "" && printed != "" || want.shows != "" && (!strings.HasPrefix(printed, prefix) || !strings.Contains(printed, want.shows)) {
			t.Errorf("%s printed %q, want %q", want.name, printed, want.shows)
		}
		if seen := proxy.exchanges()[before:]; len(seen) != 1 || seen[0].status != want.status {
			t.Errorf("%s sent %+v, want one request with status %d", want.name, seen, want.status)
		}
		return printed
	}
	made := sample(sample003{name: "create_user", status: 201, shows: "user_id="}, "CreateUserRequest()",
		`CreateUserRequest(email="new@example.com", enabled=True, totp=False, locale="en", roles=[3])`)
	_, user, _ := strings.Cut(made, "user_id='")
	user, _, _ = strings.Cut(user, "'")
	const printed = "6cdf5968-f9fe-4192-97c2-f349e813c5e8"
	sample(sample003{name: "retrieve_user", status: 200, shows: "'new@example.com'"}, printed, user)
	sample(sample003{name: "retrieve_user_list", status: 200, shows: s.owner.id}, "[email protected]", s.owner.email, " = true", " = True")
	sample(sample003{name: "update_user", status: 200, shows: "/v1/users/" + user}, printed, user, "UpdateUserRequest()", `UpdateUserRequest(first_name="New")`)
	sample(sample003{name: "resend_email_verification", status: 204}, printed, user)
	sample(sample003{name: "reset_password", status: 204}, printed, user)
	listed := sample(sample003{name: "list_object_storage_credentials", status: 200, shows: storageName}, printed, user)
	_, credential, _ := strings.Cut(listed, "credential_id=")
	credential, _, _ = strings.Cut(credential, ")")
	for _, name := range []string{"get_object_storage_credentials", "regenerate_object_storage_credentials"} {
		sample(sample003{name: name, status: 200, shows: "credential_id=" + credential}, printed, user, "12345", credential)
	}
	sample(sample003{name: "retrieve_user_client", status: 200, shows: s.clientSecret})
	sample(sample003{name: "generate_client_secret", status: 200, shows: "secret="})
	sample(sample003{name: "delete_user", status: 204}, printed, user)
}
