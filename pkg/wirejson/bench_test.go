package wirejson_test

import (
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
