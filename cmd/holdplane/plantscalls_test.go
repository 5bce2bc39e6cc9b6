package main

import (
	"crypto/rand"
	"fmt"
	"regexp"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/dynamicpb"
)

// calls makes every public call, as the descriptors have it, in four ways: with nothing
// but planted values, right with planted values wherever they may be, both over gRPC and
// as JSON, with a wrong key, and malformed. It returns the names of the calls that never
// succeeded.
func (p *planting) calls(s *server) (failed []string) {
	w := newWorldOf(p.t, s, p.tenant, p.key)
	for _, known := range []string{w.contabo, w.keystone, personPassword} {
		p.plant(known)
	}
	p.secretID = w.secret(p.t)
	for _, m := range ownMethods() {
		r := rows[fullName(m)]
		if r.door == operator {
			continue // wrongCalls makes these: what they take is shown in the stores' keys
		}
		wrong, key := dynamicpb.NewMessage(m.Input()), ofProduct(m, p.key, w.keystone)
		if m.ParentFile().Package() == "holdplane.secretcontainer.v1" { // not all of it is for users
			key = p.key
		}
		p.filler().fill(wrong)
		p.invoke(s, m, wrong, key)
		p.json(s, m, wrong, p.value())
		p.json(s, m, wrong, key)
		p.malformed(s, m)
		succeeded := p.invoke(s, m, p.filled(w, m, r), key)
		succeeded = p.json(s, m, p.filled(w, m, r), key) && succeeded
		if !succeeded && r.right == codes.OK { // links come by mail, and authorizations by a browser
			failed = append(failed, string(m.FullName()))
		}
	}
	return failed
}

// filler plants everywhere but in names of projects, which are in the stores' keys.
func (p *planting) filler() filler {
	return filler{text: func(field protoreflect.Name) string {
		if field == "project_id" {
			return rand.Text()
		}
		return p.value()
	}}
}

// fitting plants where a new value can be, and else what is there.
func (p *planting) fitting() filler {
	return filler{text: func(field protoreflect.Name) string {
		switch field {
		case "cursor", "namespace_id", "plaintext", "id": // another field says it
			return ""
		case "roles":
			return p.roleName
		case "permissions":
			return p.slug
		case "email":
			return p.value() + "@example.com"
		case "api_name":
			return "/v1/users"
		case "start_date", "end_date":
			return "2026-01-01"
		case "secret_id":
			return p.secretID
		case "payload_content_type":
			return "text/plain"
		case "redirect_url", "totp", "passcode", "accept": // those must be known
			return ""
		case "configuration", "delivery_url", "events", "redirect_uri", "session_length", "issued_at", "allow_actions", "unified_apis": // and these well-formed
			return ""
		case "path", "connector_id", "http_methods", "exclude_unified_apis":
			return ""
		}
		return p.value()
	}}
}

// filled is a valid request for a method, with planted values where it has none.
func (p *planting) filled(w *world, m protoreflect.MethodDescriptor, r row) proto.Message {
	request := r.request(p.t, w)
	texts(request.ProtoReflect(), p.learn)
	p.fitting().fill(request.ProtoReflect())
	return request
}

// shownID begins ids that are in the stores' keys, or that the audit log shows.
var shownID = regexp.MustCompile(`^(id_|consumer_|webhook_|app-|https://)`)

// learn plants what the server made up.
func (p *planting) learn(text string) {
	if len(text) >= 20 && !shownID.MatchString(text) {
		p.plant(text)
	}
}

func (p *planting) invoke(s *server, m protoreflect.MethodDescriptor, request proto.Message, key string) (succeeded bool) {
	answer := dynamicpb.NewMessage(m.Output())
	err := s.public.Invoke(bearing(p.t.Context(), key), fullName(m), request, answer)
	texts(answer, p.learn)
	return err == nil
}

// secretMember is a key in an answer in JSON.
var secretMember = regexp.MustCompile(`"key":"([^"]{20,})"`)

func (p *planting) json(s *server, m protoreflect.MethodDescriptor, request proto.Message, key string) (succeeded bool) {
	o, ok := s.outgoing(p.t, m, request, key)
	if !ok {
		return true
	}
	status, answer := s.deliver(p.t, o)
	for _, found := range secretMember.FindAllStringSubmatch(answer, -1) {
		p.plant(found[1])
	}
	return fits(status, codes.OK)
}

// malformed sends what no message is read from, or what no message may have.
func (p *planting) malformed(s *server, m protoreflect.MethodDescriptor) {
	at, ok := placeOf(m)
	if !ok || !at.body {
		return
	}
	member := fieldsOf(m.Input())[0].JSONName()
	for _, form := range []string{`%s`, `"%s`, `{"%s":1}`, `[{"%s":1}]`, `{%[2]q:{"%[1]s":1}}`, `{%[2]q:["%[1]s"]}`, `{%[2]q:"%[1]s",%[2]q:"%[1]s"}`, `{%[2]q:"%[1]s"`, `{%[2]q:%[1]s}`} {
		s.send(p.t, at.verb, p.key, at.template, fmt.Sprintf(form+"%.0[2]s", p.value(), member))
	}
}
