package secretcontainer_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	secretcontainerv1 "github.com/holdplane/holdplane/gen/holdplane/secretcontainer/v1"
)

// names are the names of the secrets on a page.
func (s *safe) names(ctx context.Context, r *secretcontainerv1.ListSecretsRequest) (names []string) {
	s.t.Helper()
	got, err := s.secrets.ListSecrets(ctx, r)
	if err != nil {
		s.t.Fatal(err)
	}
	for _, m := range got.GetSecrets() {
		names = append(names, m.GetName())
	}
	return names
}

// wantPage checks names and total of a page.
func (s *safe) wantPage(t *testing.T, name string, r *secretcontainerv1.ListSecretsRequest, total int64, want ...string) {
	t.Helper()
	got, err := s.secrets.ListSecrets(s.alice, r)
	if names := s.names(s.alice, r); !slices.Equal(names, want) || err != nil || got.GetTotal() != total {
		t.Errorf("%s: got %v of %d, %v, want %v of %d", name, names, got.GetTotal(), err, want, total)
	}
}

func TestSecretsHavePages(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSafe(t)
		for i := range 12 {
			s.keep(s.alice, fmt.Sprintf("n%02d", i), "x")
			time.Sleep(time.Millisecond)
		}
		s.keep(s.bob, "bob's", "x")
		type r = secretcontainerv1.ListSecretsRequest
		ten := []string{"n00", "n01", "n02", "n03", "n04", "n05", "n06", "n07", "n08", "n09"}
		down := []*secretcontainerv1.SortKey{{Key: "name", Descending: true}}
		for _, c := range []struct {
			name  string
			give  *r
			total int64
			want  []string
		}{
			{"ten unasked", &r{}, 12, ten},
			{"next", &r{Offset: 10}, 12, []string{"n10", "n11"}},
			{"within", &r{Offset: 3, Limit: 2}, 12, []string{"n03", "n04"}},
			{"behind", &r{Offset: 12}, 12, nil},
			{"far behind", &r{Offset: 1<<63 - 1, Limit: 100}, 12, nil},
			{"filtered", &r{Name: "n1%"}, 2, []string{"n10", "n11"}},
			{"filtered within", &r{Name: "n0%", Offset: 8, Limit: 5}, 10, []string{"n08", "n09"}},
			{"filtered far behind", &r{Name: "n%", Offset: 1<<63 - 1, Limit: 100}, 12, nil},
			{"ordered", &r{Sort: down, Limit: 2}, 12, []string{"n11", "n10"}},
			{"ordered within", &r{Sort: down, Offset: 10, Limit: 5}, 12, []string{"n01", "n00"}},
			{"none like this", &r{Name: "x%"}, 0, nil},
		} {
			s.wantPage(t, c.name, c.give, c.total, c.want...)
		}
	})
}

// assorted makes secrets a second apart, and returns when the first was made.
func (s *safe) assorted() time.Time {
	first := time.Now()
	for i, r := range []*secretcontainerv1.CreateSecretRequest{
		{Name: ptr("Aes"), Algorithm: ptr("AES"), BitLength: ptr(int32(256)), Mode: ptr("cbc"), SecretType: "symmetric"},
		{Name: ptr("rsa_key"), Algorithm: ptr("rsa"), BitLength: ptr(int32(2048)), SecretType: "private"},
		{},
		{Name: ptr("rsaXkey"), Algorithm: ptr("rsa"), Mode: ptr("CTR"), SecretType: "public"},
		{Name: ptr("grüße%"), BitLength: ptr(int32(256))},
	} {
		r.Expiration = timestamppb.New(first.Add(time.Duration(10-i) * time.Minute))
		if i == 2 {
			r.Expiration = nil
		}
		s.make(s.alice, r)
		time.Sleep(time.Second)
	}
	return first
}

func TestSecretsAreFiltered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSafe(t)
		first := s.assorted()
		bound := func(c secretcontainerv1.Comparison, d time.Duration) *secretcontainerv1.TimeBound {
			return &secretcontainerv1.TimeBound{Comparison: c, Time: timestamppb.New(first.Add(d))}
		}
		type r = secretcontainerv1.ListSecretsRequest
		type bounds = []*secretcontainerv1.TimeBound
		const eq, gt, gte, lt, lte = 0, 1, 2, 3, 4
		for _, c := range []struct {
			name string
			give *r
			want []string
		}{
			{"name", &r{Name: "AES"}, []string{"Aes"}},
			{"a character", &r{Name: "rsa_KEY"}, []string{"rsa_key", "rsaXkey"}},
			{"any text", &r{Name: "%e%"}, []string{"Aes", "rsa_key", "rsaXkey", "grüße%"}},
			{"any text at all", &r{Name: "%"}, []string{"Aes", "rsa_key", "rsaXkey", "grüße%"}},
			{"letters of others", &r{Name: "GRÜ_E_"}, []string{"grüße%"}},
			{"algorithm", &r{Alg: "%s%"}, []string{"Aes", "rsa_key", "rsaXkey"}},
			{"mode", &r{Mode: "c_r"}, []string{"rsaXkey"}},
			{"bits", &r{Bits: 256}, []string{"Aes", "grüße%"}},
			{"bits that are none", &r{Bits: -1, SecretType: "private"}, []string{"rsa_key"}},
			{"type", &r{SecretType: "opaque"}, []string{"", "grüße%"}},
			{"no such type", &r{SecretType: "x"}, nil},
			{"all must hold", &r{Name: "rsa%", SecretType: "public"}, []string{"rsaXkey"}},
			{"created at", &r{Created: bounds{bound(eq, time.Second)}}, []string{"rsa_key"}},
			{"created after", &r{Created: bounds{bound(gt, 3*time.Second)}}, []string{"grüße%"}},
			{"created from to", &r{Created: bounds{bound(gte, time.Second), bound(lt, 3*time.Second)}}, []string{"rsa_key", ""}},
			{"updated", &r{Updated: bounds{bound(lte, 0)}}, []string{"Aes"}},
			{"ends", &r{Expiration: bounds{bound(lt, time.Hour)}}, []string{"Aes", "rsa_key", "rsaXkey", "grüße%"}},
			{"ends by", &r{Expiration: bounds{bound(lte, 7*time.Minute), bound(gt, 6*time.Minute)}}, []string{"rsaXkey"}},
		} {
			s.wantPage(t, c.name, c.give, int64(len(c.want)), c.want...)
		}
	})
}

