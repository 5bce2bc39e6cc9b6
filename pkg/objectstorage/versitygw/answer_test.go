package versitygw_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/holdplane/holdplane/pkg/objectstorage"
	"github.com/holdplane/holdplane/pkg/objectstorage/versitygw"
	"github.com/holdplane/holdplane/pkg/seal"
)

// planted are the secrets of these tests, and what stands for them in what is sent.
var planted = []string{"admin-secret", "user-secret", "Signature=", "AWS4"}

// answer is what a server says to one operation.
type answer struct {
	status int
	body   string
}

func code(status int, c string) answer {
	return answer{status, `<?xml version="1.0" encoding="UTF-8"?>` + "\n<Error><Code>" + c + "</Code><Message>m</Message></Error>"}
}

func TestAnswers(t *testing.T) {
	absent, exists := code(404, "XAdminUserNotFound"), code(409, "XAdminUserExists")
	long := "<Error><!--" + strings.Repeat("x", 64<<10) + "--><Code>XAdminUserExists</Code></Error>"
	for _, test := range []struct {
		name           string
		create, update answer
		want           string // the error; empty if there is none
		refused        bool
	}{
		{"created", answer{status: 201}, answer{}, "", false},
		{"exists and updated", exists, answer{status: 200}, "", false},
		{"deleted meanwhile", exists, absent, "versitygw: update-user: answered 404 XAdminUserNotFound", false},
		{"no IAM", code(501, "XAdminMethodNotSupported"), answer{}, "create-user: answered 501 XAdminMethodNotSupported", true},
		{"trouble", code(500, "InternalError"), answer{}, "create-user: answered 500 InternalError", false},
		{"busy", code(503, "SlowDown"), answer{}, "create-user: answered 503 SlowDown", false},
		{"too many", answer{status: 429}, answer{}, "create-user: answered 429", false},
		{"too slow", answer{status: 408}, answer{}, "create-user: answered 408", false},
		{"wrong clock", code(403, "RequestTimeTooSkewed"), answer{}, "create-user: answered 403 RequestTimeTooSkewed", false},
		{"malformed", code(400, "MalformedXML"), answer{}, "create-user: answered 400 MalformedXML", true},
		{"another server", answer{404, "<!DOCTYPE html><p>AWS4 <b>"}, answer{}, "create-user: answered 404", true},
		{"another server that is pleased", answer{202, "{}"}, answer{}, "create-user: answered 202", true},
		{"a code to be logged", code(400, "a\nAWS4"), answer{}, "create-user: answered 400", true},
		{"a code too far behind", answer{409, long}, answer{}, "create-user: answered 409", true},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := serve(t, map[string]answer{"/create-user": test.create, "/update-user": test.update})
			check(t, put(t.Context(), s), test.want, test.refused)
		})
	}
	for name, meets := range map[string]answer{"deleted": {status: 200}, "absent": absent} {
		t.Run(name, func(t *testing.T) {
			s := serve(t, map[string]answer{"/delete-user": meets})
			check(t, versitygw.New().Delete(t.Context(), s, "HPKEY"), "", false)
		})
	}
}

// TestRedirectsAreNotFollowed uses the status with which a client sends the body again.
func TestRedirectsAreNotFollowed(t *testing.T) {
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		t.Error("the principal went elsewhere")
	}))
	defer elsewhere.Close()
	s := listen(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, elsewhere.URL+r.URL.Path, http.StatusTemporaryRedirect)
	})
	check(t, put(t.Context(), s), "create-user: answered 307", true)
}

func TestEndlessAnswersAreCutOff(t *testing.T) {
	s := listen(t, func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusBadRequest)
		for r.Context().Err() == nil {
			if _, err := io.WriteString(w, strings.Repeat("<a>", 1000)); err != nil {
				return
			}
		}
	})
	check(t, put(t.Context(), s), "create-user: answered 400", true)
}

// TestSilence takes ten seconds, beside the other tests.
func TestSilence(t *testing.T) {
	t.Parallel()
	s := silent(t)
	begun := time.Now()
	err := put(t.Context(), s)
	check(t, err, "versitygw: create-user: context deadline exceeded", false)
	if took := time.Since(begun); took < 9*time.Second || took > 15*time.Second {
		t.Errorf("gave up after %v", took)
	}
}

func TestCallsEndWithTheirContext(t *testing.T) {
	s := silent(t)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := versitygw.New().Delete(ctx, s, "HPKEY"); !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
}

func TestAdminURL(t *testing.T) {
	for _, admin := range []string{
		"", "gateway", "gateway:7070", "//gateway", "ftp://gateway", "http://", "http://:7070", "http:gateway",
		"http://user-secret@gateway", "http://gateway/admin", "http://gateway?x=1", "http://gateway#x", "http://gate way", "http://%zz",
	} {
		err := put(t.Context(), objectstorage.Storage{AdminURL: admin})
		check(t, err, "its admin URL is not http or https with a host and nothing else", true)
	}
}

// silent takes requests and never answers.
func silent(t *testing.T) objectstorage.Storage {
	return listen(t, func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // only then the server sees that a client is gone
		<-r.Context().Done()
	})
}

// serve answers each operation with what is given for its path.
func serve(t *testing.T, answers map[string]answer) objectstorage.Storage {
	return listen(t, func(w http.ResponseWriter, r *http.Request) {
		a := answers[r.URL.Path]
		if r.Method != http.MethodPatch || a.status == 0 || !r.Close {
			t.Errorf("%s %s, which keeps the connection: %t", r.Method, r.URL, !r.Close)
			a.status = http.StatusTeapot
		}
		w.WriteHeader(a.status)
		fmt.Fprint(w, a.body)
	})
}

func listen(t *testing.T, handle http.HandlerFunc) objectstorage.Storage {
	server := httptest.NewServer(handle)
	t.Cleanup(server.Close)
	return objectstorage.Storage{
		AdminURL: server.URL, AdminAccessKey: "admin", AdminSecretKey: seal.Secret("admin-secret"), Region: "eu",
	}
}

func put(ctx context.Context, s objectstorage.Storage) error {
	p := objectstorage.Principal{AccessKey: "HPKEY", SecretKey: seal.Secret("user-secret")}
	return versitygw.New().Put(ctx, s, p)
}

// check compares an error with the end of what it is to say.
func check(t *testing.T, err error, want string, refused bool) {
	t.Helper()
	if err == nil || want == "" {
		if err != nil || want != "" {
			t.Errorf("error %v, want %q", err, want)
		}
		return
	}
	if !strings.HasSuffix(err.Error(), want) {
		t.Errorf("error %q, want %q", err, want)
	}
	if got := errors.Is(err, objectstorage.ErrRefused); got != refused {
		t.Errorf("%v: refused %t, want %t", err, got, refused)
	}
	for _, secret := range planted {
		if strings.Contains(err.Error(), secret) {
			t.Errorf("%q is in %q", secret, err)
		}
	}
}
