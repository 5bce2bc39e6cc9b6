package main

import (
	"strings"
	"testing"
)

// TestNobodyKnowsTheGateway has it where no browser can tell its address.
func TestNobodyKnowsTheGateway(t *testing.T) {
	for name, c := range map[string]struct {
		more  []string
		warns bool
	}{
		"on a socket":                 {nil, true},
		"on a socket, and told":       {[]string{"--public-url", "https://plane.example.com"}, false},
		"on a socket, not needing it": {[]string{"--without", "connection-vault"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			in := install(t)
			child := in.startServe(t, append([]string{"--http-addr", "unix://" + in.file("http")}, c.more...)...)
			eventually(t, "it is ready", func() bool { return strings.Contains(child.log.String(), `"msg":"ready"`) })
			child.stop(t)
			if got := strings.Contains(child.log.String(), "--public-url"); got != c.warns {
				t.Errorf("the log says: %s", child.log)
			}
		})
	}
}
