package main

import (
	"regexp"
	"testing"

	operationsv1 "github.com/holdplane/holdplane/gen/holdplane/operations/v1"
)

// The table shows what the records know beside the object.
func TestAuditShowsDetails(t *testing.T) {
	s := startDev(t)
	id, _ := s.newKey(t, "acme", "*")
	mustRun(t, "keys", "rotate", id, "--tenant", "acme", "--data-dir", s.dir)
	out := mustRun(t, "audit", "--tenant", "acme", "--service", "identity", "--data-dir", s.dir)
	for _, line := range []string{`TIME +EVENT +ACTOR +OBJECT +DETAILS +REQUEST`, `rootkey\.rotate +operator +` + id + ` +new=key_\w{22} `, `rootkey\.create +operator +key_\w+ +- `} {
		if !regexp.MustCompile(`(?m)` + line).MatchString(out) {
			t.Errorf("want a line like %s in\n%s", line, out)
		}
	}
}

func TestDetailsOfRecords(t *testing.T) {
	for want, give := range map[string]map[string]string{
		"-":               nil,
		"b=1":             {"b": "1"},
		"a=2 b=1 c='x y'": {"c": "x y", "b": "1", "a": "2"},
	} {
		if got := details(&operationsv1.AuditRecord{Details: give}); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
