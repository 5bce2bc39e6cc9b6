package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"
)

// leaks are words that only the inside knows.
var leaks = []string{"goroutine", ".go:", "runtime error", "panic", "bbolt", "tink", "proto:", "protobuf", "grpc", "rpc error", "sealedkv", "holdplane.", "/tmp/", "<nil>"}

// envelope reads the message that an error's body has for the client, or says why the
// body is none of its product's.
type envelope func(res *http.Response, body []byte) (message, complaint string)

// envelopes are the products' by what the names of their protos begin with; the longest
// such name counts. A route without one fails the test.
var envelopes = map[string]envelope{
	"holdplane.identity.":                                  unkeyEnvelope,
	"holdplane.identity.v2.":                               unkeyEnvelopeV2,
	"holdplane.useradmin.":                                 contaboEnvelope,
	"holdplane.useradmin.v1.TokenService.":                 tokenEnvelope,
	"holdplane.useradmin.v1.KeystoneService.":              keystoneEnvelope,
	"holdplane.useradmin.v1.ApplicationCredentialService.": keystoneEnvelope,
	"holdplane.secretcontainer.":                           barbicanEnvelope,
	"holdplane.connectionvault.":                           apideckEnvelope,
}

// anyEnvelope is for a path that may be any product's, or nobody's.
func anyEnvelope(res *http.Response, body []byte) (message, complaint string) {
	for _, e := range append(slices.Collect(maps.Values(envelopes)), neutralEnvelope) {
		if message, complaint = e(res, body); complaint == "" {
			return message, ""
		}
	}
	return "", "nobody's envelope"
}

func neutralEnvelope(res *http.Response, body []byte) (message, complaint string) {
	var answer struct {
		Error struct{ Code, Message string }
	}
	if err := json.Unmarshal(body, &answer); err != nil || answer.Error.Code == "" || answer.Error.Message == "" {
		return "", "not the gateway's own envelope"
	}
	return answer.Error.Message, ""
}

// contaboEnvelope has a message as one text: Contabo's own Terraform provider reads no lists.
func contaboEnvelope(res *http.Response, body []byte) (message, complaint string) {
	var answer struct {
		StatusCode int
		Message    string
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		return "", "not JSON, or a message that is no text"
	}
	if answer.StatusCode != res.StatusCode || answer.Message == "" || res.Header.Get("X-Request-Id") == "" {
		return "", "not Contabo's envelope"
	}
	return answer.Message, ""
}

// tokenEnvelope is that of OAuth 2.0.
func tokenEnvelope(res *http.Response, body []byte) (message, complaint string) {
	var answer struct {
		Error       string `json:"error"`
		Description string `json:"error_description"`
	}
	if err := json.Unmarshal(body, &answer); err != nil || answer.Error == "" || answer.Description == "" || res.Header.Get("Cache-Control") != "no-store" {
		return "", "not OAuth's envelope"
	}
	return answer.Description, ""
}

func keystoneEnvelope(res *http.Response, body []byte) (message, complaint string) {
	var answer struct {
		Error struct {
			Code           int
			Message, Title string
		}
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		return "", "not JSON"
	}
	if e := answer.Error; e.Code != res.StatusCode || e.Message == "" || e.Title == "" || !strings.HasPrefix(res.Header.Get("X-Openstack-Request-Id"), "req-") {
		return "", "not Keystone's envelope"
	}
	return answer.Error.Message, ""
}

// barbicanEnvelope may lack a description, and has Keystone's beside it where a token is missing.
func barbicanEnvelope(res *http.Response, body []byte) (message, complaint string) {
	var answer struct {
		Code        any
		Title       string
		Description *string
		Message     string
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		return "", "not JSON"
	}
	// Refused microversions have the status as a text.
	if code := fmt.Sprint(answer.Code); !strings.HasPrefix(code, strconv.Itoa(res.StatusCode)) || answer.Title == "" || !strings.HasPrefix(res.Header.Get("X-Openstack-Request-Id"), "req-") {
		return "", "not Barbican's envelope"
	}
	if answer.Description != nil {
		answer.Message = *answer.Description
	}
	return cmp.Or(answer.Message, answer.Title), ""
}

