package main

import (
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	optionsv1 "github.com/holdplane/holdplane/gen/holdplane/options/v1"
)

// campaign returns the size of a campaign: small in CI, large by `make campaign`.
func campaign(ci, whole int) int {
	if os.Getenv("HOLDPLANE_CAMPAIGN") != "" {
		return whole
	}
	return ci
}

// TestMalformedCampaign sends requests that are wrong in many ways, made from the
// descriptors, so that every RPC to come is in it.
func TestMalformedCampaign(t *testing.T) {
	s := startDev(t)
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	const senders = 8
	each := campaign(20_000, 100_000) / senders
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: senders}}
	all, w := routes(t), newWorldOf(t, s, devTenant, s.rootKey)
	known, application := slices.Clip(append(w.kept(t, 20), w.vaulted(t, 5)...)), w.app(t) // senders append
	var senderGroup sync.WaitGroup
	for n := range senders {
		senderGroup.Go(func() {
			g := &generator{Rand: rand.New(rand.NewPCG(seed, uint64(n))), routes: all, key: s.rootKey, known: known, application: application}
			for range each {
				r := g.request(s.baseURL)
				if fault := judge(client, r); fault != "" {
					t.Errorf("%s %s\nContent-Type: %s\n%.300q\n%s", r.method, r.url, r.header.Get("Content-Type"), r.body, fault)
					return
				}
			}
		})
	}
	senderGroup.Wait()
	if strings.Contains(s.log.String(), "panic") {
		t.Error("the log tells of a panic")
	}
}

type request struct {
	method, url, body string
	header            http.Header
	envelope          envelope
}

// route is a method's place on the JSON gateway.
type route struct {
	place
	input    protoreflect.MessageDescriptor
	dialect  string
	media    string
	envelope envelope
}

// routes are all there are.
func routes(t *testing.T) []route {
	t.Helper()
	var all []route
	for _, m := range ownMethods() {
		at, ok := placeOf(m)
		if !ok {
			continue
		}
		e := envelopeOf(m)
		if e == nil {
			t.Errorf("nothing checks the errors of %s: add its product's envelope to envelopes in judge_test.go", m.FullName())
		}
		d := dialectOf(t, m.Parent())
		all = append(all, route{at, m.Input(), d.Name, mediaType(d), e})
	}
	if t.Failed() {
		t.FailNow()
	}
	return all
}

// generator makes requests: well-formed ones first, then spoilt in one or more ways.
type generator struct {
	*rand.Rand
	routes []route
	key    string
	known  []string // ids of what is there
	// application is the one that Apideck's clients name in a header.
	application string
}

func (g *generator) request(base string) request {
	rt := g.routes[g.IntN(len(g.routes))]
	path := rt.fill(func(string) string { return pick(g, "id_unknown", "1", g.text(), pick(g, append(g.known, "")...)) })
	r := request{method: rt.verb, url: base + path, envelope: rt.envelope, header: http.Header{
		"Authorization": {"Bearer " + g.key}, "X-Auth-Token": {g.key}, "Content-Type": {rt.media}, "X-Request-Id": {uuid.NewString()},
		"X-Apideck-App-Id": {g.application}, "X-Apideck-Consumer-Id": {pick(g, g.known...)},
	}}
	switch {
	case rt.dialect == "barbican":
		g.barbican(&r, rt, base)
	case rt.body && rt.media != jsonType:
		r.body = g.query(rt.fields())
	case rt.body:
		r.body = g.object(rt.fields(), 0)
	default:
		r.url += "?" + g.query(rt.fields())
	}
	for range g.IntN(3) {
		g.spoil(&r)
	}
	return r
}

// fields are those of the message that the path does not hold.
func (r route) fields() []protoreflect.FieldDescriptor {
	return slices.DeleteFunc(fieldsOf(r.input), r.inPath)
}

func fieldsOf(d protoreflect.MessageDescriptor) []protoreflect.FieldDescriptor {
	fields := make([]protoreflect.FieldDescriptor, d.Fields().Len())
	for i := range fields {
		fields[i] = d.Fields().Get(i)
	}
	return fields
}

