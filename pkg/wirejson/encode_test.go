package wirejson_test

import (
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	"github.com/holdplane/holdplane/pkg/wirejson"
)

func TestAppend(t *testing.T) {
	for _, tt := range []struct {
		name    string
		dialect wirejson.Dialect
		message protoreflect.Name
		give    string // prototext
		want    string
	}{
		{
			name: "zero values are written, unset optional fields and messages are not", message: "All",
			want: `{"text":"","flag":false,"i32":0,"i64":0,"u32":0,"u64":0,"f32":0,"f64":0,"color":"COLOR_UNSPECIFIED","data":""}`,
		},
		{
			name: "every kind of value", message: "All",
			give: `text: "x" flag: true i32: -2147483648 i64: -9223372036854775808 u32: 4294967295 u64: 18446744073709551615
				f32: 0.1 f64: 1e21 color: COLOR_RED data: "\xff\xfe\x01" at_time { seconds: 1 nanos: 5000 } note: "" left: "" none {}`,
			want: `{"text":"x","flag":true,"i32":-2147483648,"i64":-9223372036854775808,"u32":4294967295,"u64":18446744073709551615,` +
				`"f32":0.1,"f64":1e+21,"color":"COLOR_RED","data":"//4B","atTime":"1970-01-01T00:00:01.000005Z","note":"","left":"","none":{}}`,
		},
		{
			name: "numbers as JavaScript prints them", message: "All",
			dialect: wirejson.Dialect{Hidden: fields("wire.All.text", "wire.All.flag", "wire.All.i32", "wire.All.u32", "wire.All.u64", "wire.All.data")},
			give:    `i64: 9007199254740993 f32: 10 f64: -1.5e-7 color: 7`,
			want:    `{"i64":9007199254740993,"f32":10,"f64":-1.5e-07,"color":7}`,
		},
		{
			name: "empty lists and maps", message: "Many",
			want: `{"numbers":[],"words":[],"pairs":{},"items":[],"byName":{},"times":[]}`,
		},
		{
			name: "full lists and maps by key", message: "Many",
			give: `numbers: 2 numbers: 1 words: "" pairs { key: "b" value: "1" } pairs { key: "a" } pairs { key: "B" } items { name: "x" }
				by_name { key: "z" value { size: 3 } } times { nanos: 1 } times { seconds: -1 nanos: 120000000 }`,
			want: `{"numbers":[2,1],"words":[""],"pairs":{"B":"","a":"","b":"1"},"items":[{"name":"x","size":0}],` +
				`"byName":{"z":{"name":"","size":3}},"times":["1970-01-01T00:00:00.000000001Z","1969-12-31T23:59:59.120Z"]}`,
		},
		{
			name: "only what has to be escaped is", message: "Item",
			give: `name: "\"\\/\b\f\n\r\t\001\037\177<>&é\342\200\250😀"`,
			want: `{"name":"\"\\/\b\f\n\r\t\u0001\u001f` + "\x7f<>&é\u2028😀" + `","size":0}`,
		},
		{
			name: "raw JSON stands for itself, and without text for an empty object or nothing", message: "Raw",
			give: `objects: "" objects: "{ \"a\" : 1.0 }" anys: "" anys: "[1e400]"`,
			want: `{"object":{},"objects":[{},{ "a" : 1.0 }],"anys":[null,[1e400]]}`,
		},
		{
			name: "raw JSON byte for byte", message: "Raw",
			give: `object: "{\"n\": 10.0,\"m\":9007199254740993}" any: "null" maybe: ""`,
			want: `{"object":{"n": 10.0,"m":9007199254740993},"any":null,"maybe":{},"objects":[],"anys":[]}`,
		},
		{
			name: "empty fields left out", message: "Many",
			dialect: wirejson.Dialect{OmitEmpty: fields("wire.Many.numbers", "wire.Many.pairs", "wire.Many.items", "wire.Many.times", "wire.Many.by_name")},
			give:    `items { size: 1 }`,
			want:    `{"words":[],"items":[{"name":"","size":1}]}`,
		},
		{
			name: "empty raw objects and zero values left out", message: "Raw",
			dialect: wirejson.Dialect{OmitEmpty: fields("wire.Raw.object", "wire.Raw.maybe", "wire.Raw.objects", "wire.Raw.any")},
			give:    `maybe: "{ }" anys: "0" any: "{}"`,
			want:    `{"any":{},"anys":[0]}`,
		},
		{
			name: "raw object that holds an empty one is not empty", message: "Raw",
			dialect: wirejson.Dialect{OmitEmpty: fields("wire.Raw.object", "wire.Raw.objects", "wire.Raw.anys")},
			give:    `object: "{\"\":{}}"`,
			want:    `{"object":{"":{}}}`,
		},
		{
			name: "nullable fields", message: "All",
			dialect: wirejson.Dialect{
				Nullable: fields("wire.All.note", "wire.All.child", "wire.All.at_time"),
				Hidden:   fields("wire.All.i32", "wire.All.i64", "wire.All.u32", "wire.All.u64", "wire.All.f32", "wire.All.f64", "wire.All.color", "wire.All.data", "wire.All.flag"),
			},
			give: `at_time {}`,
			want: `{"text":"","atTime":"1970-01-01T00:00:00Z","child":null,"note":null}`,
		},
		{
			name: "nullable raw JSON", message: "Raw",
			dialect: wirejson.Dialect{Nullable: fields("wire.Raw.object", "wire.Raw.any", "wire.Raw.maybe")},
			want:    `{"object":null,"any":null,"maybe":null,"objects":[],"anys":[]}`,
		},
		{
			name: "renamed and hidden fields", message: "Consumer",
			dialect: wirejson.Dialect{
				Names:  map[protoreflect.FullName]string{"wire.Consumer.url": "URL", "wire.Consumer.name": `a"b`},
				Hidden: fields("wire.Consumer.container_id"),
			},
			give: `container_id: "c" name: "n" url: "u"`,
			want: `{"a\"b":"n","URL":"u"}`,
		},
		{
			name: "bare message", message: "Batch",
			dialect: wirejson.Dialect{Bare: fields("wire.Batch")},
			give:    `items { name: "a" } items { name: "b" }`,
			want:    `[{"name":"a","size":0},{"name":"b","size":0}]`,
		},
		{
			name: "times that are days", message: "All",
			dialect: wirejson.Dialect{
				Dates:  fields("wire.All.at_time"),
				Hidden: numbers,
			},
			give: `at_time { seconds: 253402300799 nanos: 5 }`,
			want: `{"text":"","atTime":"9999-12-31"}`,
		},
		{
			name: "times without a zone", message: "All", dialect: naive,
			give: `at_time { seconds: 1795315862 nanos: 614275999 }`,
			want: `{"text":"","atTime":"2026-11-22T02:51:02.614275"}`,
		},
		{name: "less than a microsecond, without a zone", message: "All", dialect: naive, give: `at_time { seconds: 0 nanos: 999 }`, want: `{"text":"","atTime":"1970-01-01T00:00:00"}`},
		{name: "update mask is not on the wire", message: "Patch", give: `update_mask { paths: "roles" }`, want: `{"userId":"","roles":[]}`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := wirejson.New(tt.dialect).Append([]byte("before "), message(t, tt.message, tt.give))
			if err != nil {
				t.Fatal(err)
			}
			if want := "before " + tt.want; string(got) != want {
				t.Errorf("got  %s\nwant %s", got, want)
			}
		})
	}
}

