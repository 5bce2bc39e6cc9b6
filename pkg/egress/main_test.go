package egress_test

import (
	"os"
	"testing"
)

// TestMain runs all tests with proxies in the environment, where nobody listens. net/http
// reads it once, so no single test can.
func TestMain(m *testing.M) {
	for _, name := range []string{"HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY"} {
		if err := os.Setenv(name, "http://192.0.2.1:3128"); err != nil {
			panic(err)
		}
	}
	m.Run()
}
