package main

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"path"
	"strings"
)

// kept makes secrets in all ways, right and wrong, with everything that belongs to them, reads
// them, and deletes them to be brought back, to be ended, and to be kept.
func (p *planting) kept(s *server) {
	p.run("secrets", "retention", "30d", "--tenant", p.tenant)
	for range 5 {
		secrets := append(p.inTwoSteps(s), p.inOneStep(s)...)
		for _, secret := range secrets {
			p.described(s, secret)
		}
		p.contained(s, secrets)
		p.refused(s, secrets[0])
		for n, command := range []string{"undelete", "purge", ""} {
			p.barbican(s, http.StatusNoContent, http.MethodDelete, secrets[n], "", "")
			if command != "" {
				p.run("secrets", command, path.Base(secrets[n]), "--tenant", p.tenant)
			}
		}
		p.barbican(s, http.StatusOK, http.MethodGet, secrets[0]+"/payload", "", "")
	}
}

// barbican makes a request and returns the path of what it made.
func (p *planting) barbican(s *server, want int, method, path, contentType, body string) (made string) {
	p.t.Helper()
	status, answer := s.sendBarbican(p.t, method, p.key, path, contentType, body)
	if status != want {
		p.t.Errorf("%s %s answers %d, want %d: %s", method, path, status, want, answer)
	}
	var refs map[string]any
	if json.Unmarshal([]byte(answer), &refs) != nil {
		return ""
	}
	for _, name := range []string{"secret_ref", "container_ref", "order_ref"} {
		if made = strings.TrimPrefix(textOf(refs[name]), s.baseURL); made != "" {
			return made
		}
	}
	return ""
}

func (p *planting) inOneStep(s *server) []string {
	text := fmt.Sprintf(`{"name":%q,"payload":%q,"payload_content_type":"text/plain","algorithm":%q,"mode":%q}`, p.value(), p.value(), p.value(), p.value())
	encoded := base64.StdEncoding.EncodeToString([]byte(p.value()))
	bytes := fmt.Sprintf(`{"name":%q,"payload":%q,"payload_content_type":"application/octet-stream","payload_content_encoding":"base64"}`, p.value(), encoded)
	var made []string
	for _, body := range []string{text, bytes} {
		made = append(made, p.barbican(s, http.StatusCreated, http.MethodPost, "/v1/secrets", jsonType, body))
	}
	return made
}

func (p *planting) inTwoSteps(s *server) []string {
	var made []string
	for contentType, more := range map[string]string{"text/plain": "", "application/octet-stream": "\x00\xff"} {
		secret := p.barbican(s, http.StatusCreated, http.MethodPost, "/v1/secrets", jsonType, fmt.Sprintf(`{"name":%q}`, p.value()))
		p.barbican(s, http.StatusNoContent, http.MethodPut, secret, contentType, p.value()+more)
		p.barbican(s, http.StatusConflict, http.MethodPut, secret, contentType, p.value())
		made = append(made, secret)
	}
	secret := p.barbican(s, http.StatusCreated, http.MethodPost, "/v1/secrets", jsonType, "{}")
	o := outgoing{method: http.MethodPut, path: secret, body: base64.StdEncoding.EncodeToString([]byte(p.value())), header: http.Header{
		"X-Auth-Token": {p.key}, "Content-Type": {"application/octet-stream"}, "Content-Encoding": {"base64"},
	}}
	if status, answer := s.deliver(p.t, o); status != http.StatusNoContent {
		p.t.Errorf("a payload in base64 answers %d %s", status, answer)
	}
	return append(made, secret)
}