// numbers are fields that some cases are not about.
var numbers = fields("wire.All.i32", "wire.All.i64", "wire.All.u32", "wire.All.u64", "wire.All.f32", "wire.All.f64", "wire.All.color", "wire.All.data", "wire.All.flag")

var naive = wirejson.Dialect{NaiveTimes: true, Hidden: numbers}

func TestAppendRefuses(t *testing.T) {
	const bad = "a\xff"
	item := func(name string) *identityv1.Ratelimit { return &identityv1.Ratelimit{Name: name} }
	for _, tt := range []struct {
		name string
		give proto.Message
		want string
	}{
		{"text that is not UTF-8", item(bad), "wirejson: holdplane.identity.v1.Ratelimit: name: not UTF-8"},
		{"such text inside a list", &identityv1.GetIdentityResponse{Ratelimits: []*identityv1.Ratelimit{item("ok"), item(bad)}}, "ratelimits: name: not UTF-8"},
		{"NaN", message(t, "All", `f64: nan`), "f64: not a finite number"},
		{"infinity", message(t, "All", `f32: -inf`), "f32: not a finite number"},
		{"time after 9999", message(t, "All", `at_time { seconds: 253402300800 }`), "at_time: outside the years"},
		{"negative nanoseconds", message(t, "All", `at_time { nanos: -1 }`), "at_time: outside the years"},
		{"nothing at all", nil, "no message"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := wirejson.New(wirejson.Dialect{}).Append(nil, tt.give)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %q and %v, want %q", got, err, tt.want)
			}
		})
	}
}

func TestAppendOfUnsetPointers(t *testing.T) {
	got, err := wirejson.New(wirejson.Dialect{}).Append(nil, (*identityv1.GetIdentityResponse)(nil))
	if want := `{"id":"","externalId":"","meta":{},"ratelimits":[]}`; err != nil || string(got) != want {
		t.Errorf("got %s and %v, want %s", got, err, want)
	}
}
