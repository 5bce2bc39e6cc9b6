package main

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"

	"google.golang.org/grpc/metadata"
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
	for _, m := range ownMethods() {
		r := rows[fullName(m)]
		if r.door == operator {
			continue // wrongCalls makes these: what they take is shown in the stores' keys
		}
		wrong := dynamicpb.NewMessage(m.Input())
		p.filler().fill(wrong)
		p.invoke(s, m, wrong)
		p.json(s, m, wrong, p.value())
		p.json(s, m, wrong, p.key)
		p.malformed(s, m)
		succeeded := p.invoke(s, m, p.filled(w, m, r))
		if !p.json(s, m, p.filled(w, m, r), p.key) || !succeeded {
			failed = append(failed, string(m.FullName()))
		}
	}
	return failed
}

// filler plants everywhere.
func (p *planting) filler() filler {
	return filler{text: func(protoreflect.Name) string { return p.value() }}
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

// learn plants what the server made up. Ids are in the stores' keys.
func (p *planting) learn(text string) {
	if len(text) >= 20 && !strings.HasPrefix(text, "id_") {
		p.plant(text)
	}
}

func (p *planting) invoke(s *server, m protoreflect.MethodDescriptor, request proto.Message) (succeeded bool) {
	answer := dynamicpb.NewMessage(m.Output())
	ctx := metadata.AppendToOutgoingContext(p.t.Context(), "authorization", "Bearer "+p.key)
	err := s.public.Invoke(ctx, fullName(m), request, answer)
	texts(answer, p.learn)
	return err == nil
}

// secretMember is a key in an answer in JSON.
var secretMember = regexp.MustCompile(`"key":"([^"]{20,})"`)

func (p *planting) json(s *server, m protoreflect.MethodDescriptor, request proto.Message, key string) (succeeded bool) {
	at, ok := placeOf(m)
	if !ok {
		return true
	}
	status, answer := s.deliver(p.t, at.outgoing(p.t, m, request, key))
	for _, found := range secretMember.FindAllStringSubmatch(answer, -1) {
		p.plant(found[1])
	}
	return status == http.StatusOK
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
