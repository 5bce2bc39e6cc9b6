package wirejson_test

import (
	"fmt"
	"strings"
	"testing"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	"github.com/holdplane/holdplane/pkg/wirejson"
)

const sampleMeta = `{"plan":"enterprise","region":"eu-central-1","team":"platform-infrastructure"}`

func sampleLimits() []*identityv1.Ratelimit {
	return []*identityv1.Ratelimit{
		{Name: "requests", Limit: 1000, Duration: 60_000},
		{Name: "tokens", Limit: 200_000, Duration: 3_600_000},
	}
}

func BenchmarkEncode(b *testing.B) {
	m := &identityv1.GetIdentityResponse{
		Id: "id_3ZkQe8Jx7oZB2uX9hQ4tVw", ExternalId: "user_2f8c1f0e5b7a4c39", Meta: sampleMeta, Ratelimits: sampleLimits(),
	}
	b.Run("wirejson", func(b *testing.B) {
		b.ReportAllocs()
		c := wirejson.New(wirejson.Dialect{})
		for b.Loop() {
			if _, err := c.Append(nil, m); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("protojson", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := (protojson.MarshalOptions{EmitUnpopulated: true}).Marshal(m); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	const limits = `"ratelimits":[{"name":"requests","limit":1000,"duration":60000},{"name":"tokens","limit":200000,"duration":3600000}]}`
	raw := []byte(`{"externalId":"user_2f8c1f0e5b7a4c39","meta":` + sampleMeta + `,` + limits)
	quoted := []byte(`{"externalId":"user_2f8c1f0e5b7a4c39","meta":"{\"plan\":\"enterprise\"}",` + limits)
	codec := wirejson.New(wirejson.Dialect{Required: true})
	run := func(name string, data []byte, decode func([]byte, proto.Message) error) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := decode(data, &identityv1.CreateIdentityRequest{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	run("wirejson", raw, codec.Decode)
	run("protojson", quoted, protojson.Unmarshal)
}

// BenchmarkHostile is what 100 kB cost that are made to be dear.
func BenchmarkHostile(b *testing.B) {
	const size = 100_000
	var names, objects strings.Builder
	for i := 0; names.Len() < size; i++ {
		fmt.Fprintf(&names, `"%x":1,`, i)
	}
	for objects.Len() < size {
		objects.WriteString(`{"a":1,"b":1,"c":1,"d":1,"e":1,"f":1,"g":1,"h":1,"i":1,"j":1,"k":1,"l":1,"m":1,"n":1,"o":1},`)
	}
	codec := wirejson.New(wirejson.Dialect{Required: true, Integers: wirejson.IntegerIntegral})
	for name, document := range map[string]string{
		"deep":             strings.Repeat(`{"x":`, size/5),
		"many names":       "{" + names.String() + `"0":1}`,
		"many raw names":   `{"meta":{` + names.String() + `"0":1}}`,
		"many objects":     `{"x":[` + objects.String() + "{}]}",
		"many empty":       `{"ratelimits":[` + strings.Repeat("{},", size/3) + "{}]}",
		"long integer":     `{"ratelimits":[{"limit":` + strings.Repeat("1", size) + "}]}",
		"long exponent":    `{"ratelimits":[{"limit":1e` + strings.Repeat("1", size) + "}]}",
		"all escapes":      `{"externalId":"` + strings.Repeat(`\n`, size/2) + "\"}}",
		"wrong type first": `{"externalId":5,"x":"` + strings.Repeat("é", size/2) + `"}`,
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			data := []byte(document)
			for b.Loop() {
				if codec.Decode(data, &identityv1.CreateIdentityRequest{}) == nil {
					b.Fatal("accepted")
				}
			}
		})
	}
}
