package wirejson_test

import (
	"strings"
	"sync"
	"testing"

	"google.golang.org/protobuf/reflect/protoreflect"

	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	"github.com/holdplane/holdplane/pkg/wirejson"
)

func TestPrepareAcceptsOurMessages(t *testing.T) {
	c := wirejson.New(wirejson.Dialect{
		Names:     map[protoreflect.FullName]string{"holdplane.identity.v1.Ratelimit.duration": "durationMs"},
		OmitEmpty: fields("holdplane.identity.v1.GetIdentityResponse.meta"),
	})
	for _, file := range identityFiles {
		for i := range file.Messages().Len() {
			if md := file.Messages().Get(i); md.Name() == "GetIdentityResponse" {
				if err := c.Prepare(md); err != nil {
					t.Error(err)
				}
			}
		}
	}
	if err := wirejson.New(wirejson.Dialect{}).Prepare(wire.ByName("All"), wire.ByName("Many"), wire.ByName("Raw"), wire.ByName("Patch")); err != nil {
		t.Error(err)
	}
}

func TestPrepareRefuses(t *testing.T) {
	for _, tt := range []struct {
		name    string
		dialect wirejson.Dialect
		message protoreflect.Name
		want    string
	}{
		{"a Struct", wirejson.Dialect{}, "BadStruct", "google.protobuf.Struct has no JSON form"},
		{"keys that are no strings", wirejson.Dialect{}, "BadKey", "wire.BadKey.pairs: only strings can be keys"},
		{"one name for two fields", wirejson.Dialect{Names: map[protoreflect.FullName]string{"wire.Item.size": "name"}}, "Item", `both called "name"`},
		{"an alias that is another field's name", wirejson.Dialect{Aliases: map[protoreflect.FullName][]string{"wire.Item.name": {"size"}}}, "Item", `both called "size"`},
		{"a name that is not UTF-8", wirejson.Dialect{Names: map[protoreflect.FullName]string{"wire.Item.size": "\xff"}}, "Item", "the name of wire.Item.size"},
		{"a bare message of two fields", wirejson.Dialect{Bare: fields("wire.Item")}, "Item", "wire.Item cannot be bare"},
		{"misspelt field", wirejson.Dialect{Hidden: fields("wire.Item.nam")}, "Item", "names wire.Item.nam"},
		{"misspelt message", wirejson.Dialect{Bare: fields("wire.Items")}, "Item", "names wire.Items"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			err := wirejson.New(tt.dialect).Prepare(wire.ByName(tt.message))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}

func TestUnpreparedMessagesAnswerAlike(t *testing.T) {
	c := wirejson.New(wirejson.Dialect{})
	for _, err := range []error{
		c.Decode([]byte("{}"), fresh("BadStruct")), c.DecodeQuery(nil, fresh("BadStruct"), nil), c.Decode([]byte("{}"), nil),
	} {
		if err == nil {
			t.Error("no error")
			continue
		}
		if _, bad := err.(*wirejson.Problem); bad {
			t.Errorf("blames the document: %v", err)
		}
	}
}

func TestHiddenFieldsMayBeAnything(t *testing.T) {
	c := wirejson.New(wirejson.Dialect{Hidden: fields("wire.BadStruct.meta")})
	if err := c.Prepare(wire.ByName("BadStruct")); err != nil {
		t.Error(err)
	}
}

func TestConcurrentFirstUse(t *testing.T) {
	c := wirejson.New(wirejson.Dialect{})
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if err := c.Decode([]byte(`{"child":{"child":{}}}`), fresh("All")); err != nil {
				t.Error(err)
			}
			if _, err := c.Append(nil, &identityv1.GetIdentityResponse{}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}

func TestPath(t *testing.T) {
	c := wirejson.New(wirejson.Dialect{Names: map[protoreflect.FullName]string{"wire.Item.name": "NAME"}, Bare: fields("wire.Batch")})
	for _, tt := range []struct {
		name    string
		message protoreflect.Name
		give    string
		want    string
	}{
		{"a field", "All", "at_time", "atTime"},
		{"a field of a message", "All", "child.at_time", "child.atTime"},
		{"an element", "Many", "items[2].name", "items[2].NAME"},
		{"an entry", "Many", `by_name["a.b[\"x\"]"].name`, `byName.a.b["x"].NAME`},
		{"below a scalar", "All", "text.x_y", "text.x_y"},
		{"an unknown field", "All", "no_such.x_y[1]", "no_such.x_y[1]"},
		{"nothing", "All", "", ""},
		{"broken", "Many", "items[..", "items..."},
		{"an element of a bare message", "Batch", "items[2].name", "[2].NAME"},
		{"a bare message itself", "Batch", "items", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := c.Path(wire.ByName(tt.message), tt.give).Indexed(); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}
