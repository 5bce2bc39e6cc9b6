package e2e_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"sync"
	"testing"
)

// request is what makes two requests the same to a server.
type request struct{ method, uri, key, body string } // key is whose it is

// exchange is a request and the status it got.
type exchange struct {
	request
	status int
}

// recorder passes requests on and remembers them.
type recorder struct {
	url  string
	mu   sync.Mutex
	seen []exchange
}

func record(t *testing.T, baseURL string) *recorder {
	t.Helper()
	target, err := url.Parse(baseURL)
	if err != nil {
		t.Fatal(err)
	}
	r := &recorder{}
	proxy := httptest.NewServer(&httputil.ReverseProxy{
		Rewrite:   func(pr *httputil.ProxyRequest) { pr.SetURL(target) },
		Transport: r,
	})
	t.Cleanup(proxy.Close)
	r.url = proxy.URL
	return r
}

// RoundTrip sends a request to the server and remembers both.
func (r *recorder) RoundTrip(out *http.Request) (*http.Response, error) {
	var body []byte
	if out.Body != nil {
		var err error
		if body, err = io.ReadAll(out.Body); err != nil {
			return nil, err
		}
		out = out.Clone(out.Context())
		out.Body = io.NopCloser(bytes.NewReader(body))
	}
	key := ""
	for _, header := range []string{"Authorization", "X-Auth-Token", "X-Apideck-App-Id", "X-Apideck-Consumer-Id"} {
		key += out.Header.Get(header) + "\n"
	}
	e := exchange{request: request{out.Method, out.URL.RequestURI(), key, string(body)}}
	res, err := http.DefaultTransport.RoundTrip(out)
	if err == nil {
		e.status = res.StatusCode
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.seen = append(r.seen, e)
	return res, err
}

// exchanges returns what was recorded. Nothing may be under way any more.
func (r *recorder) exchanges() []exchange {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.seen
}
