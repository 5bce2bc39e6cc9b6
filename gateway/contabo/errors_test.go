package contabo_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/holdplane/holdplane/pkg/fault"
)

// Every fault is one of Contabo's statuses with its text, and leads to a page.
func TestFaults(t *testing.T) {
	get, remove := "GET /v1/users/1", "DELETE /v1/roles/1"
	for _, tt := range []struct {
		name, call string
		err        error
		status     int
		message    string
	}{
		{"a bad token", get, fault.Unauthenticated(fault.ReasonCredentialBad, "x"), 401, "Unauthorized"},
		{"another product's token", get, fault.Unauthenticated(fault.ReasonCredentialKind, "x"), 401, "Unauthorized"},
		{"a permission that lacks", get, fault.PermissionDenied(fault.ReasonPermission, "you need users.read"), 403, "you need users.read"},
		{"no such user", get, fault.NotFound("USER_NOT_FOUND", "user 1 is not there"), 404, "user not found"},
		{"no such method", get, fault.From(&fault.Error{Code: 12, Reason: fault.ReasonUnimplemented, Message: "there is no such method"}), 404, "there is no such method"},
		{"an id that breaks a rule", get, fault.Invalid(fault.Violation{Field: "user_id", Rule: "string.max_len", Limit: "256", Message: "x"}), 404, "user not found"},
		{"no mail", get, fault.FailedPrecondition("MAIL_UNAVAILABLE", "no mails here"), 400, "no mails here"},
		{"something else first", get, fault.FailedPrecondition("OTHER", "not yet"), 400, "not yet"},
		{"a role that is in use", remove, fault.AlreadyExists("ROLE_IN_USE", "users have it"), 409, "users have it"},
		{"there already", get, fault.AlreadyExists("USER_EXISTS", "is there"), 409, "is there"},
		{"a role unknown to a user", get, fault.InvalidArgument("ROLE_UNKNOWN", "role 5 does not exist"), 400, "role 5 does not exist"},
		{"a quota", get, fault.ResourceExhausted(fault.ReasonQuota, "too much"), 429, "too much"},
		{"a limit", get, fault.ResourceExhausted("RATE_LIMITED", "too much"), 429, "too much"},
		{"a service that is away", get, fault.Unavailable("come back"), 503, "come back"},
		{"a defect", get, errors.New("secret"), 500, "Internal server error"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			method, path, _ := strings.Cut(tt.call, " ")
			w := ask(t, over(t, &scripted{err: tt.err}), method, path, "")
			if want := fmt.Sprintf(`{"statusCode":%d,"message":%q}`, tt.status, tt.message); w.Code != tt.status || w.Body.String() != want {
				t.Errorf("got %d %s, want %s", w.Code, w.Body, want)
			}
			if w.Header().Get("X-Error-Doc") == "" {
				t.Error("no page explains it")
			}
			if got := w.Header().Get("Retry-After"); (got == "60") != (tt.status == 429) {
				t.Errorf("Retry-After is %q", got)
			}
		})
	}
}

func TestViolationsInClassValidatorsWords(t *testing.T) {
	for _, tt := range []struct {
		violation fault.Violation
		want      string
	}{
		{fault.Violation{Field: "first_name", Rule: "string.min_len", Limit: "1"}, "firstName must be longer than or equal to 1 characters"},
		{fault.Violation{Field: "email", Rule: "string.min_len", Limit: "1"}, "email must be an email"},
		{fault.Violation{Field: "email", Rule: "string.email", Message: "must be an email"}, "email must be an email"},
		{fault.Violation{Field: "email", Rule: "string.max_len", Limit: "255"}, "email must be shorter than or equal to 255 characters"},
		{fault.Violation{Field: "locale", Rule: "string.in", Limit: "de, en"}, "locale must be one of the following values: de, en"},
		{fault.Violation{Field: "roles", Rule: "repeated.max_items", Limit: "100"}, "roles must contain no more than 100 elements"},
		{fault.Violation{Field: "roles[3]", Rule: "int64.gte", Limit: "1"}, "each value in roles must not be less than 1"},
		{fault.Violation{Field: "access_all_resources", Rule: "string.unknown", Message: "is too much"}, "accessAllResources is too much"},
		{fault.Violation{Field: "locale", Rule: "odd"}, "locale is not valid"},
		{fault.Violation{Message: "nothing changes"}, "nothing changes"},
		{fault.Violation{Rule: "odd"}, "the request is not valid"},
	} {
		err := fault.Invalid(tt.violation, fault.Violation{Field: "totp", Rule: "odd", Message: "must be off"})
		w := ask(t, over(t, &scripted{err: err}), http.MethodPost, "/v1/users", `{"email":"a@b.c","enabled":true,"totp":false,"locale":"en"}`)
		if want := fmt.Sprintf(`{"statusCode":400,"message":%q}`, tt.want+", totp must be off"); w.Code != http.StatusBadRequest || w.Body.String() != want {
			t.Errorf("%v: got %d %s, want %s", tt.violation, w.Code, w.Body, want)
		}
	}
}

// A list full of mistakes does not make the answer larger than the request.
func TestManyViolations(t *testing.T) {
	many := make([]fault.Violation, 10_000)
	for i := range many {
		many[i] = fault.Violation{Field: fmt.Sprintf("roles[%d]", i), Message: "is odd"}
	}
	w := ask(t, over(t, &scripted{err: fault.Invalid(many...)}), http.MethodGet, "/v1/users", "")
	if got := strings.Count(w.Body.String(), "is odd"); got != 100 {
		t.Errorf("got %d texts", got)
	}
}