// apideckEnvelope is flat. Its detail may be an object.
func apideckEnvelope(res *http.Response, body []byte) (message, complaint string) {
	var answer struct {
		StatusCode     int `json:"status_code"`
		Error, Message string
		TypeName       string `json:"type_name"`
		Detail         any
		Ref            string
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		return "", "not JSON"
	}
	if answer.StatusCode != res.StatusCode || answer.Error == "" || answer.Message == "" || answer.Detail == nil ||
		answer.Ref != "https://developers.apideck.com/errors#"+strings.ToLower(answer.TypeName) || res.Header.Get("Request-Id") == "" {
		return "", "not Apideck's envelope"
	}
	return fmt.Sprint(answer.Message, "\n", answer.Detail), ""
}

func envelopeOf(m protoreflect.MethodDescriptor) envelope {
	var found envelope
	longest := 0
	for prefix, e := range envelopes {
		if strings.HasPrefix(string(m.FullName()), prefix) && len(prefix) > longest {
			found, longest = e, len(prefix)
		}
	}
	return found
}

// unkeyCodes are those of Unkey's v1 that a client's mistake can have.
var unkeyCodes = map[string]bool{"BAD_REQUEST": true, "UNAUTHORIZED": true, "FORBIDDEN": true, "NOT_FOUND": true, "METHOD_NOT_ALLOWED": true, "CONFLICT": true}

func unkeyEnvelope(res *http.Response, body []byte) (message, complaint string) {
	var answer struct {
		Error struct{ Code, Docs, Message, RequestID string }
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		return "", "not JSON"
	}
	e := answer.Error
	if !unkeyCodes[e.Code] || e.Message == "" || !strings.HasSuffix(e.Docs, e.Code) || e.RequestID != res.Header.Get("Unkey-Request-Id") {
		return "", "not Unkey's envelope"
	}
	return e.Message, ""
}

func unkeyEnvelopeV2(res *http.Response, body []byte) (message, complaint string) {
	var answer struct {
		Meta  struct{ RequestID string }
		Error struct {
			Title, Detail, Type string
			Status              int
			Errors              []struct{ Location, Message string }
		}
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		return "", "not JSON"
	}
	e := answer.Error
	if e.Title == "" || e.Detail == "" || e.Status != res.StatusCode || !strings.HasPrefix(e.Type, "https://unkey.com/docs/errors/") ||
		answer.Meta.RequestID == "" || answer.Meta.RequestID != res.Header.Get("Unkey-Request-Id") || (e.Status == http.StatusBadRequest) != (e.Errors != nil) {
		return "", "not the envelope of Unkey's v2"
	}
	message = e.Detail
	for _, one := range e.Errors {
		message += "\n" + one.Location + "\n" + one.Message
	}
	return message, ""
}

// judge sends a request and says what is wrong with the answer; empty when nothing is.
func judge(client *http.Client, r request) string {
	q, err := http.NewRequest(r.method, r.url, strings.NewReader(r.body))
	if err != nil {
		return "" // not a request that any client can send
	}
	q.Header = r.header
	res, err := client.Do(q)
	if err != nil && r.header.Get("Expect") != "" {
		return "" // as below: net/http answers without reading the body, and may cut off who still sends it
	}
	if err != nil {
		return "no answer: " + err.Error()
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	switch {
	case err != nil:
		return "broken answer: " + err.Error()
	case res.StatusCode >= 500:
		return fmt.Sprintf("status %d: %s", res.StatusCode, body)
	case res.StatusCode < 400 || r.method == http.MethodHead:
		return ""
	case res.StatusCode == http.StatusExpectationFailed && len(body) == 0:
		return "" // net/http's own answer to an Expect that nobody knows
	}
	message, complaint := r.envelope(res, body)
	if complaint != "" {
		return fmt.Sprintf("status %d, %s: %s", res.StatusCode, complaint, body)
	}
	for _, word := range leaks {
		if strings.Contains(message, word) {
			return fmt.Sprintf("status %d, leaks %q: %s", res.StatusCode, word, body)
		}
	}
	return ""
}
