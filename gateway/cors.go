package gateway

import (
	"net/http"
	"strconv"
)

// cors holds the headers of a CORS as net/http wants them.
type cors struct {
	origin, expose []string
	preflight      http.Header
}

func newCORS(c *CORS) *cors {
	if c == nil {
		return nil
	}
	return &cors{
		origin: []string{c.Origin},
		expose: []string{c.ResponseHeaders},
		preflight: http.Header{
			"Access-Control-Allow-Methods": {c.Methods},
			"Access-Control-Allow-Headers": {c.RequestHeaders},
			"Access-Control-Max-Age":       {strconv.Itoa(int(c.MaxAge.Seconds()))},
		},
	}
}

func (c *cors) onAnswer(h http.Header) {
	h["Access-Control-Allow-Origin"] = c.origin
	h["Access-Control-Expose-Headers"] = c.expose
}

// preflight answers OPTIONS on any path of the dialect, a browser's preflight or not.
func (x *exchange) preflight() {
	for name, v := range x.d.cors.preflight {
		x.Call.Header[name] = v
	}
	x.Status = http.StatusNoContent
	x.send(nil)
}
