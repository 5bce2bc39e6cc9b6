package secretcontainer_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"pgregory.net/rapid"

	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	secretcontainerv1 "github.com/holdplane/holdplane/gen/holdplane/secretcontainer/v1"
)

// TestSecretsAgainstAModel has people of two projects make, lend, read and delete secrets, and
// compares with a map who can read and find which.
func TestSecretsAgainstAModel(t *testing.T) {
	s := newSafe(t)
	var round int
	rapid.Check(t, func(t *rapid.T) {
		round++
		m := newClub(t, s, round)
		t.Repeat(map[string]func(*rapid.T){
			"make": m.make, "fill": m.fill, "lend": m.lend, "unlend": m.unlend, "delete": m.delete, "undelete": m.undelete,
			"": m.compare,
		})
	})
}

// reader is one of the club: a creator in a project.
type reader struct {
	id, of string
	ctx    context.Context
}

// kept is a secret of the model.
type kept struct {
	maker   reader
	payload string
	private bool
	names   []string
	deleted bool
}

type club struct {
	s       *safe
	readers []reader
	all     map[string]*kept
}

func newClub(t *rapid.T, s *safe, round int) *club {
	m := &club{s: s, all: map[string]*kept{}}
	for _, of := range []string{fmt.Sprint("x", round), fmt.Sprint("y", round)} {
		if _, err := identityv1.NewTenantServiceClient(s.internal).CreateTenant(s.t.Context(), &identityv1.CreateTenantRequest{Id: of}); err != nil {
			t.Fatal(err)
		}
		s.retain(of, time.Hour)
		for _, id := range []string{"1-" + of, "2-" + of} {
			m.readers = append(m.readers, reader{id: id, of: of, ctx: s.user(of, id, "creator")})
		}
	}
	return m
}

// draw picks somebody and a secret; a deleted one when asked for.
func (m *club) draw(t *rapid.T, deleted bool) (reader, string, *kept) {
	var ids []string
	for _, id := range slices.Sorted(maps.Keys(m.all)) {
		if m.all[id].deleted == deleted {
			ids = append(ids, id)
		}
	}
	if len(ids) == 0 {
		t.Skip("no secrets")
	}
	id := rapid.SampledFrom(ids).Draw(t, "secret")
	return rapid.SampledFrom(m.readers).Draw(t, "who"), id, m.all[id]
}

// may tells who reads, and among those of its project who changes a secret.
func (k *kept) may(who reader) (read, change bool) {
	change = who.of == k.maker.of && (who.id == k.maker.id || !k.private)
	return change || slices.Contains(k.names, who.id), change
}

func (m *club) make(t *rapid.T) {
	who := rapid.SampledFrom(m.readers).Draw(t, "who")
	id := m.s.bare(who.ctx)
	m.all[id] = &kept{maker: who}
}

// settled checks an error where only those who may change a secret succeed.
func settled(t *rapid.T, err error, may bool) {
	want := codes.OK
	if !may {
		want = codes.PermissionDenied
	}
	outcomeIs(t, err, want)
}

func outcomeIs(t *rapid.T, err error, want codes.Code) {
	if got := codeOf(err); got != want {
		t.Fatalf("got %v (%v), want %v", got, err, want)
	}
}

func (m *club) fill(t *rapid.T) {
	who, id, k := m.draw(t, false)
	payload := rapid.StringN(1, 9, -1).Draw(t, "payload")
	err := failed(m.s.secrets.StorePayload(who.ctx, &secretcontainerv1.StorePayloadRequest{SecretId: id, Payload: []byte(payload), ContentType: "text/plain"}))
	switch _, change := k.may(who); {
	case change && k.payload != "":
		outcomeIs(t, err, codes.AlreadyExists)
	default:
		if settled(t, err, change); change {
			k.payload = payload
		}
	}
}

func (m *club) lend(t *rapid.T) {
	who, id, k := m.draw(t, false)
	var names []string
	for _, r := range rapid.SliceOfN(rapid.SampledFrom(m.readers), 0, 3).Draw(t, "names") {
		names = append(names, r.id)
	}
	private := rapid.Bool().Draw(t, "private")
	err := failed(m.s.acls.UpdateSecretAcl(who.ctx, &secretcontainerv1.UpdateSecretAclRequest{SecretId: id, Read: &secretcontainerv1.ReadChange{
		ProjectAccess: ptr(!private), Users: &secretcontainerv1.Users{Ids: names},
	}}))
	_, change := k.may(who)
	if settled(t, err, change); change {
		k.private, k.names = private, names
	}
}

func (m *club) unlend(t *rapid.T) {
	who, id, k := m.draw(t, false)
	err := failed(m.s.acls.DeleteSecretAcl(who.ctx, &secretcontainerv1.DeleteSecretAclRequest{SecretId: id}))
	_, change := k.may(who)
	if settled(t, err, change); change {
		k.private, k.names = false, nil
	}
}

func (m *club) delete(t *rapid.T) {
	who, id, k := m.draw(t, false)
	err := failed(m.s.secrets.DeleteSecret(who.ctx, &secretcontainerv1.DeleteSecretRequest{SecretId: id}))
	_, change := k.may(who)
	if settled(t, err, change); change {
		k.deleted = true
	}
}

func (m *club) undelete(t *rapid.T) {
	_, id, k := m.draw(t, true)
	outcomeIs(t, m.s.undelete(k.maker.of, id), codes.OK)
	k.deleted = false
}

// compare looks at a list as somebody, and into a secret.
func (m *club) compare(t *rapid.T) {
	if len(m.all) == 0 {
		return
	}
	who, lent := rapid.SampledFrom(m.readers).Draw(t, "looks"), rapid.Bool().Draw(t, "at lent ones")
	m.opens(t, who, rapid.SampledFrom(slices.Sorted(maps.Keys(m.all))).Draw(t, "into"))
	var want []string
	for id, k := range m.all {
		if !k.deleted && (lent && slices.Contains(k.names, who.id) || !lent && k.maker.of == who.of) {
			want = append(want, id)
		}
	}
	m.listed(t, who, lent, want)
}

func (m *club) opens(t *rapid.T, who reader, id string) {
	k := m.all[id]
	text, err := m.s.open(who.ctx, id, "")
	read, _ := k.may(who)
	if k.deleted || read && k.payload == "" {
		outcomeIs(t, err, codes.NotFound)
		return
	}
	if settled(t, err, read); read && text != k.payload {
		t.Fatalf("got %q, want %q", text, k.payload)
	}
}

func (m *club) listed(t *rapid.T, who reader, aclOnly bool, want []string) {
	r, err := m.s.secrets.ListSecrets(who.ctx, &secretcontainerv1.ListSecretsRequest{AclOnly: aclOnly, Limit: 100})
	outcomeIs(t, err, codes.OK)
	var got []string
	for _, v := range r.GetSecrets() {
		got = append(got, v.GetSecretId())
	}
	slices.Sort(want)
	if !slices.Equal(got, want) || int(r.GetTotal()) != len(want) {
		t.Fatalf("got %v of %d, want %v", got, r.GetTotal(), want)
	}
}
