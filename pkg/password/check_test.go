package password_test

import (
	"strings"
	"testing"

	"google.golang.org/grpc/codes"

	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/password"
)

func TestCheck(t *testing.T) {
	forbidden := []string{"alice.example@example.com", "alice.example", "Alice Ödipus", ""}
	for name, tt := range map[string]struct {
		password string
		rule     string // empty if it may be set
		limit    string
	}{
		"a sentence":                    {"correct horse battery staple", "", ""},
		"12 characters":                 {"kqzvxwjyhbnf", "", ""},
		"11 characters":                 {"kqzvxwjyhbn", "string.min_len", "12"},
		"none":                          {"", "string.min_len", "12"},
		"12 characters of 2 bytes":      {strings.Repeat("ö", 11) + "ä", "", ""},
		"11 characters of 4 bytes":      {strings.Repeat("🔑", 11), "string.min_len", "12"},
		"128 characters of 4 bytes":     {strings.Repeat("🔑", 128), "", ""},
		"129 characters":                {strings.Repeat("x", 129), "string.max_len", "128"},
		"a megabyte":                    {strings.Repeat("x", 1<<20), "string.max_len", "128"},
		"spaces count":                  {" kqzvxwjyhb ", "", ""},
		"only spaces":                   {strings.Repeat(" ", 12), "", ""},
		"line feeds":                    {"kqzvxwjyhbn\n", "", ""},
		"NUL":                           {"correct horse\x00battery staple", password.RuleText, ""},
		"NUL at the end":                {"correct horse battery staple\x00", password.RuleText, ""},
		"not UTF-8":                     {"correct horse battery staple\xff", password.RuleText, ""},
		"half a surrogate pair":         {"correct horse\xed\xa0\x80", password.RuleText, ""},
		"the replacement character":     {"correct horse�", "", ""},
		"the e-mail":                    {"alice.example@example.com", password.RulePersonal, ""},
		"the e-mail in capitals":        {"ALICE.EXAMPLE@EXAMPLE.COM", password.RulePersonal, ""},
		"the e-mail's name":             {"Alice.Example", password.RulePersonal, ""},
		"the name, folded":              {"alice öDIPUS", password.RulePersonal, ""},
		"the e-mail within":             {"alice.example@example.com's own", "", ""},
		"a common one":                  {"passwordpassword", password.RuleCommon, ""},
		"a common one in other letters": {"PasswordPassword", password.RuleCommon, ""},
		"a common one and more":         {"PasswordPassword!", "", ""},
	} {
		err := password.Check(tt.password, forbidden...)
		if got := brokenRule(t, err); got != tt.rule+":"+tt.limit {
			t.Errorf("%s breaks %s, want %s:%s", name, got, tt.rule, tt.limit)
		}
		if err != nil && tt.password != "" && strings.Contains(err.Error(), tt.password) {
			t.Errorf("%s: the error shows the password", name)
		}
	}
}

// brokenRule is what Check says of a password: its rule and limit, a colon between them.
func brokenRule(t *testing.T, err error) string {
	t.Helper()
	if err == nil {
		return ":"
	}
	f := fault.From(err)
	if f.Code != codes.InvalidArgument || len(f.Violations) != 1 {
		t.Fatalf("%v has %d violations", err, len(f.Violations))
	}
	v := f.Violations[0]
	if v.Field != "password" || v.Message == "" {
		t.Errorf("violation %+v", v)
	}
	return v.Rule + ":" + v.Limit
}

func TestCommonPasswords(t *testing.T) {
	for _, p := range []string{"123456789012", "password1234", "passwortpasswort", "qwertyuiopasdf", "zxcvbnm12345"} {
		if got := brokenRule(t, password.Check(p)); got != password.RuleCommon+":" {
			t.Errorf("%s breaks %s", p, got)
		}
	}
}
