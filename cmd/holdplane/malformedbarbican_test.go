package main

import (
	"encoding/base64"
	"net/url"
	"strings"
)

// barbican completes a request with what Barbican's clients send, nearly: payloads as they are,
// objects with the names of its schemas, and what lists are asked for with.
func (g *generator) barbican(r *request, rt route, base string) {
	switch {
	case rt.input.Name() == "StorePayloadRequest":
		r.header.Set("Content-Type", pick(g, "text/plain", "text/plain; charset=utf-8", "application/octet-stream", "application/pkcs8", "*/*", jsonType))
		r.header.Set("Content-Encoding", pick(g, "", "base64", "gzip", "utf-8"))
		r.body = g.payload()
	case rt.body:
		r.body = strings.NewReplacer("{base}", base).Replace(g.barbicanObject(rt))
	default:
		r.header.Set("Accept", pick(g, "", "*/*", jsonType, "text/plain", "application/octet-stream", "text/plain; charset=utf-16", "a/b, */*;q=0", ",;"))
		r.url += "?" + g.barbicanQuery()
	}
	r.header.Set("Openstack-Api-Version", pick(g, "key-manager 1.0", "key-manager 1.1", "key-manager latest", "key-manager 9.9", "key-manager x", "volume 3", "ünïcödé"))
}

func (g *generator) payload() string {
	return pick(g, "", "text", "\x00\xff", base64.StdEncoding.EncodeToString([]byte(g.text())), "=", "ab=c", strings.Repeat("p", 20_001), g.text())
}

// barbicanObject is an object whose members have the names that some schema knows.
func (g *generator) barbicanObject(rt route) string {
	secret := func() string { return quoted("{base}/v1/secrets/" + pick(g, append(g.known, "", g.text())...)) }
	members := map[string]func() string{
		"name": func() string { return quoted(g.text()) }, "URL": func() string { return quoted(g.text()) },
		"payload": func() string { return quoted(g.payload()) }, "payload_content_type": func() string {
			return quoted(pick(g, "text/plain", "application/octet-stream", "application/pkcs8", g.text()))
		},
		"payload_content_encoding": func() string { return quoted(pick(g, "base64", "gzip")) },
		"secret_type":              func() string { return quoted(pick(g, "opaque", "passphrase", "x")) },
		"algorithm":                func() string { return quoted(pick(g, "aes", "rsa", g.text())) },
		"bit_length":               func() string { return pick(g, "256", "0", "-1", "32768", "1e2", "8.0", "1e400") },
		"expiration": func() string {
			return quoted(pick(g, "2100-01-01", "2100-02-30", "1999-01-01", "99999-01-01", "2100-01-01T00:00:00+99:99", ""))
		},
		"secret_ref": secret,
		"type":       func() string { return quoted(pick(g, "generic", "rsa", "certificate", "key", "asymmetric", "x")) },
		"secret_refs": func() string {
			return "[{" + quoted("name") + ":" + quoted(g.text()) + "," + quoted("secret_ref") + ":" + secret() + "}]"
		},
		"meta":     func() string { return g.object(fieldsOf(rt.input), 1) },
		"metadata": func() string { return "{" + quoted(g.text()) + ":" + quoted(g.text()) + "}" },
		"key":      func() string { return quoted(pick(g, "k", g.text())) }, "value": func() string { return quoted(g.text()) },
		"read": func() string {
			return `{"users":[` + quoted(g.text()) + "," + g.value(0) + `],"project-access":` + pick(g, "true", "false", "1") + "}"
		},
		"service": func() string { return quoted(g.text()) }, "resource_type": func() string { return quoted(g.text()) }, "resource_id": func() string { return quoted(g.text()) },
		"project_quotas": func() string { return `{"secrets":` + pick(g, "-1", "0", "5", "1e9", "99999999999") + "}" },
	}
	return g.some(rt, members)
}

// some is an object of members, mostly of those that a request has.
func (g *generator) some(rt route, members map[string]func() string) string {
	var all []string
	for name, value := range members {
		field := strings.ToLower(strings.TrimSuffix(name, "_ref"))
		own := rt.input.Fields().ByTextName(field) != nil || rt.input.Fields().ByTextName(field+"_id") != nil
		if own && g.IntN(5) == 0 || !own && g.IntN(20) > 0 {
			continue
		}
		text := value()
		if g.IntN(8) == 0 {
			text = g.value(0)
		}
		all = append(all, quoted(name)+":"+text)
	}
	return "{" + strings.Join(all, ",") + "}"
}

func (g *generator) barbicanQuery() string {
	q := url.Values{}
	for range g.IntN(4) {
		q.Add(pick(g, "limit", "offset", "name", "alg", "mode", "bits", "secret_type", "acl_only", "created", "expiration", "sort", "force", "meta", "type"),
			pick(g, "1", "-1", "99999999999999999999", "true", "gt:2026-01-01,lt:2027-01-01", "gte:x", "name:desc,created", "name,name", "%", "_", "\\", g.text()))
	}
	return q.Encode()
}
