package main

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
)

// safe is what a writer keeps in secret-container, as far as the writer knows.
type safe struct {
	secrets   []keptSecret
	container string
	consumers map[string]bool // of the container, by name
	orders    []string
	made      int // names of secrets end in it
	unsure    unsure
}

// keptSecret is a secret; payload is nil when it has none.
type keptSecret struct {
	id      string
	payload []byte
}

// unsure is the change that the server died over.
type unsure struct {
	name            string // of a new secret
	payload         []byte // of the new one, or of the filled one
	filled, deleted string // ids
	consumer        string // comes or goes
}

// keptSecrets bounds what a writer keeps: all of it is read after every kill.
const keptSecrets = 3

// useSafe makes one change in secret-container; false when the server is gone, or about to go.
func (c *crash) useSafe(s *server, w *writer) bool {
	v := &w.safe
	v.unsure = unsure{}
	if v.container == "" {
		id, known := c.make(s, http.StatusCreated, "/v1/containers", `{"type":"generic"}`)
		v.container, v.consumers = id, map[string]bool{}
		return known
	}
	switch n := w.random.IntN(8); {
	case n < 3:
		return c.toggleConsumer(s, w)
	case n == 3 && len(v.orders) < keptSecrets:
		id, known := c.make(s, http.StatusAccepted, "/v1/orders", `{"type":"key","meta":{"name":"order","algorithm":"aes","bit_length":256}}`)
		if known {
			v.orders = append(v.orders, id)
		}
		return known
	case len(v.secrets) == keptSecrets:
		return c.dropSecret(s, v)
	}
	return c.keepSecret(s, w, w.random.IntN(2) == 0)
}

// keepSecret makes a secret with a payload, in one step or in two.
func (c *crash) keepSecret(s *server, w *writer, twice bool) bool {
	v := &w.safe
	v.made++
	payload := make([]byte, 1+w.random.IntN(3000))
	for i := range payload {
		payload[i] = byte(w.random.Uint32())
	}
	v.unsure = unsure{name: fmt.Sprintf("safe/%d/%d", w.number, v.made), payload: payload}
	body := fmt.Sprintf(`{"name":%q,"payload":%q,"payload_content_type":"application/octet-stream","payload_content_encoding":"base64"}`,
		v.unsure.name, base64.StdEncoding.EncodeToString(payload))
	if twice {
		v.unsure.payload = nil
		body = fmt.Sprintf(`{"name":%q}`, v.unsure.name)
	}
	id, known := c.make(s, http.StatusCreated, "/v1/secrets", body)
	if !known {
		return false
	}
	v.secrets = append(v.secrets, keptSecret{id, v.unsure.payload})
	if !twice {
		return true
	}
	v.unsure = unsure{filled: id, payload: payload}
	if _, known = c.barbican(s, http.StatusNoContent, http.MethodPut, "/v1/secrets/"+id, "application/octet-stream", string(payload)); known {
		v.secrets[len(v.secrets)-1].payload = payload
	}
	return known
}

// dropSecret deletes the oldest one.
func (c *crash) dropSecret(s *server, v *safe) bool {
	v.unsure = unsure{deleted: v.secrets[0].id}
	_, known := c.barbican(s, http.StatusNoContent, http.MethodDelete, "/v1/secrets/"+v.secrets[0].id, "", "")
	if known {
		v.secrets = v.secrets[1:]
	}
	return known
}

// toggleConsumer registers a consumer of the writer's container, or ends it.
func (c *crash) toggleConsumer(s *server, w *writer) bool {
	v, method := &w.safe, http.MethodPost
	name := userName(w.random.IntN(names))
	if v.consumers[name] {
		method = http.MethodDelete
	}
	v.unsure = unsure{consumer: name}
	_, known := c.barbican(s, http.StatusOK, method, "/v1/containers/"+v.container+"/consumers", jsonType, fmt.Sprintf(`{"name":%q,"URL":"http://crash"}`, name))
	if known {
		v.consumers[name] = method == http.MethodPost
	}
	return known
}

func userName(n int) string { return fmt.Sprintf("user-%d", n) }

// make makes something and returns its id.
func (c *crash) make(s *server, want int, path, body string) (id string, known bool) {
	answer, known := c.barbican(s, want, http.MethodPost, path, jsonType, body)
	if !known {
		return "", false
	}
	var refs map[string]string
	if err := json.Unmarshal(answer, &refs); err != nil || len(refs) != 1 {
		c.t.Errorf("%s answers %s: %v", path, answer, err)
	}
	for _, ref := range refs {
		id = ref[strings.LastIndexByte(ref, '/')+1:]
	}
	return id, id != ""
}

// barbican sends a request. It is not known what became of it when the server died over it.
func (c *crash) barbican(s *server, want int, method, path, contentType, body string) (answer []byte, known bool) {
	r, err := http.NewRequest(method, s.baseURL+path, strings.NewReader(body))
	if err != nil {
		c.t.Error(err)
		return nil, false
	}
	r.Header.Set("X-Auth-Token", crashKey)
	r.Header.Set("Content-Type", contentType)
	status, answer, err := do(c.client, r)
	if err == nil && status == want {
		return answer, true
	}
	if (err == nil && status < http.StatusInternalServerError) || !c.ending.Load() {
		c.t.Errorf("%s %s answers %d %s (%v), want %d", method, path, status, answer, err, want)
	}
	return nil, false
}
