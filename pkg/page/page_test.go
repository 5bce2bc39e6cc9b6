package page_test

import (
	"bytes"
	"encoding/base64"
	"errors"
	"io"
	"strings"
	"testing"

	"google.golang.org/grpc/codes"

	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/page"
	"github.com/holdplane/holdplane/pkg/seal"
)

var list = page.Scope{Method: "/x.v1.S/List", Tenant: "acme", Filter: []string{"name", "asc"}}

func newCodec(t testing.TB) *page.Codec {
	t.Helper()
	keyset, err := seal.NewKeyset()
	if err != nil {
		t.Fatal(err)
	}
	return page.New(keyset)
}

func encode(t testing.TB, codec *page.Codec, scope page.Scope, position []byte) string {
	t.Helper()
	cursor, err := codec.Encode(scope, position)
	if err != nil {
		t.Fatal(err)
	}
	return cursor
}

func wantInvalid(t *testing.T, codec *page.Codec, scope page.Scope, cursor string) {
	t.Helper()
	position, err := codec.Decode(scope, cursor)
	var f *fault.Error
	if !errors.As(err, &f) || f.Code != codes.InvalidArgument || f.Reason != page.ReasonCursorInvalid {
		t.Errorf("cursor %q gave %x, %v; want the fault %s", cursor, position, err, page.ReasonCursorInvalid)
	}
}

func TestCursorReturnsItsPosition(t *testing.T) {
	t.Parallel()
	codec := newCodec(t)
	for _, n := range []int{0, 1, 30, page.MaxPositionLen} {
		position := bytes.Repeat([]byte{0xfe}, n)
		cursor := encode(t, codec, list, position)
		if len(cursor) > page.MaxLen {
			t.Errorf("a position of %d bytes makes a cursor of %d", n, len(cursor))
		}
		if strings.Trim(cursor, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") != "" {
			t.Errorf("cursor %q needs escaping in a URL", cursor)
		}
		if got, err := codec.Decode(list, cursor); err != nil || !bytes.Equal(got, position) {
			t.Errorf("got %x, %v; want %x", got, err, position)
		}
	}
	if _, err := codec.Encode(list, make([]byte, page.MaxPositionLen+1)); err == nil {
		t.Error("a position that is too long was encoded")
	}
}

func TestCursorIsForItsListOnly(t *testing.T) {
	t.Parallel()
	codec := newCodec(t)
	scopes := []page.Scope{
		list,
		{Method: "/x.v1.S/ListOther", Tenant: "acme", Filter: []string{"name", "asc"}},
		{Method: "/x.v1.S/List", Tenant: "other", Filter: []string{"name", "asc"}},
		{Method: "/x.v1.S/List", Tenant: "acme", Filter: []string{"nameasc"}},
		{Method: "/x.v1.S/List", Tenant: "acme", Filter: []string{"asc", "name"}},
		{Method: "/x.v1.S/List", Tenant: "acme", Filter: []string{"name", "asc", ""}},
		{Method: "/x.v1.S/List", Tenant: "acme"},
		{Method: "/x.v1.S/List", Filter: []string{"acme", "name", "asc"}},
		{Tenant: "/x.v1.S/List", Filter: []string{"acme", "name", "asc"}},
		{},
	}
	for i, from := range scopes {
		cursor := encode(t, codec, from, []byte("position"))
		for j, to := range scopes {
			if i != j {
				wantInvalid(t, codec, to, cursor)
			}
		}
		wantInvalid(t, newCodec(t), from, cursor)
	}
}

