package barbican

import (
	"net/http"
	"strconv"

	"github.com/holdplane/holdplane/gateway"
	"github.com/holdplane/holdplane/pkg/fault"
)

// envelope is what Barbican's own faults look like. The description is null where the faults
// of its framework have none.
type envelope struct {
	Code        int     `json:"code"`
	Title       string  `json:"title"`
	Description *string `json:"description"`
}

// unauthenticated is Keystone's envelope with Barbican's members beside it: python-barbicanclient
// looks for those in every refusal, and fails without them.
type unauthenticated struct {
	Error struct {
		Code    int    `json:"code"`
		Title   string `json:"title"`
		Message string `json:"message"`
	} `json:"error"`
	envelope
}

// beforehand is the envelope of what is refused before Barbican runs.
type beforehand struct {
	Message string `json:"message"`
	Code    string `json:"code"`
	Title   string `json:"title"`
}

// frames are what stands around the texts of faults that are found beforehand.
var frames = map[string][2]string{
	reasonVersionUnknown: {"The resource could not be generated that was acceptable to your browser\n(content of type application/json. <br /><br />\n", ""},
	reasonVersionMalformed: {
		"The server could not comply with the request since it is either malformed or otherwise incorrect.<br /><br />\n", "\n\n",
	},
}

// fail writes the envelope of a fault.
func fail(dst []byte, c *gateway.Call, f *fault.Error) []byte {
	f = first(c, f)
	c.Status = statusOf(c, f)
	c.ErrorCode = gateway.NameOf(c.Status)
	c.TellQuota()
	if pause, ok := pauses[f.Reason]; ok {
		c.Header["Retry-After"] = []string{pause}
	}
	if c.Status != http.StatusMethodNotAllowed {
		delete(c.Header, "Allow") // it was set for what the method is not told of
	}
	if frame, ok := frames[f.Reason]; ok {
		return gateway.AppendJSON(dst, beforehand{
			Message: frame[0] + "Invalid microversion: " + f.Message + frame[1],
			Code:    strconv.Itoa(c.Status) + " " + gateway.TitleOf(c.Status), Title: gateway.TitleOf(c.Status),
		})
	}
	e := envelope{Code: c.Status, Title: gateway.TitleOf(c.Status)}
	if c.Status != http.StatusNotAcceptable || f.Reason == reasonPayloadAccept {
		said := description(c, f)
		e.Description = &said
	}
	tellVersion(c.Header, versionOf(c.Request))
	if c.Status != http.StatusUnauthorized {
		return gateway.AppendJSON(dst, e)
	}
	c.Header["Www-Authenticate"] = []string{`Keystone uri="` + c.PublicURL + `/v3"`}
	u := unauthenticated{envelope: e}
	u.Error.Code, u.Error.Title, u.Error.Message = e.Code, e.Title, *e.Description
	return gateway.AppendJSON(dst, u)
}

// first is the fault that Barbican finds first where nothing is at a path, or the method is
// not served there.
func first(c *gateway.Call, f *fault.Error) *fault.Error {
	switch f.Reason {
	case gateway.ReasonRoute, gateway.ReasonElsewhere, gateway.ReasonMethod:
		if err := admitAnyone(c.Request); err != nil {
			return fault.From(err)
		}
	}
	return f
}

// pauses are when to repeat what passes sooner than the limits on strangers, which count
// minutes, by the reason of a fault.
var pauses = map[string]string{fault.ReasonUnavailable: "5", fault.ReasonDeadline: "5"}