func TestSecretsAreOrdered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSafe(t)
		s.assorted()
		for _, c := range []struct {
			by   string
			want []string // upwards
			back []string // downwards: what is equal stays as it was made
		}{
			{"name", []string{"", "Aes", "grüße%", "rsaXkey", "rsa_key"}, nil},
			{"algorithm", []string{"", "grüße%", "Aes", "rsa_key", "rsaXkey"}, []string{"rsa_key", "rsaXkey", "Aes", "", "grüße%"}},
			{"mode", []string{"rsa_key", "", "grüße%", "rsaXkey", "Aes"}, []string{"Aes", "rsaXkey", "rsa_key", "", "grüße%"}},
			{"bit_length", []string{"", "rsaXkey", "Aes", "grüße%", "rsa_key"}, []string{"rsa_key", "Aes", "grüße%", "", "rsaXkey"}},
			{"created", []string{"Aes", "rsa_key", "", "rsaXkey", "grüße%"}, nil},
			{"updated", []string{"Aes", "rsa_key", "", "rsaXkey", "grüße%"}, nil},
			{"expiration", []string{"", "grüße%", "rsaXkey", "rsa_key", "Aes"}, nil},
			{"secret_type", []string{"", "grüße%", "rsa_key", "rsaXkey", "Aes"}, []string{"Aes", "rsaXkey", "rsa_key", "", "grüße%"}},
			{"status", []string{"Aes", "rsa_key", "", "rsaXkey", "grüße%"}, []string{"Aes", "rsa_key", "", "rsaXkey", "grüße%"}},
		} {
			if c.back == nil {
				c.back = slices.Clone(c.want)
				slices.Reverse(c.back)
			}
			for down, want := range map[bool][]string{false: c.want, true: c.back} {
				sort := []*secretcontainerv1.SortKey{{Key: c.by, Descending: down}}
				s.wantPage(t, c.by, &secretcontainerv1.ListSecretsRequest{Sort: sort}, 5, want...)
				s.wantPage(t, c.by+", a page", &secretcontainerv1.ListSecretsRequest{Sort: sort, Offset: 1, Limit: 2}, 5, want[1:3]...)
			}
		}
		two := []*secretcontainerv1.SortKey{{Key: "algorithm", Descending: true}, {Key: "created", Descending: true}}
		s.wantPage(t, "two keys", &secretcontainerv1.ListSecretsRequest{Sort: two}, 5, "rsaXkey", "rsa_key", "Aes", "grüße%", "")
	})
}

func TestSecretsAreLent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSafe(t)
		for _, c := range []struct {
			who  context.Context
			name string
		}{{s.alice, "first"}, {s.bob, "own"}, {s.carol, "private"}, {s.alice, "unlent"}} {
			id := s.keep(c.who, c.name, "x")
			if c.name != "unlent" {
				s.lend(c.who, id, c.name != "private", "bob", "nobody")
			}
			time.Sleep(2 * time.Millisecond)
		}
		type r = secretcontainerv1.ListSecretsRequest
		down := []*secretcontainerv1.SortKey{{Key: "created", Descending: true}}
		for _, c := range []struct {
			name string
			who  context.Context
			give *r
			want []string
		}{
			{"to bob", s.bob, &r{AclOnly: true}, []string{"first", "own", "private"}},
			{"to bob, the last first", s.bob, &r{AclOnly: true, Sort: down, Limit: 2}, []string{"private", "own"}},
			{"to bob, like this", s.bob, &r{AclOnly: true, Name: "%r%", Offset: 1}, []string{"private"}},
			{"to alice", s.alice, &r{AclOnly: true}, nil},
			{"bob's project", s.bob, &r{}, []string{"own"}},
			{"alice's project, private ones of others too", s.alice, &r{}, []string{"first", "private", "unlent"}},
		} {
			if got := s.names(c.who, c.give); !slices.Equal(got, c.want) {
				t.Errorf("%s: got %v, want %v", c.name, got, c.want)
			}
		}
	})
}

func TestSecretsAreListedWithTheirConsumers(t *testing.T) {
	s := newSafe(t)
	id := s.bare(s.alice)
	s.plantUses(id, 1010)
	if got := s.describe(s.alice, id).GetConsumers(); len(got) != 1000 || got[0].GetStatus() != "ACTIVE" || got[0].GetService() != "image" {
		t.Errorf("got %d consumers, %v first", len(got), got[0])
	}
	for with, want := range map[bool]int{false: 0, true: 100} {
		r, err := s.secrets.ListSecrets(s.alice, &secretcontainerv1.ListSecretsRequest{WithConsumers: with})
		if err != nil || len(r.GetSecrets()) != 1 || len(r.GetSecrets()[0].GetConsumers()) != want {
			t.Errorf("with consumers %v: got %v, %v", with, r, err)
		}
	}
}
