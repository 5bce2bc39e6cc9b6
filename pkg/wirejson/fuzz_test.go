package wirejson_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/url"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/dynamicpb"
	"google.golang.org/protobuf/types/known/fieldmaskpb"

	optionsv1 "github.com/holdplane/holdplane/gen/holdplane/options/v1"
	"github.com/holdplane/holdplane/pkg/wirejson"
)

var mask fieldmaskpb.FieldMask

// seeds are documents that reach most of the decoder; the corpus adds the rest.
var seeds = []string{
	`{"text":"x","flag":true,"i32":-1,"i64":1e3,"u32":1.0,"u64":1,"f32":0.1,"f64":1e21,"color":"COLOR_RED","data":"//4B","atTime":"1970-01-01T00:00:01.5Z","child":{"note":""},"left":"a"}`,
	`{"numbers":[1,2],"words":["\ud83d\ude00"],"pairs":{"a":"b"},"items":[{"name":"x","size":2}],"byName":{"k":{}},"times":["2026-01-02T03:04:05+02:00"]}`,
	`{"object":{"a":[1,{"b":null}]},"any":[null],"maybe":{},"objects":[{}],"anys":[1,"2"]}`,
	`{"int32":-1,"sint32":-1,"sfixed32":-1,"uint32":1,"fixed32":1,"int64":-1,"sint64":-1,"sfixed64":-1,"uint64":1,"fixed64":1}`,
	`{"firstName":null,"roles":[],"updateMask":"x"}`,
	`[{"name":"x","size":2},{"name":"y"},{}]`,
	`{"externalId":"user_1","meta":{"plan":"x"},"ratelimits":[{"name":"tokens","limit":10,"duration":1000}]}`,
}

// strict is all that a dialect can ask for at once: closed schemas, bare arrays, null only
// where it is meant, and integers as they are.
var strict = wirejson.Dialect{
	Closed: func(protoreflect.MessageDescriptor) bool { return true }, Bare: bare.Bare, Nullable: nullable.Nullable,
	Required: true, Integers: wirejson.IntegerLiteral, Null: wirejson.NullRefused, MaxElements: 100,
}

func addSeeds(f *testing.F) {
	f.Helper()
	for i, seed := range seeds {
		f.Add(uint8(i), uint8(i), []byte(seed))
	}
	for i, c := range corpus {
		f.Add(uint8(i), uint8(2), []byte(`{"any":`+c.text+`}`))
	}
}

// FuzzDecode proves that what is accepted is written such that it reads as the same.
func FuzzDecode(f *testing.F) {
	addSeeds(f)
	codecs := []*wirejson.Codec{
		wirejson.New(wirejson.Dialect{}), wirejson.New(integral), wirejson.New(nullAbsent), wirejson.New(required), wirejson.New(trimming),
		wirejson.New(barbican), wirejson.New(nullable), wirejson.New(bare),
		wirejson.New(strict),
	}
	messages := append([]protoreflect.MessageDescriptor{wire.ByName("All"), wire.ByName("Many"), wire.ByName("Raw"), wire.ByName("Patch"), wire.ByName("Batch")}, everyMessage()...)
	f.Fuzz(func(t *testing.T, dialect, message uint8, data []byte) {
		codec, md := codecs[int(dialect)%len(codecs)], messages[int(message)%len(messages)]
		var texts [2][]byte
		for i := range texts {
			m := dynamicpb.NewMessage(md)
			if err := codec.Decode(data, m); err != nil {
				if _, ok := errors.AsType[*wirejson.Problem](err); i > 0 || !ok {
					t.Fatalf("%v: %s", err, data)
				}
				return
			}
			var err error
			if texts[i], err = codec.Append(nil, m); err != nil {
				t.Fatal(err)
			}
			if !json.Valid(texts[i]) {
				t.Fatalf("not JSON: %s", texts[i])
			}
			data = texts[i]
		}
		if !bytes.Equal(texts[0], texts[1]) {
			t.Fatalf("%s became %s", texts[0], texts[1])
		}
	})
}

// FuzzAgainstProtojson compares with protojson, on messages without raw JSON. What we
// accept it accepts with the same meaning, and it reads what we write. It accepts more:
// numbers in strings, numbers as enums, other alphabets of base64, members repeated
// among dropped ones, a oneof given twice by null, and more than 64 levels.
func FuzzAgainstProtojson(f *testing.F) {
	addSeeds(f)
	messages := []protoreflect.MessageDescriptor{wire.ByName("All"), wire.ByName("Many"), wire.ByName("Numbers"), wire.ByName("Item")}
	// protojson knows fields by their proto names too, and takes null for absent.
	aliases := map[protoreflect.FullName][]string{"wire.All.at_time": {"at_time"}, "wire.Many.by_name": {"by_name"}}
	codec := wirejson.New(wirejson.Dialect{Aliases: aliases, Integers: wirejson.IntegerIntegral, Null: wirejson.NullAbsent})
	theirs := protojson.UnmarshalOptions{DiscardUnknown: true}
	f.Fuzz(func(t *testing.T, _, message uint8, data []byte) {
		md := messages[int(message)%len(messages)]
		got, want := dynamicpb.NewMessage(md), dynamicpb.NewMessage(md)
		if codec.Decode(data, got) != nil {
			return
		}
		if err := theirs.Unmarshal(data, want); err != nil {
			t.Fatalf("protojson refuses: %v", err)
		}
		same(t, data, want, got)
		text, err := codec.Append(nil, got)
		if err != nil {
			t.Fatal(err)
		}
		again := dynamicpb.NewMessage(md)
		if err := theirs.Unmarshal(text, again); err != nil {
			t.Fatalf("protojson refuses what we write: %v", err)
		}
		same(t, text, got, again)
	})
}

func same(t *testing.T, text []byte, want, got proto.Message) {
	t.Helper()
	if !proto.Equal(want, got) {
		t.Fatalf("%s: %s", text, cmp.Diff(want, got, protocmp.Transform()))
	}
}

// FuzzCheckRaw compares with encoding/json, which is laxer in three points only.
func FuzzCheckRaw(f *testing.F) {
	for _, c := range corpus {
		f.Add(c.text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		err := wirejson.CheckRaw(text, optionsv1.RawJSON_RAW_JSON_VALUE)
		valid := json.Valid([]byte(text))
		if err == nil {
			if !valid {
				t.Fatalf("accepted %q", text)
			}
			return
		}
		if kind := problem(t, err).Kind; valid && !stricter[kind] {
			t.Fatalf("%q: %v", text, err)
		}
	})
}

// FuzzDecodeQuery proves that no query does harm, and that problems blame the query.
func FuzzDecodeQuery(f *testing.F) {
	f.Add(uint8(0), "i32=1&flag=true&text=%ff&color=COLOR_RED&atTime=1970-01-01T00:00:00Z")
	f.Add(uint8(1), "numbers=1&numbers=x&times=&pairs=1")
	f.Add(uint8(2), "any=%7B%22a%22:1%7D&objects={}&maybe=")
	codec := wirejson.New(truthy)
	f.Fuzz(func(t *testing.T, message uint8, query string) {
		q, err := url.ParseQuery(query)
		if err != nil {
			return
		}
		names := []protoreflect.Name{"All", "Many", "Raw", "Patch", "Consumer"}
		m := fresh(names[int(message)%len(names)])
		if err := codec.DecodeQuery(q, m, nil); err != nil {
			problem(t, err)
			return
		}
		if _, err := codec.Append(nil, m); err != nil {
			t.Fatal(err)
		}
	})
}
