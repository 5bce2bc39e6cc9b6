package main

import (
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"google.golang.org/genproto/googleapis/api/annotations"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
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
	var senderGroup sync.WaitGroup
	for n := range senders {
		senderGroup.Go(func() {
			g := &generator{Rand: rand.New(rand.NewPCG(seed, uint64(n))), routes: routes(), key: s.rootKey}
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

// leaks are words that only the inside knows.
var leaks = []string{"goroutine", ".go:", "runtime error", "panic", "bbolt", "tink", "proto:", "protobuf", "grpc", "rpc error", "sealedkv", "holdplane.", "/tmp/", "<nil>"}

// What is long is made once.
var (
	manyLists   = strings.Repeat("[", 10_000)
	manyObjects = strings.Repeat(`{"meta":`, 10_000)
	deepList    = strings.Repeat("[", 65) + strings.Repeat("]", 65)
	longNumber  = strings.Repeat("9", 500)
	longHeader  = strings.Repeat("y", 5_000)
	longKey     = strings.Repeat("k", 20_000)
	longName    = strings.Repeat("y", 257)
	largeBody   = `{"externalId":"` + strings.Repeat("x", 300_000) + `"}`
)

// knownCodes are those of Unkey's v1 that a client's mistake can have.
var knownCodes = map[string]bool{"BAD_REQUEST": true, "UNAUTHORIZED": true, "FORBIDDEN": true, "NOT_FOUND": true, "METHOD_NOT_ALLOWED": true, "CONFLICT": true}

// judge sends a request and says what is wrong with the answer; empty when nothing is.
func judge(client *http.Client, r request) string {
	q, err := http.NewRequest(r.method, r.url, strings.NewReader(r.body))
	if err != nil {
		return "" // not a request that any client can send
	}
	q.Header = r.header
	res, err := client.Do(q)
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
	var envelope struct {
		Error struct{ Code, Docs, Message, RequestID string }
	}
	if err := json.Unmarshal(body, &envelope); err != nil {
		return fmt.Sprintf("status %d, body is not JSON: %s", res.StatusCode, body)
	}
	e := envelope.Error
	switch {
	case !knownCodes[e.Code] || e.Message == "" || !strings.HasSuffix(e.Docs, e.Code) || e.RequestID != res.Header.Get("Unkey-Request-Id"):
		return fmt.Sprintf("status %d, not Unkey's envelope: %s", res.StatusCode, body)
	}
	for _, word := range leaks {
		if strings.Contains(e.Message, word) {
			return fmt.Sprintf("status %d, leaks %q: %s", res.StatusCode, word, body)
		}
	}
	return ""
}

type request struct {
	method, url, body string
	header            http.Header
}

// route is a method with a place on the JSON gateway.
type route struct {
	method, path string
	input        protoreflect.MessageDescriptor
}

func routes() []route {
	var all []route
	for _, m := range ownMethods() {
		rule, _ := proto.GetExtension(m.Options(), annotations.E_Http).(*annotations.HttpRule)
		if rule.GetGet() != "" {
			all = append(all, route{http.MethodGet, rule.GetGet(), m.Input()})
		} else if rule.GetPost() != "" {
			all = append(all, route{http.MethodPost, rule.GetPost(), m.Input()})
		}
	}
	return all
}

// generator makes requests: well-formed ones first, then spoilt in one or more ways.
type generator struct {
	*rand.Rand
	routes []route
	key    string
}

func (g *generator) request(base string) request {
	rt := g.routes[g.IntN(len(g.routes))]
	r := request{method: rt.method, url: base + rt.path, header: http.Header{
		"Authorization": {"Bearer " + g.key}, "Content-Type": {"application/json"},
	}}
	if rt.method == http.MethodGet {
		r.url += "?" + g.query(rt.input)
	} else {
		r.body = g.object(rt.input, 0)
	}
	for range g.IntN(3) {
		g.spoil(&r)
	}
	return r
}

// spoil damages a request outside of its fields.
func (g *generator) spoil(r *request) {
	switch g.IntN(12) {
	case 0:
		r.method = pick(g, "GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "TRACE", "BREW")
	case 1:
		r.header.Set("Content-Type", pick(g, "", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/json; charset=utf-16", ";;", "application/grpc"))
	case 2:
		r.header.Set("Authorization", pick(g, "", "Bearer", "Bearer  ", "Basic YTpi", "bearer x", longKey, "Bearer \xff"))
	case 3:
		r.header.Set(pick(g, "Grpc-Timeout", "Grpc-Metadata-Authorization", "X-HTTP-Method-Override", "Content-Encoding", "Accept", "Expect", "Te", "X-Forwarded-For"), pick(g, "1n", "DELETE", "gzip", "x/y", "ünïcödé", longHeader))
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
		r.body = pick(g, "", "null", "[]", "1", `"x"`, "{}{}", "\ufeff{}", "{,}", "NaN", manyLists, manyObjects)
	case 9:
		r.body += pick(g, " x", "{}", "\x00", "//", "\n")
	case 10:
		r.url += pick(g, "/", "%2F", "?x=1", "%00", "..", "?"+url.QueryEscape(g.text()), "?limit=1&limit=2", "?cursor=%ff", ";a=b")
	case 11:
		r.body = largeBody
	}
}

func (g *generator) query(d protoreflect.MessageDescriptor) string {
	q := url.Values{}
	for i := range d.Fields().Len() {
		if g.IntN(3) > 0 {
			q.Add(d.Fields().Get(i).JSONName(), pick(g, "1", "0", "-1", "101", "1e2", "1.5", "NaN", "1e400", "default", "true", "", g.text()))
		}
	}
	return q.Encode()
}

// object is a JSON object with the fields of d, their values mostly of the right type.
func (g *generator) object(d protoreflect.MessageDescriptor, depth int) string {
	var members []string
	for i := range d.Fields().Len() {
		f := d.Fields().Get(i)
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
			return g.object(f.Message(), depth+1)
		case f.JSONName() == "meta":
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

// value is any JSON value, or something that only looks like one.
func (g *generator) value(depth int) string {
	if depth < 5 && g.IntN(3) == 0 {
		return fmt.Sprintf(pick(g, "[%s]", `{"a":%s}`, "[1,%s]"), g.value(depth+1))
	}
	return pick(g, "null", "true", "false", "0", "-0", "1e400", "NaN", "Infinity", "01", "1.", ".5", "+1", `""`, `"\ud800"`, "\"\xff\"", "\"\t\"",
		quoted(g.text()), "{}", "[]", deepList, longNumber)
}

// text is a string of characters that trouble programs.
func (g *generator) text() string {
	return pick(g, "", "x", "ünïcödé", "🙂", "\u202e", "a\x00b", "' OR 1=1--", "{{7*7}}", "../../etc/passwd", "\\", "%s%n", longName, "id_"+strings.Repeat("1", 22))
}

func quoted(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		panic(err) // no string fails
	}
	return string(b)
}

func pick(g *generator, of ...string) string { return of[g.IntN(len(of))] }
