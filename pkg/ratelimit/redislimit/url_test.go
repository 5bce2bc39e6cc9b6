package redislimit_test

import (
	"errors"
	"net/url"
	"strings"
	"testing"

	"github.com/holdplane/holdplane/pkg/ratelimit/redislimit"
)

func TestURL(t *testing.T) {
	for address, ok := range map[string]bool{
		"redis://host": true,
		"rediss://user:hush@host:6380/2?pool_size=20":                   true,
		"redis+sentinel://host:26379?master_name=main&addr=other:26379": true,
		"redis+sentinel://host:26379":                                   false,
		"redis+cluster://user:hush@a:7000?addr=b:7000":                  true,
		"rediss+cluster://a:7000":                                       true,
		"redis+cluster://:hush@a:7000?addr=b":                           false,
		"redis+other://user:hush@host":                                  false,
		"http://user:hush@host":                                         false,
		"redis://user:hush@host:port":                                   false,
		"redis://user:hush@ho\x7fst":                                    false,
		"redis://user:hush@host?surprise=1":                             false,
		"":                                                              false,
	} {
		l, err := redislimit.New(redislimit.Options{URL: address})
		switch {
		case ok != (err == nil):
			t.Errorf("%s: %v", address, err)
		case ok:
			if err := l.Close(); err != nil {
				t.Error(err)
			}
		case strings.Contains(err.Error(), "hush") || errors.As(err, new(*url.Error)):
			t.Errorf("the password is told: %v", err)
		}
	}
}
