package egress

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"strings"
	"unicode"
)

// Request is one call.
type Request struct {
	// Method is GET, POST and so on.
	Method string
	// URL is where it goes.
	URL string
	// Header may be nil.
	Header map[string]string
	// Body may be nil. It is sent again where a redirect within the origin says so.
	Body []byte
}

// Response is an answer, whatever its status.
type Response struct {
	// Status is the HTTP status.
	Status int
	// Method is that of the request which got this answer: after some redirects it is GET,
	// and the body was not sent along.
	Method string
	// Header has all values of each name, in canonical case.
	Header map[string][]string
	// Body is the whole body, unpacked; it is as long as Options.MaxBody at most.
	Body []byte
}

// Send makes a call. Errors are *Error, or the context's where the caller gave up.
func (c *Client) Send(ctx context.Context, r Request) (Response, error) {
	if err := c.Check(r.URL); err != nil {
		return Response{}, err
	}
	req, err := http.NewRequestWithContext(ctx, r.Method, r.URL, bytes.NewReader(r.Body))
	if err != nil {
		return Response{}, &Error{Kind: ErrForbidden, Message: "the method of the call is malformed", Cause: err}
	}
	for name, value := range r.Header {
		if strings.ContainsFunc(value, unicode.IsControl) {
			return Response{}, forbid("the value for the header " + name + " has a line break or another control character")
		}
		req.Header.Set(name, value)
	}
	res, err := c.http.Do(req)
	if err != nil {
		return Response{}, plainly(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	return Response{Status: res.StatusCode, Method: res.Request.Method, Header: res.Header, Body: body}, err
}
