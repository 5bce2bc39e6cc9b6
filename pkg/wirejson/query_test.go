package wirejson_test

import (
	"fmt"
	"net/url"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/testing/protocmp"

	"github.com/holdplane/holdplane/pkg/wirejson"
)

var truthy = wirejson.Dialect{QueryBools: wirejson.BoolTruthy, Integers: wirejson.IntegerIntegral}

func TestDecodeQuery(t *testing.T) {
	for _, tt := range []struct {
		name    string
		dialect wirejson.Dialect
		message protoreflect.Name
		give    string
		want    string // prototext
	}{
		{"nothing", wirejson.Dialect{}, "All", ``, ``},
		{"every kind of value", wirejson.Dialect{}, "All",
			`text=a+b&flag=true&i32=-1&i64=9007199254740993&u32=1&u64=18446744073709551615&f32=0.5&f64=1e3&color=COLOR_RED&data=AA%3D%3D&atTime=1970-01-01T00:00:01Z&note=`,
			`text: "a b" flag: true i32: -1 i64: 9007199254740993 u32: 1 u64: 18446744073709551615 f32: 0.5 f64: 1000 color: COLOR_RED data: "\000" at_time { seconds: 1 } note: ""`},
		{"false in a word", wirejson.Dialect{}, "All", `flag=false`, ``},
		{"any text is true", truthy, "All", `flag=false`, `flag: true`},
		{"no text is false", truthy, "All", `flag=`, ``},
		{"integral spelling", truthy, "All", `i32=1e2&i64=5.0`, `i32: 100 i64: 5`},
		{"the last of several values", wirejson.Dialect{}, "All", `i32=1&i32=2`, `i32: 2`},
		{"all values of a list", wirejson.Dialect{}, "Many", `words=a&words=&numbers=1&numbers=2&times=1970-01-01T00:00:00Z`, `words: ["a", ""] numbers: [1, 2] times {}`},
		{"raw JSON", wirejson.Dialect{}, "Raw", `any=+%5B1.0%5D`, `any: "[1.0]"`},
		{"unknown parameters dropped", wirejson.Dialect{}, "Item", `pretty&name=a&Name=b`, `name: "a"`},
		{"messages and maps dropped", wirejson.Dialect{}, "Many", `items=1&pairs=1`, ``},
		{"white space kept", trimming, "Item", `name=+a+`, `name: " a "`},
		{"path fields dropped", required, "Consumer", `containerId=evil&name=n&url=u`, `name: "n" url: "u"`},
		{"names with brackets", wirejson.Dialect{Names: map[protoreflect.FullName]string{"wire.Item.name": "filter[name]"}}, "Item", `filter%5Bname%5D=x`, `name: "x"`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			q, err := url.ParseQuery(tt.give)
			if err != nil {
				t.Fatal(err)
			}
			got := fresh(tt.message)
			if err := wirejson.New(tt.dialect).DecodeQuery(q, got, isContainerID); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(message(t, tt.message, tt.want), got, protocmp.Transform()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func isContainerID(field string) bool { return field == "container_id" }

func TestDecodeQueryRefuses(t *testing.T) {
	for _, tt := range []struct {
		name    string
		dialect wirejson.Dialect
		message protoreflect.Name
		give    string
		want    string // kind path want/got
	}{
		{"no number", wirejson.Dialect{}, "All", `i32=abc`, "type i32 integer/string"},
		{"empty number", truthy, "All", `i32=`, "type i32 integer/string"},
		{"number with space", truthy, "All", `f64=+1`, "type f64 number/string"},
		{"hexadecimal", truthy, "All", `i32=0x10`, "type i32 integer/string"},
		{"leading zero", wirejson.Dialect{}, "All", `i32=01`, "type i32 integer/string"},
		{"NaN", wirejson.Dialect{}, "All", `f64=NaN`, "type f64 number/string"},
		{"fraction", wirejson.Dialect{}, "All", `i32=1.5`, "not_integer i32 integer/number"},
		{"too great", wirejson.Dialect{}, "All", `i32=2147483648`, "range i32 integer/number"},
		{"boolean in capitals", wirejson.Dialect{}, "All", `flag=TRUE`, "type flag boolean/string"},
		{"boolean without value", wirejson.Dialect{}, "All", `flag`, "type flag boolean/string"},
		{"element of a list", wirejson.Dialect{}, "Many", `numbers=1&numbers=x`, "type numbers.1 integer/string"},
		{"unknown enum", wirejson.Dialect{}, "All", `color=blue`, "format color enum/"},
		{"bad time", wirejson.Dialect{}, "All", `atTime=now`, "format atTime date-time/"},
		{"bad time in a list", wirejson.Dialect{}, "Many", `times=now`, "format times.0 date-time/"},
		{"invalid UTF-8", wirejson.Dialect{}, "All", `text=%ff`, "utf8 text /"},
		{"raw JSON that is none", wirejson.Dialect{}, "Raw", `any=%7B`, "syntax any /"},
		{"array as raw object", wirejson.Dialect{}, "Raw", `object=%5B%5D`, "type object object/array"},
		{"both sides of a oneof", wirejson.Dialect{}, "All", `left=a&right=1`, "duplicate right /"},
		{"name and alias", barbican, "Consumer", `URL=a&url=b`, "duplicate url /"},
		{"unknown", barbican, "Consumer", `nam=a`, "unknown nam /"},
		{"missing", required, "Consumer", `name=a`, "missing url string/"},
		{"missing without any parameter", required, "Consumer", ``, "missing name string/"},
		{"path field in a closed query", wirejson.Dialect{Closed: closed}, "Consumer", `containerId=a`, "unknown containerId /"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			q, err := url.ParseQuery(tt.give)
			if err != nil {
				t.Fatal(err)
			}
			p := problem(t, wirejson.New(tt.dialect).DecodeQuery(q, fresh(tt.message), isContainerID))
			if got := fmt.Sprintf("%s %s %s/%s", p.Kind, p.Path, p.Want, p.Got); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

// A form has no second value of a field that holds one.
func TestDecodeForm(t *testing.T) {
	for _, tt := range []struct {
		name    string
		message protoreflect.Name
		give    string
		want    string // prototext, or the problem
	}{
		{"one of each", "All", `text=a&i32=1`, `text: "a" i32: 1`},
		{"all values of a list", "Many", `words=a&words=b`, `words: ["a", "b"]`},
		{"unknown ones twice", "All", `text=a&x=1&x=2`, `text: "a"`},
		{"path fields twice", "Consumer", `containerId=1&containerId=2&name=n`, `name: "n"`},
		{"a field twice", "All", `text=a&i32=1&text=b`, `duplicate text /`},
		{"an empty one twice", "All", `text=&text=`, `duplicate text /`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			form, err := url.ParseQuery(tt.give)
			if err != nil {
				t.Fatal(err)
			}
			got := fresh(tt.message)
			if err := wirejson.New(wirejson.Dialect{}).DecodeForm(form, got, isContainerID); err != nil {
				p := problem(t, err)
				if text := fmt.Sprintf("%s %s %s/%s", p.Kind, p.Path, p.Want, p.Got); text != tt.want {
					t.Errorf("got %s, want %s", text, tt.want)
				}
				return
			}
			if diff := cmp.Diff(message(t, tt.message, tt.want), got, protocmp.Transform()); diff != "" {
				t.Error(diff)
			}
		})
	}
}