// spoil damages a request outside of its fields.
func (g *generator) spoil(r *request) {
	switch g.IntN(11) {
	case 0:
		r.method = pick(g, "GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "TRACE", "BREW")
	case 1:
		r.header.Set("Content-Type", pick(g, "", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/json; charset=utf-16", ";;", "application/grpc"))
	case 2:
		r.header.Set("Authorization", pick(g, "", "Bearer", "Bearer  ", "Basic YTpi", "bearer x", longKey, "Bearer \xff"))
	case 3:
		r.header.Set(pick(g, "X-Apideck-App-Id", "X-Apideck-Consumer-Id", "X-Auth-Token", "X-Subject-Token", "X-Request-Id", "X-Trace-Id", "Grpc-Timeout", "Grpc-Metadata-Authorization", "X-HTTP-Method-Override", "Content-Encoding", "Accept", "Expect", "Te", "X-Forwarded-For"), pick(g, "1n", "DELETE", "gzip", "x/y", "ünïcödé", longHeader))
	case 4, 5:
		if len(r.body) > 0 {
			r.body = r.body[:g.IntN(len(r.body))]
		}
	case 6, 7:
		if len(r.body) > 0 {
			i := g.IntN(len(r.body))
			r.body = r.body[:i] + string([]byte{byte(g.Uint32())}) + r.body[i:]
		}
	case 8:
		r.body = pick(g, "", "null", "[]", "1", `"x"`, "{}{}", "\ufeff{}", "{,}", "NaN", manyLists, manyObjects, largeBody)
	case 9:
		r.body += pick(g, " x", "{}", "\x00", "//", "\n")
	case 10:
		// What follows the path's last word may lead to another product, or nowhere.
		r.url += pick(g, "/", "%2F", "?x=1", "%00", "..", "?"+url.QueryEscape(g.text()), "?limit=1&limit=2", "?cursor=%ff", ";a=b")
		r.envelope = anyEnvelope
	}
}

func (g *generator) query(fields []protoreflect.FieldDescriptor) string {
	q := url.Values{}
	for _, f := range fields {
		if g.IntN(3) > 0 {
			q.Add(f.JSONName(), pick(g, "1", "0", "-1", "101", "1e2", "1.5", "NaN", "1e400", "default", "true", "", g.text()))
		}
	}
	return q.Encode()
}

// object is a JSON object with fields, their values mostly of the right type.
func (g *generator) object(fields []protoreflect.FieldDescriptor, depth int) string {
	var members []string
	for _, f := range fields {
		if g.IntN(5) == 0 || f.Message() != nil && f.Message().FullName() == "google.protobuf.FieldMask" {
			continue
		}
		member := quoted(f.JSONName()) + ":" + g.field(f, depth)
		members = append(members, member)
		if g.IntN(30) == 0 {
			members = append(members, member) // the key twice
		}
	}
	if g.IntN(10) == 0 {
		members = append(members, quoted(g.text())+":"+g.value(depth))
	}
	g.Shuffle(len(members), func(i, j int) { members[i], members[j] = members[j], members[i] })
	return "{" + strings.Join(members, ",") + "}"
}

func (g *generator) field(f protoreflect.FieldDescriptor, depth int) string {
	if g.IntN(6) == 0 {
		return g.value(depth)
	}
	one := func() string {
		switch {
		case f.Message() != nil:
			return g.object(fieldsOf(f.Message()), depth+1)
		case proto.HasExtension(f.Options(), optionsv1.E_RawJson):
			return "{" + quoted(g.text()) + ":" + g.value(depth) + "}"
		case f.Kind() == protoreflect.StringKind:
			return quoted(pick(g, "user_1", "id_unknown", "ab", g.text()))
		}
		return pick(g, "1", "1000", "0", "-5", "9007199254740993", "1e3", "1.5", "1e400", "99999999999999999999999")
	}
	if !f.IsList() {
		return one()
	}
	items := make([]string, g.IntN(4))
	for i := range items {
		items[i] = one()
	}
	return "[" + strings.Join(items, ",") + "]"
}
