package wirejson_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/testing/protocmp"

	"github.com/holdplane/holdplane/pkg/wirejson"
)

var (
	integral   = wirejson.Dialect{Integers: wirejson.IntegerIntegral}
	nullAbsent = wirejson.Dialect{Null: wirejson.NullAbsent}
	required   = wirejson.Dialect{Required: true}
	trimming   = wirejson.Dialect{TrimStrings: true}
	barbican   = wirejson.Dialect{
		Names: map[protoreflect.FullName]string{"wire.Consumer.url": "URL"}, Aliases: map[protoreflect.FullName][]string{"wire.Consumer.url": {"url", "Url"}},
		Hidden: fields("wire.Consumer.container_id"), Required: true, Closed: closed,
	}
	nullable = wirejson.Dialect{Nullable: fields("wire.Patch.first_name", "wire.Patch.roles", "wire.Raw.object", "wire.Raw.any", "wire.All.child")}
	bare     = wirejson.Dialect{Bare: fields("wire.Batch")}
)

func TestDecode(t *testing.T) {
	for _, tt := range []struct {
		name    string
		dialect wirejson.Dialect
		message protoreflect.Name
		give    string
		want    string // prototext
	}{
		{"nothing in it", wirejson.Dialect{}, "All", ` {} `, ``},
		{
			"every kind of value", wirejson.Dialect{}, "All",
			`{"text":"x\n","flag":true,"i32":-2147483648,"i64":-9223372036854775808,"u32":4294967295,"u64":18446744073709551615,"f32":0.1,
			"f64":1e21,"color":"COLOR_RED","data":"//4B","atTime":"1970-01-01T02:00:01.000005+02:00","note":"","left":"","child":{"i32":1},"none":{}}`,
			`text: "x\n" flag: true i32: -2147483648 i64: -9223372036854775808 u32: 4294967295 u64: 18446744073709551615
			f32: 0.1 f64: 1e21 color: COLOR_RED data: "\xff\xfe\x01" at_time { seconds: 1 nanos: 5000 } note: "" left: "" child { i32: 1 } none {}`,
		},
		{"least integers", wirejson.Dialect{}, "Numbers", `{"int32":-2147483648,"sint32":-2147483648,"sfixed32":-2147483648,"int64":-9223372036854775808,"sint64":-9223372036854775808,"sfixed64":-9223372036854775808}`,
			`int32: -2147483648 sint32: -2147483648 sfixed32: -2147483648 int64: -9223372036854775808 sint64: -9223372036854775808 sfixed64: -9223372036854775808`},
		{"greatest integers", wirejson.Dialect{}, "Numbers", `{"int32":2147483647,"sint32":2147483647,"sfixed32":2147483647,"uint32":4294967295,"fixed32":4294967295,"int64":9223372036854775807,"sint64":9223372036854775807,"sfixed64":9223372036854775807,"uint64":18446744073709551615,"fixed64":18446744073709551615}`,
			`int32: 2147483647 sint32: 2147483647 sfixed32: 2147483647 uint32: 4294967295 fixed32: 4294967295 int64: 9223372036854775807 sint64: 9223372036854775807 sfixed64: 9223372036854775807 uint64: 18446744073709551615 fixed64: 18446744073709551615`},
		{"messages of two and three bytes' length", wirejson.Dialect{}, "All", `{"child":{"text":"` + long(127) + `","child":{"text":"` + long(20_000) + `"}},"i32":1}`,
			`child { text: "` + long(127) + `" child { text: "` + long(20_000) + `" } } i32: 1`},
		{"minus zero as integer", wirejson.Dialect{}, "All", `{"i32":-0,"u32":-0}`, ``},
		{"integral spellings", integral, "All", `{"i32":1e3,"i64":1.0,"u32":12.50e1,"u64":100e-2}`, `i32: 1000 i64: 1 u32: 125 u64: 1`},
		{"integral zeros", integral, "All", `{"i32":0e999999999999,"i64":0.000e-99999999999}`, ``},
		{"integral without rounding", integral, "All", `{"i64":9007199254740993.0,"u64":1844674407370955161.5e1}`, `i64: 9007199254740993 u64: 18446744073709551615`},
		{"numbers too small for a double", wirejson.Dialect{}, "All", `{"f64":1e-400}`, ``},
		{"lists and maps", wirejson.Dialect{}, "Many",
			`{"numbers":[1, 2],"words":["a",""],"pairs":{"a":"1","":"2"},"items":[{"name":"x"},{}],"byName":{"k":{"size":1}},"times":["1970-01-01T00:00:00Z"]}`,
			`numbers: [1, 2] words: ["a", ""] pairs { key: "a" value: "1" } pairs { value: "2" } items { name: "x" } items {} by_name { key: "k" value { size: 1 } } times {}`},
		{"empty lists and maps", wirejson.Dialect{}, "Many", `{"numbers":[],"pairs":{ },"items":[ ]}`, ``},
		{"raw JSON without the space around it", wirejson.Dialect{}, "Raw", "{\"object\" :\n { \"a\" : 10.0 }\t,\"any\":  null ,\"anys\":[ 1 ,{}]}",
			`object: "{ \"a\" : 10.0 }" any: "null" anys: "1" anys: "{}"`},
		{"unknown members dropped", wirejson.Dialect{}, "Item", `{"x":{"y":[1,"",null]},"name":"n","Name":1}`, `name: "n"`},
		{"null as absent", nullAbsent, "All", `{"text":null,"child":null,"color":null,"note":null}`, ``},
		{"null for lists as absent", nullAbsent, "Many", `{"numbers":null,"pairs":null}`, ``},
		{"null in mask rules is absent", nullAbsent, "Patch", `{"firstName":null,"roles":[]}`, `update_mask { paths: "roles" }`},
		{"mask names what is there", wirejson.Dialect{}, "Patch", `{"roles":[],"x":1,"firstName":""}`, `first_name: "" update_mask { paths: ["first_name", "roles"] }`},
		{"mask of nothing", wirejson.Dialect{}, "Patch", `{}`, `update_mask {}`},
		{"mask cannot be sent", wirejson.Dialect{}, "Patch", `{"updateMask":"roles","update_mask":{"paths":["user_id"]}}`, `update_mask {}`},
		{"null for nullable fields is present", nullable, "Patch", `{"firstName":null,"roles":null}`, `update_mask { paths: ["first_name", "roles"] }`},
		{"null for nullable raw JSON", nullable, "Raw", `{"object":null,"any":null}`, `any: "null"`},
		{"null for a nullable message", nullable, "All", `{"child":null}`, ``},
		{"another name", barbican, "Consumer", `{"name":"n","URL":"u"}`, `name: "n" url: "u"`},
		{"an alias", barbican, "Consumer", `{"name":"n","Url":"u"}`, `name: "n" url: "u"`},
		{"a name with escapes", barbican, "Consumer", `{"n\u0061me":"n","URL":"u"}`, `name: "n" url: "u"`},
		{"white space trimmed", trimming, "Many", `{"words":[" a b\t","\u001c\u00a0"],"pairs":{" k ":" v "}}`, `words: ["a b", ""] pairs { key: " k " value: "v" }`},
		{"white space trimmed in all that is spelled", trimming, "All", `{"color":" COLOR_RED","data":"AA== ","atTime":" 1970-01-01T00:00:00Z"}`,
			`color: COLOR_RED data: "\000" at_time {}`},
		{"white space in raw JSON kept", trimming, "Raw", `{"any":" a "}`, `any: "\" a \""`},
		{"white space kept", wirejson.Dialect{}, "Item", `{"name":" a "}`, `name: " a "`},
		{"bare message", bare, "Batch", `[{"name":"a"},{}]`, `items { name: "a" } items {}`},
		{"required and empty", required, "Item", `{"name":""}`, ``},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := fresh(tt.message)
			if err := wirejson.New(tt.dialect).Decode([]byte(tt.give), got); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(message(t, tt.message, tt.want), got, protocmp.Transform()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func long(n int) string { return strings.Repeat("x", n) }

func TestDecodeRefuses(t *testing.T) {
	for _, tt := range []struct {
		name    string
		dialect wirejson.Dialect
		message protoreflect.Name
		give    string
		want    string // kind path want/got
	}{
		{"empty body", wirejson.Dialect{}, "All", ``, "empty  /"},
		{"blank body", wirejson.Dialect{}, "All", " \n", "empty  /"},
		{"array as body", wirejson.Dialect{}, "All", `[]`, "type  object/array"},
		{"null as body", nullAbsent, "All", `null`, "null  object/null"},
		{"object as bare body", bare, "Batch", `{"items":[]}`, "type  array/object"},
		{"two bodies", wirejson.Dialect{}, "All", `{} {}`, "trailing  /"},
		{"string as integer", wirejson.Dialect{}, "All", `{"i64":"1"}`, "type i64 integer/string"},
		{"string as float", wirejson.Dialect{}, "All", `{"f64":"NaN"}`, "type f64 number/string"},
		{"number as string", wirejson.Dialect{}, "All", `{"text":5}`, "type text string/number"},
		{"number as boolean", wirejson.Dialect{}, "All", `{"flag":0}`, "type flag boolean/number"},
		{"boolean as bytes", wirejson.Dialect{}, "All", `{"data":true}`, "type data string/boolean"},
		{"number as enum", wirejson.Dialect{}, "All", `{"color":1}`, "type color string/number"},
		{"array as message", wirejson.Dialect{}, "All", `{"child":[]}`, "type child object/array"},
		{"object as list", wirejson.Dialect{}, "Many", `{"items":{}}`, "type items array/object"},
		{"array as map", wirejson.Dialect{}, "Many", `{"pairs":[]}`, "type pairs object/array"},
		{"number as time", wirejson.Dialect{}, "All", `{"atTime":0}`, "type atTime string/number"},
		{"array as raw object", wirejson.Dialect{}, "Raw", `{"object":[]}`, "type object object/array"},
		{"wrong element", wirejson.Dialect{}, "Many", `{"items":[{},{"size":1},{"size":"1"}]}`, "type items.2.size integer/string"},
		{"wrong entry", wirejson.Dialect{}, "Many", `{"byName":{"k":{"name":{}}}}`, "type byName.k.name string/object"},
		{"null for a string", wirejson.Dialect{}, "All", `{"text":null}`, "null text string/null"},
		{"null for a raw object", wirejson.Dialect{}, "Raw", `{"object":null}`, "null object object/null"},
		{"null in a list", nullAbsent, "Many", `{"numbers":[1,null]}`, "null numbers.1 integer/null"},
		{"null in a map", nullAbsent, "Many", `{"pairs":{"k":null}}`, "null pairs.k string/null"},
		{"fraction as integer", wirejson.Dialect{}, "All", `{"i32":1.5}`, "not_integer i32 integer/number"},
		{"integral fraction as literal", wirejson.Dialect{}, "All", `{"i32":1.0}`, "not_integer i32 integer/number"},
		{"exponent as literal", wirejson.Dialect{}, "All", `{"i32":1e3}`, "not_integer i32 integer/number"},
		{"fraction as integral", integral, "All", `{"i32":1e-1}`, "not_integer i32 integer/number"},
		{"least fraction as integral", integral, "All", `{"i32":1.0000000000000000000001}`, "not_integer i32 integer/number"},
		{"tiny number as integral", integral, "All", `{"i32":1e-99999999999999999999}`, "not_integer i32 integer/number"},
		{"huge number as integral", integral, "All", `{"u64":1e99999999999999999999}`, "range u64 integer/number"},
		{"above int32", wirejson.Dialect{}, "All", `{"i32":2147483648}`, "range i32 integer/number"},
		{"below int32", wirejson.Dialect{}, "All", `{"i32":-2147483649}`, "range i32 integer/number"},
		{"above int64", wirejson.Dialect{}, "All", `{"i64":9223372036854775808}`, "range i64 integer/number"},
		{"above uint32", integral, "All", `{"u32":4294967296e0}`, "range u32 integer/number"},
		{"above uint64", integral, "All", `{"u64":1844674407370955161.6e1}`, "range u64 integer/number"},
		{"below uint64", wirejson.Dialect{}, "All", `{"u64":-1}`, "range u64 integer/number"},
		{"above double", wirejson.Dialect{}, "All", `{"f64":1e400}`, "range f64 number/number"},
		{"above float", wirejson.Dialect{}, "All", `{"f32":1e39}`, "range f32 number/number"},
		{"wrong time in a list", wirejson.Dialect{}, "Many", `{"times":["1970-01-01T00:00:00Z",""]}`, "format times.1 date-time/"},
		{"entry without end", wirejson.Dialect{}, "Many", `{"pairs":{"a":"b"`, "syntax pairs /"},
		{"entry without colon", wirejson.Dialect{}, "Many", `{"pairs":{"a"}}`, "syntax pairs /"},
		{"unknown enum name", wirejson.Dialect{}, "All", `{"color":"RED"}`, "format color enum/"},
		{"base64 without padding", wirejson.Dialect{}, "All", `{"data":"AA"}`, "format data base64/"},
		{"base64 of URLs", wirejson.Dialect{}, "All", `{"data":"__8="}`, "format data base64/"},
		{"time without zone", wirejson.Dialect{}, "All", `{"atTime":"2026-01-02T03:04:05"}`, "format atTime date-time/"},
		{"time with comma", wirejson.Dialect{}, "All", `{"atTime":"2026-01-02T03:04:05,5Z"}`, "format atTime date-time/"},
		{"time with one digit for the hour", wirejson.Dialect{}, "All", `{"atTime":"2026-01-02T3:04:05.5Z"}`, "format atTime date-time/"},
		{"time below nanoseconds", wirejson.Dialect{}, "All", `{"atTime":"2026-01-02T03:04:05.1234567891Z"}`, "format atTime date-time/"},
		{"year zero", wirejson.Dialect{}, "All", `{"atTime":"0000-12-31T23:59:59Z"}`, "format atTime date-time/"},
		{"year 10000 by its zone", wirejson.Dialect{}, "All", `{"atTime":"9999-12-31T23:59:59-01:00"}`, "format atTime date-time/"},
		{"missing", required, "Item", `{"size":1}`, "missing name string/"},
		{"missing list", required, "Batch", `{}`, "missing items array/"},
		{"missing raw object", required, "Raw", `{}`, "missing object object/"},
		{"missing in an element", required, "Many", `{"items":[{"name":"a"},{}]}`, "missing items.1.name string/"},
		{"missing by null", wirejson.Dialect{Required: true, Null: wirejson.NullAbsent}, "Item", `{"name":null}`, "missing name string/"},
		{"unknown", barbican, "Consumer", `{"name":"n","uRL":"u"}`, "unknown uRL /"},
		{"hidden", barbican, "Consumer", `{"containerId":"c"}`, "unknown containerId /"},
		{"field twice", wirejson.Dialect{}, "Item", `{"name":"a","size":1,"name":"b"}`, "duplicate name /"},
		{"field twice, once escaped", wirejson.Dialect{}, "Item", `{"name":"a","\u006eame":"b"}`, "duplicate name /"},
		{"field twice, once null", nullAbsent, "Item", `{"name":null,"name":"b"}`, "duplicate name /"},
		{"field by name and alias", barbican, "Consumer", `{"url":"a","URL":"b"}`, "duplicate URL /"},
		{"dropped member twice", wirejson.Dialect{}, "Item", `{"x":1,"name":"","x":1}`, "duplicate x /"},
		{"empty name twice", wirejson.Dialect{}, "Item", `{"":1,"":1}`, `duplicate "" /`},
		{"twice in a dropped member", wirejson.Dialect{}, "Item", `{"x":[{"a":{"y":1,"y":1}}]}`, "duplicate x.0.a.y /"},
		{"twice in raw JSON", wirejson.Dialect{}, "Raw", `{"object":{"a":[0,{"y":1,"y":1}]}}`, "duplicate object.a.1.y /"},
		{"key twice in a map", wirejson.Dialect{}, "Many", `{"pairs":{"a":"1","a":"1"}}`, "duplicate pairs.a /"},
		{"both sides of a oneof", wirejson.Dialect{}, "All", `{"left":"","right":0}`, "duplicate right /"},
		{"bad syntax wins over a bad field", wirejson.Dialect{}, "All", `{"text":5,}`, "syntax  /"},
		{"repeated names win over a bad field", wirejson.Dialect{}, "All", `{"text":5,"x":0,"x":0}`, "duplicate x /"},
		{"bad syntax wins over a missing field", required, "Item", `{} x`, "trailing  /"},
		{"bad syntax wins over a missing element", required, "Many", `{"items":[{}}`, "syntax items /"},
		{"word that only starts like one", nullAbsent, "All", `{"text":nul}`, "syntax text /"},
		{"long foreign names are cut", wirejson.Dialect{Closed: closed}, "Item", `{"` + strings.Repeat("é", 100) + `":1}`, "unknown " + strings.Repeat("é", 32) + "… /"},
		{"too many elements", wirejson.Dialect{}, "Many", `{"numbers":[` + strings.Repeat("1,", wirejson.MaxElements) + `1]}`, "size numbers.10000 /"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := problem(t, wirejson.New(tt.dialect).Decode([]byte(tt.give), fresh(tt.message)))
			if got := fmt.Sprintf("%s %s %s/%s", p.Kind, p.Path, p.Want, p.Got); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestRefusedDocumentsLeaveNoTrace(t *testing.T) {
	got := message(t, "Item", `size: 1`)
	problem(t, wirejson.New(wirejson.Dialect{}).Decode([]byte(`{"name":"a","size":""}`), got))
	if diff := cmp.Diff(message(t, "Item", `size: 1`), got, protocmp.Transform()); diff != "" {
		t.Error(diff)
	}
}

func TestDecodeMerges(t *testing.T) {
	got := message(t, "Consumer", `container_id: "c" name: "old"`)
	if err := wirejson.New(barbican).Decode([]byte(`{"name":"n","url":"u"}`), got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(message(t, "Consumer", `container_id: "c" name: "n" url: "u"`), got, protocmp.Transform()); diff != "" {
		t.Error(diff)
	}
}

func TestProblem(t *testing.T) {
	p := problem(t, wirejson.New(wirejson.Dialect{}).Decode([]byte(`{"items":[{"size": ""}]}`), fresh("Many")))
	if got, want := p.Error(), "wirejson: items.0.size: type: want integer, got string"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got, want := p.Path.Indexed(), "items[0].size"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if p.Offset != 19 {
		t.Errorf("offset is %d", p.Offset)
	}
	p = problem(t, wirejson.New(wirejson.Dialect{}).Decode([]byte("{\"a\":\"\xff\"}"), fresh("Many")))
	if got, want := p.Error(), "wirejson: utf8 at byte 6"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestMaxElementsIsExact(t *testing.T) {
	document := `{"numbers":[` + strings.Repeat("1,", wirejson.MaxElements-1) + `1]}`
	wantKind(t, wirejson.New(wirejson.Dialect{}).Decode([]byte(document), fresh("Many")), "")
	few := wirejson.New(wirejson.Dialect{MaxElements: 2})
	wantKind(t, few.Decode([]byte(`{"numbers":[1,1]}`), fresh("Many")), "")
	wantKind(t, few.Decode([]byte(`{"numbers":[1,1,1]}`), fresh("Many")), wirejson.KindSize)
}
