package useradmin_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/testing/protocmp"

	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
)

func TestGetCredential(t *testing.T) {
	inS3(t, "as the user", func(t *testing.T, w *s3World) {
		listed := w.only("ann")
		want := &useradminv1.Credential{
			TenantId: "HP", CustomerId: acme, ObjectStorageId: "eu", Region: "Region of eu", DisplayName: "Name of eu",
			CredentialId: listed.GetCredentialId(), AccessKey: listed.GetAccessKey(), SecretKey: listed.GetSecretKey(),
		}
		if id := want.GetCredentialId(); id < 1 || id >= 1<<24 || len(want.GetAccessKey()) != 20 || len(want.GetSecretKey()) != 40 {
			t.Errorf("got %v", want)
		}
		got, err := w.keys.GetCredential(w.ann(), &useradminv1.GetCredentialRequest{
			UserId: "ann", ObjectStorageId: "eu", CredentialId: int64(listed.GetCredentialId()),
		})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got.GetCredential(), protocmp.Transform()); diff != "" {
			t.Error(diff)
		}
	})
}

// What does not lead to a credential is one thing, whatever is wrong with it.
func TestIDsOfCredentialsMustFit(t *testing.T) {
	inS3(t, "all three", func(t *testing.T, w *s3World) {
		w.add(&useradminv1.AddUserRequest{Id: "bob"})
		w.add(&useradminv1.AddUserRequest{Id: "eve", Tenant: rival})
		w.register(acme, "us")
		w.register(rival, "eu2")
		synctest.Wait()
		bobs, foreign := w.of(acme, "bob"), w.of(rival, "eve")[0]
		us := slices.IndexFunc(bobs, func(m *useradminv1.Credential) bool { return m.GetObjectStorageId() == "us" })
		id := int64(bobs[1-us].GetCredentialId())
		for _, c := range []struct {
			name, user, storage string
			credential          int64
			want                codes.Code
		}{
			{"right", "bob", "eu", id, codes.OK},
			{"another user", "ann", "eu", id, codes.NotFound},
			{"an unknown user", "nobody", "eu", id, codes.NotFound},
			{"no user", "", "eu", id, codes.NotFound},
			{"another tenant's user", "eve", "eu", id, codes.NotFound},
			{"another storage", "bob", "us", id, codes.NotFound},
			{"another tenant's storage", "bob", "eu2", id, codes.NotFound},
			{"an unknown storage", "bob", "../eu", id, codes.NotFound},
			{"no storage", "bob", "", id, codes.NotFound},
			{"the id at another storage", "bob", "eu", int64(bobs[us].GetCredentialId()), codes.NotFound},
			{"another tenant's credential", "eve", "eu2", int64(foreign.GetCredentialId()), codes.NotFound},
			{"no id", "bob", "eu", 0, codes.NotFound},
			{"an id below zero", "bob", "eu", -id, codes.NotFound},
			{"an id that is the same in 32 bits", "bob", "eu", id + 1<<32, codes.NotFound},
		} {
			caller := w.rootKey(acme, "useradmin.everything")
			_, read := w.keys.GetCredential(caller, &useradminv1.GetCredentialRequest{UserId: c.user, ObjectStorageId: c.storage, CredentialId: c.credential})
			_, change := w.keys.RegenerateCredential(caller, &useradminv1.RegenerateCredentialRequest{UserId: c.user, ObjectStorageId: c.storage, CredentialId: c.credential})
			for what, err := range map[string]error{"get": read, "regenerate": change} {
				expect(t, err, c.want)
				if err != nil && !strings.HasSuffix(err.Error(), "object storage credential not found") {
					t.Errorf("%s: %s says %q", c.name, what, err)
				}
			}
		}
	})
}

// Nobody reaches the keys of somebody who may do more, and everybody their own.
func TestWhoseCredentials(t *testing.T) {
	inS3(t, "who asks", func(t *testing.T, w *s3World) {
		const everything, read, update = "useradmin.everything", "users.object-storages.credentials.read", "users.object-storages.credentials.update"
		w.add(&useradminv1.AddUserRequest{Id: "boss", Owner: true})
		w.add(&useradminv1.AddUserRequest{Id: "admin", Roles: []int64{1}})
		w.add(&useradminv1.AddUserRequest{Id: "admin2", Roles: []int64{1}})
		w.add(&useradminv1.AddUserRequest{Id: "cloud", OpenstackRoles: []string{"admin"}})
		w.add(&useradminv1.AddUserRequest{Id: "eve", Tenant: rival, Owner: true})
		for _, c := range []struct {
			name         string
			caller       context.Context
			of           string
			read, change codes.Code
		}{
			{"one's own", w.ann(), "ann", codes.OK, codes.OK},
			{"the owner's own", w.contabo(acme, "boss"), "boss", codes.OK, codes.OK},
			{"the owner, another's", w.contabo(acme, "boss"), "admin", codes.OK, codes.OK},
			{"an equal's", w.contabo(acme, "admin"), "admin2", codes.OK, codes.OK},
			{"one with fewer rights", w.contabo(acme, "admin"), "ann", codes.OK, codes.OK},
			{"the owner's, by an admin", w.contabo(acme, "admin"), "boss", codes.PermissionDenied, codes.PermissionDenied},
			{"of one with rights elsewhere", w.contabo(acme, "admin"), "cloud", codes.PermissionDenied, codes.PermissionDenied},
			{"another's, without permission", w.ann(), "admin", codes.PermissionDenied, codes.PermissionDenied},
			{"of nobody, without permission", w.ann(), "nobody", codes.PermissionDenied, codes.PermissionDenied},
			{"by a root key that reads", w.rootKey(acme, read), "ann", codes.OK, codes.PermissionDenied},
			{"by a root key that changes", w.rootKey(acme, update), "ann", codes.PermissionDenied, codes.OK},
			{"of one who may do more, by a root key", w.rootKey(acme, read, update), "admin", codes.PermissionDenied, codes.PermissionDenied},
			{"the owner's, by a root key", w.rootKey(acme, everything), "boss", codes.PermissionDenied, codes.PermissionDenied},
			{"by another tenant's owner", w.contabo(rival, "eve"), "ann", codes.NotFound, codes.NotFound},
			{"one's own, with OpenStack's session", w.keystone(acme, "ann"), "ann", codes.Unauthenticated, codes.Unauthenticated},
			{"by nobody", t.Context(), "ann", codes.Unauthenticated, codes.Unauthenticated},
		} {
			t.Log(c.name)
			id := int64(1)
			if c.of != "nobody" {
				id = int64(w.only(c.of).GetCredentialId())
			}
			_, err := w.keys.ListCredentials(c.caller, &useradminv1.ListCredentialsRequest{UserId: c.of})
			expect(t, err, c.read)
			_, err = w.keys.GetCredential(c.caller, &useradminv1.GetCredentialRequest{UserId: c.of, ObjectStorageId: "eu", CredentialId: id})
			expect(t, err, c.read)
			_, err = w.keys.RegenerateCredential(c.caller, &useradminv1.RegenerateCredentialRequest{UserId: c.of, ObjectStorageId: "eu", CredentialId: id})
			expect(t, err, c.change)
		}
	})
}

