// Package gatewaytest replays recorded requests against a running gateway.
//
// A recording is a txtar file. Its comment says what it shows and on whose word. Then
// come, in any number, sections "request" and "response" in turns:
//
//	-- request --
//	POST /v1/identities.createIdentity
//	Authorization: Bearer {{key}}
//
//	{"externalId": "user_1"}
//	-- response --
//	200
//	Content-Type: application/json
//
//	{"identityId": "{{id}}"}
//
// What stands behind the word request is the request's own name, in what is told of it.
//
// A section "headers" lists the headers that every response of the file has. A response
// must have the status, all of the headers and no other (Date, Content-Length and
// Connection aside), and a body that is the same JSON: numbers are compared as they are
// spelled. A body that is not JSON is compared as text.
//
// {{name}} stands for a variable. One that has no value yet takes what it meets in a
// response, if that is not empty; {{_}} takes anything. In bodies {{a*20000}} is so many
// times what stands before the star, and {{hex:00ff}} those bytes.
package gatewaytest

import (
	"cmp"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/textproto"
	"os"
	"regexp"
	"strconv"
	"strings"
)

// step is one request and the response it has to get.
type step struct {
	name     string // of the request, for messages
	method   string
	target   string
	header   [][2]string
	body     string
	status   int
	response http.Header
	want     string
}

func readFile(name string) ([]step, error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	var steps []step
	always := http.Header{}
	for _, s := range sections(string(data)) {
		head, body, _ := strings.Cut(s.text, "\n\n")
		first, rest, _ := strings.Cut(head, "\n")
		body = expand(strings.TrimSuffix(body, "\n"))
		kind, own, _ := strings.Cut(s.name, " ")
		switch kind {
		case "headers":
			for _, h := range headers(s.text) {
				always.Add(h[0], h[1])
			}
		case "request":
			method, target, ok := strings.Cut(strings.TrimSpace(first), " ")
			if !ok {
				return nil, fmt.Errorf("%s: request %q is not a method and a path", name, first)
			}
			steps = append(steps, step{
				name: cmp.Or(own, strconv.Itoa(len(steps)+1)) + " " + method + " " + target, method: method, target: target,
				header: headers(rest), body: body,
			})
		case "response":
			status, err := strconv.Atoi(strings.TrimSpace(first))
			if err != nil || len(steps) == 0 || steps[len(steps)-1].status != 0 {
				return nil, fmt.Errorf("%s: response %q is not a status behind a request", name, first)
			}
			last := &steps[len(steps)-1]
			last.status, last.want, last.response = status, body, always.Clone()
			for _, h := range headers(rest) {
				last.response.Add(h[0], h[1])
			}
		default:
			return nil, fmt.Errorf("%s: there is no section %q", name, s.name)
		}
	}
	return steps, nil
}

var (
	repeated = regexp.MustCompile(`\{\{([^{}*]+)\*(\d{1,6})\}\}`)
	encoded  = regexp.MustCompile(`\{\{hex:((?:[0-9a-f]{2})+)\}\}`)
)

// expand writes out what recordings have in short.
func expand(body string) string {
	body = repeated.ReplaceAllStringFunc(body, func(s string) string {
		m := repeated.FindStringSubmatch(s)
		times, err := strconv.Atoi(m[2])
		if err != nil {
			return s
		}
		return strings.Repeat(m[1], times)
	})
	return encoded.ReplaceAllStringFunc(body, func(s string) string {
		data, err := hex.DecodeString(encoded.FindStringSubmatch(s)[1])
		if err != nil {
			return s
		}
		return string(data)
	})
}

type section struct{ name, text string }

// sections splits a txtar file; the comment is dropped.
func sections(data string) []section {
	var all []section
	for line := range strings.Lines(data) {
		text := strings.TrimRight(line, "\r\n")
		if name, ok := strings.CutPrefix(text, "-- "); ok && strings.HasSuffix(name, " --") {
			all = append(all, section{name: strings.TrimSpace(strings.TrimSuffix(name, "--"))})
		} else if len(all) > 0 {
			all[len(all)-1].text += line
		}
	}
	return all
}

func headers(text string) [][2]string {
	var all [][2]string
	for line := range strings.Lines(text) {
		if name, value, ok := strings.Cut(strings.TrimSpace(line), ":"); ok {
			all = append(all, [2]string{textproto.CanonicalMIMEHeaderKey(name), strings.TrimSpace(value)})
		}
	}
	return all
}
