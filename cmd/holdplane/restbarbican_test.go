package main

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
)

// toBarbican says what a message says as Barbican's clients do: payloads of a second step as
// they are, the wanted type as a header, and other objects by their addresses.
func (p place) toBarbican(t *testing.T, base string, m proto.Message, o *outgoing) {
	t.Helper()
	text, err := protojson.MarshalOptions{UseProtoNames: true}.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	var said map[string]any
	if err := json.Unmarshal(text, &said); err != nil {
		t.Fatal(err)
	}
	for _, f := range fieldsOf(m.ProtoReflect().Descriptor()) {
		if p.inPath(f) {
			delete(said, string(f.Name()))
		}
	}
	o.path = p.path(m)
	if accept, _ := said["accept"].(string); accept != "" {
		o.header.Set("Accept", accept)
		delete(said, "accept")
	}
	switch {
	case m.ProtoReflect().Descriptor().Name() == "StorePayloadRequest":
		o.header.Set("Content-Type", textOf(said["content_type"]))
		o.body = decoded(said["payload"])
	case p.body:
		o.body = jsonOf(t, toWords(base, said))
	default:
		o.path += "?" + inQuery(said)
	}
}

// inQuery spells filters: a list of bounds, or of keys to sort by, as one parameter.
func inQuery(said map[string]any) string {
	q := url.Values{}
	for name, value := range said {
		list, ok := value.([]any)
		if !ok {
			q.Set(name, fmt.Sprint(value))
			continue
		}
		var words []string
		for _, one := range list {
			item, _ := one.(map[string]any)
			words = append(words, textOf(item["time"])+textOf(item["key"]))
		}
		q.Set(name, strings.Join(words, ","))
	}
	return q.Encode()
}

// toWords spells members as Barbican does.
func toWords(base string, v any) any {
	if list, ok := v.([]any); ok {
		for i := range list {
			list[i] = toWords(base, list[i])
		}
		return list
	}
	members, ok := v.(map[string]any)
	if !ok {
		return v
	}
	words := map[string]any{}
	for name, value := range members {
		switch name {
		case "secret_id":
			words["secret_ref"] = base + "/v1/secrets/" + textOf(value)
		case "project_access":
			words["project-access"] = value
		case "url":
			words["URL"] = value
		case "users":
			words[name] = append([]any{}, idsOf(value)...)
		case "payload":
			words[name] = decoded(value)
			if members["payload_content_type"] != "text/plain" {
				words[name], words["payload_content_encoding"] = value, "base64"
			}
		default:
			words[name] = toWords(base, value)
		}
	}
	return words
}

// idsOf are those of users.
func idsOf(users any) []any {
	message, _ := users.(map[string]any)
	ids, _ := message["ids"].([]any)
	return ids
}

func textOf(v any) string {
	text, _ := v.(string)
	return text
}

// decoded is a field of bytes as it is.
func decoded(v any) string {
	data, err := base64.StdEncoding.DecodeString(textOf(v))
	if err != nil {
		return textOf(v)
	}
	return string(data)
}

// sendBarbican sends a body of any type with a token, as Barbican's clients do.
func (s *server) sendBarbican(t *testing.T, method, key, path, contentType, body string) (status int, answer string) {
	t.Helper()
	o := outgoing{method: method, path: path, body: body, header: http.Header{"X-Auth-Token": {key}}}
	if contentType != "" {
		o.header.Set("Content-Type", contentType)
	}
	return s.deliver(t, o)
}
