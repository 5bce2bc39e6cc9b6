package main

import (
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"google.golang.org/genproto/googleapis/api/annotations"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/holdplane/holdplane/gateway"
	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	"github.com/holdplane/holdplane/pkg/wirejson"
)

// place is where the JSON gateway serves a method.
type place struct {
	verb, template string
	body           bool // whether the message comes in the body, not in the query
}

// placeOf returns the place of a method; ok is false for those that have none.
func placeOf(m protoreflect.MethodDescriptor) (at place, ok bool) {
	rule, _ := proto.GetExtension(m.Options(), annotations.E_Http).(*annotations.HttpRule)
	at.body = rule.GetBody() != ""
	switch p := rule.GetPattern().(type) {
	case *annotations.HttpRule_Get:
		at.verb, at.template = http.MethodGet, p.Get
	case *annotations.HttpRule_Put:
		at.verb, at.template = http.MethodPut, p.Put
	case *annotations.HttpRule_Post:
		at.verb, at.template = http.MethodPost, p.Post
	case *annotations.HttpRule_Delete:
		at.verb, at.template = http.MethodDelete, p.Delete
	case *annotations.HttpRule_Patch:
		at.verb, at.template = http.MethodPatch, p.Patch
	case *annotations.HttpRule_Custom:
		at.verb, at.template = p.Custom.GetKind(), p.Custom.GetPath()
	}
	return at, at.template != ""
}

// variable of a path template: {user_id}, {name=users/*}.
var pathVariable = regexp.MustCompile(`\{([^}=]+)(=[^}]*)?\}`)

// inPath tells whether a field comes from the path.
func (p place) inPath(field protoreflect.FieldDescriptor) bool {
	return slices.ContainsFunc(pathVariable.FindAllStringSubmatch(p.template, -1), func(v []string) bool { return v[1] == string(field.Name()) })
}

// fill puts values in the place of the variables.
func (p place) fill(value func(field string) string) string {
	return pathVariable.ReplaceAllStringFunc(p.template, func(v string) string {
		found := pathVariable.FindStringSubmatch(v)
		text := url.PathEscape(value(found[1]))
		if strings.Contains(found[2], "/") || strings.Contains(found[2], "**") {
			text = strings.ReplaceAll(text, "%2F", "/") // the variable spans segments
		}
		return text
	})
}

// outgoing is what a client of the method's product sends to a server to say what a message
// says. It has the headers of all products: each reads its own.
func (s *server) outgoing(t *testing.T, m protoreflect.MethodDescriptor, message proto.Message, credential string) (o outgoing, ok bool) {
	t.Helper()
	p, ok := placeOf(m)
	if !ok {
		return o, false
	}
	d := dialectOf(t, m.Parent())
	o = outgoing{method: p.verb, header: http.Header{"Content-Type": {mediaType(d)}, "X-Request-Id": {uuid.NewString()}}}
	if credential != "" {
		o.header.Set("Authorization", "Bearer "+credential)
		o.header.Set("X-Auth-Token", credential)
	}
	if f := m.Input().Fields().ByName("subject_token"); f != nil {
		o.header.Set("X-Subject-Token", message.ProtoReflect().Get(f).String())
	}
	if d.Name == "barbican" {
		p.toBarbican(t, s.baseURL, message, &o)
	} else {
		for header, field := range map[string]protoreflect.Name{"X-Apideck-App-Id": "application_id", "X-Apideck-Consumer-Id": "consumer_id"} {
			if f := m.Input().Fields().ByName(field); f != nil {
				o.header.Set(header, message.ProtoReflect().Get(f).String())
			}
		}
		o.path, o.body = p.target(t, d.Codec, message, mediaType(d))
	}
	return o, true
}

// mediaType is what a dialect's bodies are.
func mediaType(d gateway.Dialect) string {
	if len(d.MediaTypes) > 0 {
		return d.MediaTypes[0]
	}
	return jsonType
}

const jsonType = "application/json"

// target returns path, query and body by which a client says what a message says.
func (p place) target(t *testing.T, codec *wirejson.Codec, m proto.Message, media string) (path, body string) {
	t.Helper()
	md := m.ProtoReflect()
	path = p.path(m)
	text, err := codec.Append(nil, m)
	if err != nil {
		t.Fatal(err)
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(text, &members); err != nil {
		return path, string(text) // the wire's body is an array
	}
	for i := range md.Descriptor().Fields().Len() {
		if f := md.Descriptor().Fields().Get(i); p.inPath(f) {
			delete(members, codec.Path(md.Descriptor(), string(f.Name())).String())
		}
	}
	switch {
	case !p.body:
		return path + "?" + queryOf(members), ""
	case media != jsonType:
		return path, queryOf(members)
	}
	return path, jsonOf(t, members)
}

// path is the one that a message leads to.
func (p place) path(m proto.Message) string {
	md := m.ProtoReflect()
	return p.fill(func(field string) string {
		return md.Get(md.Descriptor().Fields().ByName(protoreflect.Name(field))).String()
	})
}

func jsonOf(t *testing.T, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// queryOf spells members as parameters: a list as one for each of its elements.
func queryOf(members map[string]json.RawMessage) string {
	q := url.Values{}
	for name, text := range members {
		var list []json.RawMessage
		if json.Unmarshal(text, &list) != nil {
			list = []json.RawMessage{text}
		}
		for _, one := range list {
			spelled := string(one)
			var s string
			if json.Unmarshal(one, &s) == nil {
				spelled = s
			}
			q.Add(name, spelled)
		}
	}
	return q.Encode()
}

// dialectOf is the dialect that speaks for a service.
func dialectOf(t *testing.T, service protoreflect.Descriptor) gateway.Dialect {
	t.Helper()
	for _, d := range dialects() {
		if slices.ContainsFunc(d.Services, func(s gateway.Service) bool { return s.Name() == string(service.FullName()) }) {
			return d
		}
	}
	t.Fatalf("%s has paths, but no dialect serves it: see dialects in services.go", service.FullName())
	return gateway.Dialect{}
}

// The requests of REST wires to come are made right, too.
func TestPlaceFillsPathQueryAndBody(t *testing.T) {
	m := &identityv1.UpdateIdentityRequest{
		IdentityId: proto.String("id/1 ü"), Meta: `{"a":1}`, Ratelimits: []*identityv1.Ratelimit{{Name: "n", Limit: 1, Duration: 1000}},
	}
	list := &identityv1.ListIdentitiesRequest{Limit: proto.Int32(7), Cursor: proto.String("a b")}
	const rest = `{"meta":{"a":1},"ratelimits":[{"name":"n","limit":1,"duration":1000}]}`
	for _, c := range []struct {
		name       string
		at         place
		message    proto.Message
		path, body string
	}{
		{"variable", place{template: "/a/{identity_id}", body: true}, m, "/a/id%2F1%20%C3%BC", rest},
		{"variable over segments", place{template: "/a/{identity_id=id/*}/b", body: true}, m, "/a/id/1%20%C3%BC/b", rest},
		{"query", place{template: "/a"}, list, "/a?cursor=a+b&limit=7", ""},
		{"query beside a variable", place{template: "/a/{cursor}"}, list, "/a/a%20b?limit=7", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			path, body := c.at.target(t, wirejson.New(wirejson.Dialect{OmitEmpty: nil}), c.message, jsonType)
			if path != c.path || body != c.body {
				t.Errorf("got %s %s, want %s %s", path, body, c.path, c.body)
			}
		})
	}
}
