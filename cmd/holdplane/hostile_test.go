package main

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/dynamicpb"

	"github.com/holdplane/holdplane/internal/servers"

	optionsv1 "github.com/holdplane/holdplane/gen/holdplane/options/v1"
)

// TestHostileCampaign sends messages that no client makes, with a right key and names of
// what is there, to every public RPC.
func TestHostileCampaign(t *testing.T) {
	t.Run("bolt", func(t *testing.T) { beHostile(t, startDev(t), campaign(5_000, 100_000)) })
	t.Run("PostgreSQL", func(t *testing.T) {
		beHostile(t, startDev(t, "--store", servers.Postgres(t)), campaign(1_000, 30_000))
	})
}

func beHostile(t *testing.T, s *server, messages int) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	const senders = 8
	each := messages / senders
	w := newWorldOf(t, s, devTenant, s.rootKey)
	application := w.app(t)
	var group sync.WaitGroup
	for n := range senders {
		group.Go(func() {
			h := &hostile{generator: &generator{Rand: rand.New(rand.NewPCG(seed, uint64(n)))}, world: w, application: application}
			for i := range each {
				if i%100 == 0 {
					h.known, h.numbers = w.objects(t) // some have deleted those before
				}
				if fault := h.send(t.Context()); fault != "" {
					t.Error(fault)
					return
				}
			}
		})
	}
	group.Wait()
	if got := s.status(t, s.rootKey); got != 200 {
		t.Errorf("afterwards a right request answers %d", got)
	}
	if strings.Contains(s.log.String(), "panic") {
		t.Error("the log tells of a panic")
	}
}

// objects are names and numbers of objects of every kind.
func (w *world) objects(t *testing.T) (names []string, numbers []int64) {
	keyID, secret := w.apiKey(t)
	permission, slug := w.newPermission(t)
	role, name := w.newRole(t)
	user, storage, credential := w.credential(t)
	names = []string{w.api(t), keyID, secret, permission, slug, role, name, w.identity(t), w.override(t), namespace, user, storage, w.tenant, w.boundProject(t)}
	names = append(names, w.kept(t, 1)...)
	return append(names, w.vaulted(t, 1)...), []int64{w.userRole(t), credential}
}

// hostile makes messages of the right types.
type hostile struct {
	*generator
	*world
	application string // of Apideck's wire
	known       []string
	numbers     []int64
}

// send sends a message and says what is wrong with the answer; empty when nothing is.
func (h *hostile) send(ctx context.Context) string {
	m := publicMethods[h.IntN(len(publicMethods))]
	request := dynamicpb.NewMessage(m.Input())
	h.message(request, 0)
	if h.IntN(2) == 0 { // right but for a field or two
		request = h.almost(m.Input())
	}
	if f := m.Input().Fields().ByName("project_id"); f != nil && request.Get(f).String() == h.tenant {
		request.Clear(f) // its own quotas would end the campaign
	}
	if f := m.Input().Fields().ByName("application_id"); f != nil && h.IntN(8) > 0 { // another's is told so, and that is all
		request.Set(f, protoreflect.ValueOfString(h.application))
	}
	ctx = metadata.AppendToOutgoingContext(ctx, "authorization", "Bearer "+h.right)
	err := h.public.Invoke(ctx, fullName(m), request, dynamicpb.NewMessage(m.Output()))
	switch code := status.Code(err); code {
	case codes.OK, codes.ResourceExhausted: // the latter for its size, in gRPC's words, or for guesses
		return ""
	case codes.Unauthenticated:
		if r := rows[fullName(m)]; r.door == anyone || r.denied == code {
			return "" // a login, or another's application
		}
		return fmt.Sprintf("%s: %v", m.FullName(), err)
	case codes.Internal, codes.Unknown, codes.Unavailable, codes.DeadlineExceeded, codes.DataLoss, codes.Unimplemented:
		return fmt.Sprintf("%s: %v\n%.1000s", m.FullName(), err, request)
	}
	for _, word := range leaks {
		if strings.Contains(status.Convert(err).Message(), word) {
			return fmt.Sprintf("%s leaks %q: %v", m.FullName(), word, err)
		}
	}
	return ""
}

// almost is a message that its constraints let pass, but for a field or two.
func (h *hostile) almost(d protoreflect.MessageDescriptor) *dynamicpb.Message {
	m, other := dynamicpb.NewMessage(d), dynamicpb.NewMessage(d)
	filler{text: func(protoreflect.Name) string { return h.pick() }}.fill(m)
	h.message(other, 0)
	fields := fieldsOf(d)
	for range min(h.IntN(3), len(fields)) {
		if f := fields[h.IntN(len(fields))]; other.Has(f) {
			m.Set(f, other.Get(f))
		} else {
			m.Clear(f)
		}
	}
	return m
}