// Some 50,000 cursors, each with another bit changed.
func TestEditedCursorsAreInvalid(t *testing.T) {
	t.Parallel()
	codec := newCodec(t)
	for n := range 100 {
		cursor := encode(t, codec, list, bytes.Repeat([]byte("p"), n%7))
		for bit := range len(cursor) * 8 {
			edited := []byte(cursor)
			edited[bit/8] ^= 1 << (bit % 8)
			wantInvalid(t, codec, list, string(edited))
		}
	}
	cursor := encode(t, codec, list, []byte("position"))
	for _, edited := range []string{
		"=", cursor + "=", cursor + "\n", "\r\n" + cursor, cursor[:9] + "\n" + cursor[9:], " " + cursor,
		cursor + cursor, cursor[1:], cursor[:len(cursor)-1], strings.Repeat("A", page.MaxLen), strings.Repeat("A", 1<<20), "\x00", "é",
	} {
		wantInvalid(t, codec, list, edited)
	}
}

func TestInvalidCursorsLookAlike(t *testing.T) {
	t.Parallel()
	codec := newCodec(t)
	foreign := encode(t, codec, page.Scope{Method: list.Method, Tenant: "other"}, []byte("p"))
	var messages []string
	for _, cursor := range []string{"=", "!", "AAAA", foreign} {
		_, err := codec.Decode(list, cursor)
		messages = append(messages, fault.From(err).GRPCStatus().String())
	}
	for _, message := range messages {
		if message != messages[0] || strings.Contains(message, "seal") || strings.Contains(message, "base64") {
			t.Errorf("messages differ or tell too much: %q", messages)
		}
	}
}

func TestEndsOfListsHaveNoCursor(t *testing.T) {
	t.Parallel()
	codec := newCodec(t)
	if cursor, err := codec.Encode(list, nil); cursor != "" || err != nil {
		t.Errorf("the end has the cursor %q, %v", cursor, err)
	}
	if position, err := codec.Decode(list, ""); position != nil || err != nil {
		t.Errorf("no cursor leads to %q, %v", position, err)
	}
}

type brokenAEAD struct{ seal.AEAD }

func (brokenAEAD) Seal(_, _ []byte) ([]byte, error) { return nil, io.ErrUnexpectedEOF }
func (brokenAEAD) Open(_, _ []byte) ([]byte, error) { return nil, io.ErrUnexpectedEOF }

func TestTroubleWithTheKeyIsNotTheCallersFault(t *testing.T) {
	t.Parallel()
	codec := page.New(brokenAEAD{})
	if _, err := codec.Encode(list, []byte("p")); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("encode: %v", err)
	}
	if _, err := codec.Decode(list, "AAAA"); fault.From(err).Code != codes.Internal {
		t.Errorf("decode: %v", err)
	}
}

func FuzzDecode(f *testing.F) {
	codec := newCodec(f)
	f.Add("=")
	f.Add("AAAA\n")
	f.Add(encode(f, newCodec(f), list, []byte("position")))
	f.Add(base64.RawURLEncoding.EncodeToString(make([]byte, seal.Overhead)))
	f.Fuzz(func(t *testing.T, cursor string) {
		if cursor != "" { // no cursor is the start of the list
			wantInvalid(t, codec, list, cursor)
		}
	})
}

func FuzzRoundTrip(f *testing.F) {
	codec := newCodec(f)
	f.Add("method", "tenant", "filter", []byte("position"))
	f.Fuzz(func(t *testing.T, method, tenant, filter string, position []byte) {
		scope := page.Scope{Method: method, Tenant: tenant, Filter: []string{filter}}
		cursor, err := codec.Encode(scope, position)
		if (err != nil) != (len(position) > page.MaxPositionLen) {
			t.Fatalf("%d bytes: %v", len(position), err)
		}
		if err != nil {
			return
		}
		if got, err := codec.Decode(scope, cursor); err != nil || !bytes.Equal(got, position) {
			t.Errorf("got %x, %v", got, err)
		}
	})
}

func BenchmarkCursor(b *testing.B) {
	codec := newCodec(b)
	position := bytes.Repeat([]byte("p"), 40)
	for b.Loop() {
		if _, err := codec.Decode(list, encode(b, codec, list, position)); err != nil {
			b.Fatal(err)
		}
	}
}