func TestListCredentials(t *testing.T) {
	inS3(t, "of one user", func(t *testing.T, w *s3World) {
		for _, id := range []string{"d", "c", "b", "a"} {
			time.Sleep(time.Second)
			w.register(acme, id)
			synctest.Wait()
		}
		two, one := int64(2), int64(1)
		for _, c := range []struct {
			name  string
			give  *useradminv1.ListCredentialsRequest
			want  string
			total int32
		}{
			{"oldest first", &useradminv1.ListCredentialsRequest{}, "eu d c b a", 5},
			{"what can't be ordered by", &useradminv1.ListCredentialsRequest{OrderBy: []string{"timestamp:desc"}}, "eu d c b a", 5},
			{"by storage", &useradminv1.ListCredentialsRequest{OrderBy: []string{"objectStorageId:asc"}}, "a b c d eu", 5},
			{"by name, last first", &useradminv1.ListCredentialsRequest{OrderBy: []string{"displayName:desc"}}, "eu d c b a", 5},
			{"by region, a page", &useradminv1.ListCredentialsRequest{OrderBy: []string{"region"}, Page: &two, Size: &two}, "c d", 5},
			{"one", &useradminv1.ListCredentialsRequest{Size: &one}, "eu", 5},
			{"of a storage", &useradminv1.ListCredentialsRequest{ObjectStorageId: "b"}, "b", 1},
			{"of a region", &useradminv1.ListCredentialsRequest{RegionName: "Region of c"}, "c", 1},
			{"of a name", &useradminv1.ListCredentialsRequest{DisplayName: "Name of d"}, "d", 1},
			{"of filters that don't meet", &useradminv1.ListCredentialsRequest{ObjectStorageId: "a", DisplayName: "Name of d"}, "", 0},
		} {
			c.give.UserId = "ann"
			r, err := w.keys.ListCredentials(w.ann(), c.give)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, m := range r.GetCredentials() {
				got = append(got, m.GetObjectStorageId())
			}
			if strings.Join(got, " ") != c.want || r.GetPage().GetTotalElements() != c.total {
				t.Errorf("%s: got %q of %d, want %q of %d", c.name, got, r.GetPage().GetTotalElements(), c.want, c.total)
			}
		}
		_, err := w.keys.ListCredentials(w.rootKey(acme, "useradmin.everything"), &useradminv1.ListCredentialsRequest{UserId: "nobody"})
		expect(t, err, codes.NotFound)
	})
}

// Reads are recorded as changes are, and no record or line of the log has a secret.
func TestCredentialsAreAudited(t *testing.T) {
	inS3(t, "reads, too", func(t *testing.T, w *s3World) {
		old, ann := w.only("ann"), w.ann() // the first list
		id := int64(old.GetCredentialId())
		_, err := w.keys.GetCredential(ann, &useradminv1.GetCredentialRequest{UserId: "ann", ObjectStorageId: "eu", CredentialId: id})
		expect(t, err, codes.OK)
		_, err = w.keys.GetCredential(ann, &useradminv1.GetCredentialRequest{UserId: "ann", ObjectStorageId: "eu", CredentialId: id + 1})
		expect(t, err, codes.NotFound)
		fresh, err := w.rotate(ann, "ann") // lists, too
		expect(t, err, codes.OK)
		w.s3.fails("", errDown)
		_, err = w.rotate(ann, "ann")
		expect(t, err, codes.Unavailable)
		pass(time.Minute)
		for event, want := range map[string]int{"credential.list": 4, "credential.read": 1, "credential.regenerate": 2} {
			wantAudits(t, w.world, acme, event, "ann", want)
		}
		for _, secret := range []string{old.GetSecretKey(), fresh.GetSecretKey(), "admin's secret"} {
			for _, r := range w.records(acme) {
				if strings.Contains(r.String(), secret) {
					t.Errorf("a record has a secret: %v", r)
				}
			}
			if strings.Contains(w.log.String(), secret) {
				t.Errorf("the log has a secret:\n%s", w.log)
			}
		}
	})
}