// pick is a name of something that is there, or of nothing.
func (h *hostile) pick() string {
	if h.IntN(8) == 0 {
		return h.text()
	}
	return pick(h.generator, h.known...)
}

// publicMethods are those that a tenant, or anyone, may call.
var publicMethods = func() (public []protoreflect.MethodDescriptor) {
	for _, m := range ownMethods() {
		if rows[fullName(m)].door != operator {
			public = append(public, m)
		}
	}
	return public
}()

func (h *hostile) message(m protoreflect.Message, depth int) {
	for _, f := range fieldsOf(m.Descriptor()) {
		switch {
		case h.IntN(4) == 0:
		case f.IsMap():
			h.fillMap(m.Mutable(f).Map(), f)
		case f.IsList():
			h.list(m.Mutable(f).List(), f, depth)
		case f.Message() != nil:
			h.message(m.Mutable(f).Message(), depth+1)
		default:
			m.Set(f, h.scalar(f))
		}
	}
	if h.IntN(20) == 0 {
		unknown := protowire.AppendTag(nil, protowire.Number(1+h.IntN(1<<20)+1000), protowire.BytesType)
		m.SetUnknown(protowire.AppendString(unknown, h.text()))
	}
}

// fillMap fills a map from texts to texts; there are no others.
func (h *hostile) fillMap(m protoreflect.Map, f protoreflect.FieldDescriptor) {
	for range h.IntN(4) {
		key := strings.ToValidUTF8(h.string(f.MapKey()), "?")
		m.Set(protoreflect.ValueOfString(key).MapKey(), h.scalar(f.MapValue()))
	}
}

func (h *hostile) list(list protoreflect.List, f protoreflect.FieldDescriptor, depth int) {
	n := h.IntN(4)
	if depth == 0 && h.IntN(50) == 0 {
		n = 1 + h.IntN(3000)
	}
	for range n {
		if f.Message() != nil {
			h.message(list.AppendMutable().Message(), depth+1)
		} else {
			list.Append(h.scalar(f))
		}
	}
}

func (h *hostile) scalar(f protoreflect.FieldDescriptor) protoreflect.Value {
	switch f.Kind() {
	case protoreflect.StringKind:
		return protoreflect.ValueOfString(h.string(f))
	case protoreflect.BytesKind:
		return protoreflect.ValueOfBytes([]byte(h.string(f)))
	case protoreflect.BoolKind:
		return protoreflect.ValueOfBool(h.IntN(2) == 0)
	case protoreflect.EnumKind:
		return protoreflect.ValueOfEnum(protoreflect.EnumNumber(h.number()))
	case protoreflect.Int32Kind, protoreflect.Sint32Kind, protoreflect.Sfixed32Kind:
		return protoreflect.ValueOfInt32(int32(h.number()))
	case protoreflect.Uint32Kind, protoreflect.Fixed32Kind:
		return protoreflect.ValueOfUint32(uint32(h.number()))
	case protoreflect.Uint64Kind, protoreflect.Fixed64Kind:
		return protoreflect.ValueOfUint64(uint64(h.number()))
	case protoreflect.DoubleKind:
		return protoreflect.ValueOfFloat64(math.Float64frombits(h.Uint64()))
	case protoreflect.FloatKind:
		return protoreflect.ValueOfFloat32(math.Float32frombits(h.Uint32()))
	}
	return protoreflect.ValueOfInt64(h.number())
}

// number is one at the edge of what programs expect.
func (h *hostile) number() int64 {
	edges := []int64{0, 1, -1, 2, 15, 16, 31, 100, 255, 256, 1000, 60_000, math.MaxInt32, math.MinInt32, math.MaxUint32, 1<<53 - 1, 1 << 53, math.MaxInt64, math.MinInt64, 4102444800000}
	switch h.IntN(5) {
	case 0:
		return int64(h.Uint64())
	case 1:
		return h.numbers[h.IntN(len(h.numbers))]
	}
	return edges[h.IntN(len(edges))]
}

func (h *hostile) string(f protoreflect.FieldDescriptor) string {
	switch n := h.IntN(40); {
	case n == 0:
		return strings.Repeat("x", 1+h.IntN(1<<17))
	case proto.HasExtension(f.Options(), optionsv1.E_RawJson) && n < 30:
		return strings.ToValidUTF8(h.value(0), "?") // no other can be sent
	case n < 24:
		return h.pick()
	case n < 32:
		return pick(h.generator, "text/plain", "application/octet-stream", "generic", "rsa", "certificate", "public_key", "key", "asymmetric", "aes", "name",
			"set", "increment", "decrement", "daily", "monthly", "sha256_base64", "fast", "*", "a AND (b OR c)", "((((", "user_1", "abc")
	}
	return h.text()
}