// described gives a secret metadata, a reader and a consumer, and reads all of it. Ids of
// users are in the stores' keys.
func (p *planting) described(s *server, secret string) {
	key := p.plant(strings.ToLower(p.value()))
	p.barbican(s, http.StatusCreated, http.MethodPut, secret+"/metadata", jsonType, fmt.Sprintf(`{"metadata":{%q:%q}}`, key, p.value()))
	p.barbican(s, http.StatusCreated, http.MethodPost, secret+"/metadata", jsonType, fmt.Sprintf(`{"key":"k","value":%q}`, p.value()))
	p.barbican(s, http.StatusOK, http.MethodPut, secret+"/metadata/k", jsonType, fmt.Sprintf(`{"key":"k","value":%q}`, p.value()))
	p.barbican(s, http.StatusNotFound, http.MethodGet, secret+"/metadata/"+p.value(), "", "")
	p.barbican(s, http.StatusOK, http.MethodPut, secret+"/acl", jsonType, fmt.Sprintf(`{"read":{"users":[%q],"project-access":false}}`, rand.Text()))
	p.barbican(s, http.StatusOK, http.MethodPost, secret+"/consumers", jsonType, fmt.Sprintf(`{"service":%q,"resource_type":%q,"resource_id":%q}`, p.value(), p.value(), p.value()))
	for _, of := range []string{"", "/payload", "/metadata", "/metadata/k", "/metadata/" + key, "/acl", "/consumers"} {
		p.barbican(s, http.StatusOK, http.MethodGet, secret+of, "", "")
	}
}

// contained puts secrets into a container, names who uses it, and orders keys.
func (p *planting) contained(s *server, secrets []string) {
	refs := make([]string, len(secrets))
	for i, secret := range secrets {
		refs[i] = fmt.Sprintf(`{"name":%q,"secret_ref":%q}`, p.value(), s.baseURL+secret)
	}
	container := p.barbican(s, http.StatusCreated, http.MethodPost, "/v1/containers", jsonType, fmt.Sprintf(`{"type":"generic","name":%q,"secret_refs":[%s]}`, p.value(), strings.Join(refs, ",")))
	p.barbican(s, http.StatusOK, http.MethodPost, container+"/consumers", jsonType, fmt.Sprintf(`{"name":%q,"URL":%q}`, p.value(), p.value()))
	p.barbican(s, http.StatusOK, http.MethodPut, container+"/acl", jsonType, fmt.Sprintf(`{"read":{"users":[%q]}}`, p.value()))
	for _, kind := range []string{`"key","meta":{"algorithm":"aes"`, `"asymmetric","meta":{"algorithm":"rsa"`} {
		order := p.barbican(s, http.StatusAccepted, http.MethodPost, "/v1/orders", jsonType, fmt.Sprintf(`{"type":%s,"bit_length":256,"name":%q,"mode":%q}}`, kind, p.value(), p.value()))
		p.barbican(s, http.StatusOK, http.MethodGet, order, "", "")
	}
	for _, list := range []string{"/v1/secrets?name=", "/v1/secrets?alg=", "/v1/containers?name=", "/v1/orders?meta=", container + "/consumers?name="} {
		p.barbican(s, http.StatusOK, http.MethodGet, list+p.value(), "", "")
	}
}

// refused sends payloads that are not kept.
func (p *planting) refused(s *server, secret string) {
	for _, form := range []string{
		`{"payload":"%s"}`, `{"payload":"%s","payload_content_type":"x/y"}`, `{"payload":["%s"]}`, `{"payload":"%s`, `{"payload":"%s","payload_content_type":"text/plain","expiration":"1999-01-01"}`,
		`{"payload":"%s=","payload_content_type":"application/octet-stream","payload_content_encoding":"base64"}`, `{"payload":"x","payload_content_type":"%s"}`, `{"expiration":"%s"}`, `{"secret_type":"%s"}`, `["%s"]`,
	} {
		p.barbican(s, http.StatusBadRequest, http.MethodPost, "/v1/secrets", jsonType, fmt.Sprintf(form, p.value()))
	}
	long := p.value() + strings.Repeat("x", 20_000)
	p.barbican(s, http.StatusRequestEntityTooLarge, http.MethodPost, "/v1/secrets", jsonType, `{"payload":"`+long+`","payload_content_type":"text/plain"}`)
	p.barbican(s, http.StatusRequestEntityTooLarge, http.MethodPut, secret, "text/plain", long)
	p.barbican(s, http.StatusUnsupportedMediaType, http.MethodPut, secret, p.value()+"/"+p.value(), p.value())
	p.barbican(s, http.StatusBadRequest, http.MethodPost, secret+"/metadata", jsonType, fmt.Sprintf(`{"key":"%s !","value":"%s"}`, p.value(), p.value()))
	p.barbican(s, http.StatusBadRequest, http.MethodPut, secret+"/acl", jsonType, fmt.Sprintf(`{"write":{"users":["%s"]}}`, p.value()))
}
