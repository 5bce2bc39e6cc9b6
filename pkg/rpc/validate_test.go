package rpc_test

import (
	"errors"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"

	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/rpc"
)

func TestViolations(t *testing.T) {
	v, err := rpc.NewValidator()
	if err != nil {
		t.Fatal(err)
	}
	limit := func(limit, duration int64) proto.Message {
		return &identityv1.CreateIdentityRequest{ExternalId: "user", Ratelimits: []*identityv1.Ratelimit{{Name: "a", Limit: limit, Duration: duration}}}
	}
	for name, tt := range map[string]struct {
		give               proto.Message
		field, rule, limit string
	}{
		"nothing wrong":       {give: limit(1, 1000)},
		"too short":           {give: &identityv1.CreateIdentityRequest{ExternalId: "ab"}, field: "external_id", rule: "string.min_len", limit: "3"},
		"too long":            {give: &identityv1.CreateIdentityRequest{ExternalId: strings.Repeat("x", 257)}, field: "external_id", rule: "string.max_len", limit: "256"},
		"below a range":       {give: limit(0, 1000), field: "ratelimits[0].limit", rule: "int64.gte", limit: "1"},
		"above a range":       {give: limit(1, 1<<60), field: "ratelimits[0].duration", rule: "int64.lte", limit: "9007199254740991"},
		"above a small range": {give: &identityv1.ListIdentitiesRequest{Limit: proto.Int32(101)}, field: "limit", rule: "int32.lte", limit: "100"},
		"an open range":       {give: &identityv1.IssueSessionRequest{Tenant: "t", Subject: "s", Kind: 2, Audience: "a"}, field: "ttl_ms", rule: "int64.gt", limit: "0"},
		"JSON that is none":   {give: &identityv1.CreateIdentityRequest{ExternalId: "user", Meta: `{"a":NaN}`}, field: "meta", rule: "json"},
		"JSON of no object":   {give: &identityv1.CreateIdentityRequest{ExternalId: "user", Meta: `[1]`}, field: "meta", rule: "json"},
	} {
		t.Run(name, func(t *testing.T) {
			err := v.Check(tt.give)
			if tt.field == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			var f *fault.Error
			if !errors.As(err, &f) || len(f.Violations) == 0 {
				t.Fatalf("got %v, want a violation", err)
			}
			got := f.Violations[0]
			if got.Field != tt.field || got.Rule != tt.rule || got.Limit != tt.limit || got.Message == "" {
				t.Errorf("got %+v", got)
			}
		})
	}
}

// What a rule lists is text, not what Go prints of it.
func TestLimitOfAListedRule(t *testing.T) {
	v, err := rpc.NewValidator()
	if err != nil {
		t.Fatal(err)
	}
	f := fault.From(v.Check(&identityv1.KeyRefill{Interval: "hourly", Amount: 1}))
	if f == nil || len(f.Violations) != 1 || f.Violations[0].Rule != "string.in" || f.Violations[0].Limit != "daily, monthly" {
		t.Errorf("got %+v", f)
	}
}
