package egress

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// maxRedirects is how many redirects one call follows.
const maxRedirects = 3

// harmless are the headers that go with a request to another origin. Any other may be a
// credential: products have many names for theirs.
var harmless = []string{"Accept", "Accept-Language", "User-Agent"}

// journey is a call with all its redirects. It is a RoundTripper so that one limit of
// time covers them and errors keep their kind: http.Client's own timeout hides it.
type journey struct {
	client  *http.Client
	timeout time.Duration
}

func (j *journey) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithTimeout(req.Context(), j.timeout)
	defer cancel() // answers are whole when they are returned
	res, err := j.client.Do(req.WithContext(ctx))
	if err != nil {
		return nil, plainly(err)
	}
	return res, nil
}

// redirect is asked before each redirect is followed. Where it leads is for the hop to
// judge, like every URL.
func redirect(req *http.Request, via []*http.Request) error {
	// It would tell the next server the last one's query, with what is secret there.
	req.Header.Del("Referer")
	first, last := via[0], via[len(via)-1]
	stop := ""
	switch {
	case len(via) > maxRedirects:
		stop = fmt.Sprintf("redirects more than %d times", maxRedirects)
	case last.URL.Scheme == "https" && req.URL.Scheme != "https":
		stop = "redirects to a URL without https"
	case origin(last.URL) != origin(req.URL) && !free(first):
		stop = "redirects to another host, to which credentials and data are not sent; use the URL it redirects to"
	default:
		return nil
	}
	return &Error{Kind: ErrRedirect, Message: last.URL.Hostname() + " " + stop}
}

// free tells whether a request may go to an origin that its sender did not name.
func free(req *http.Request) bool {
	if req.Method != http.MethodGet && req.Method != http.MethodHead || req.ContentLength != 0 {
		return false
	}
	for header := range req.Header {
		if !slices.Contains(harmless, http.CanonicalHeaderKey(header)) {
			return false
		}
	}
	return true
}

// origin is scheme, host and port. An unreadable port is refused by the hop.
func origin(u *url.URL) string {
	port, _ := portOf(u)
	return fmt.Sprintf("%s://%s:%d", u.Scheme, strings.ToLower(u.Hostname()), port)
}

// hop is one request and its answer, read whole.
type hop struct {
	guard         *guard
	maxBody       int64
	secure, plain *http.Transport
}

func (h *hop) RoundTrip(req *http.Request) (*http.Response, error) {
	if err := h.guard.check(req.URL); err != nil {
		if req.Body != nil {
			defer req.Body.Close()
		}
		return nil, err
	}
	t := h.secure
	if req.URL.Scheme == "http" {
		t = h.plain
	}
	res, err := t.RoundTrip(req)
	if err != nil {
		return nil, unanswered(req.URL.Hostname(), err)
	}
	body, err := h.read(res)
	if err != nil {
		return nil, unanswered(req.URL.Hostname(), err)
	}
	res.Body = io.NopCloser(bytes.NewReader(body))
	return res, nil
}

func (h *hop) read(res *http.Response) ([]byte, error) {
	defer res.Body.Close()
	if res.StatusCode == http.StatusSwitchingProtocols {
		// Such a body has no end, and no deadline reaches it.
		return nil, errors.New("egress: the server switches protocols unasked")
	}
	body, err := io.ReadAll(io.LimitReader(res.Body, h.maxBody+1))
	if err != nil {
		return nil, err
	}
	if int64(len(body)) > h.maxBody {
		message := fmt.Sprintf("the answer of %s has more than %d bytes", res.Request.URL.Hostname(), h.maxBody)
		return nil, &Error{Kind: ErrTooLarge, Message: message}
	}
	return body, nil
}
