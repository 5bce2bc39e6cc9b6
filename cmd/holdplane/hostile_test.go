package main

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/dynamicpb"

	"github.com/holdplane/holdplane/internal/servers"
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
	var reached sync.Map
	var group sync.WaitGroup
	for n := range senders {
		group.Go(func() {
			h := &hostile{generator: &generator{Rand: rand.New(rand.NewPCG(seed, uint64(n)))}, world: w, application: application, reached: &reached}
			for i := range each {
				if i%100 == 0 {
					h.known, h.numbers = w.objects(t) // some have deleted those before
				}
				if fault := h.send(t); fault != "" {
					t.Error(fault)
					return
				}
			}
		})
	}
	group.Wait()
	for _, m := range publicMethods {
		if _, ok := reached.Load(fullName(m)); !ok && isVaults(m) && messages > 100*len(publicMethods) {
			t.Errorf("no message was right for %s", m.FullName())
		}
	}
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
	reached     *sync.Map // names of methods that a message was right for
}

// send sends a message and says what is wrong with the answer; empty when nothing is.
func (h *hostile) send(t *testing.T) string {
	m := publicMethods[h.IntN(len(publicMethods))]
	request := dynamicpb.NewMessage(m.Input())
	h.message(request, 0)
	if h.IntN(2) == 0 { // right but for a field or two
		request = h.almost(t, m)
	}
	if f := m.Input().Fields().ByName("project_id"); f != nil && request.Get(f).String() == h.tenant {
		request.Clear(f) // its own quotas would end the campaign
	}
	if f := m.Input().Fields().ByName("application_id"); f != nil && h.IntN(8) > 0 { // another's is told so, and that is all
		request.Set(f, protoreflect.ValueOfString(h.application))
	}
	err := h.public.Invoke(bearing(t.Context(), h.right), fullName(m), request, dynamicpb.NewMessage(m.Output()))
	if status.Code(err) == rows[fullName(m)].right {
		h.reached.Store(fullName(m), true)
	}
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

// almost is a message that is right, or that its constraints let pass, but for a field or two.
func (h *hostile) almost(t *testing.T, method protoreflect.MethodDescriptor) *dynamicpb.Message {
	d := method.Input()
	m, other := dynamicpb.NewMessage(d), dynamicpb.NewMessage(d)
	if isVaults(method) && h.IntN(2) == 0 { // several names have to fit
		proto.Merge(m, rows[fullName(method)].request(t, h.world))
	} else {
		filler{text: func(protoreflect.Name) string { return h.pick() }}.fill(m)
	}
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

func isVaults(m protoreflect.MethodDescriptor) bool {
	return m.ParentFile().Package() == "holdplane.connectionvault.v1"
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
