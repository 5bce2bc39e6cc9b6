package unkey

import (
	"maps"

	"google.golang.org/protobuf/reflect/protoreflect"

	identityv2 "github.com/holdplane/holdplane/gen/holdplane/identity/v2"
	"github.com/holdplane/holdplane/pkg/wirejson"
)

const packageV2 = "holdplane.identity.v2."

// codecV2 follows the JSON schemas by which Unkey's server checks bodies: integers are
// literals (1e3 is none), null is not the same as absent, unknown members are refused. It
// also takes what newer clients (unkey.py 3.2.2) send beyond those schemas: null for the
// limits of a key and for the overlap of two, and role for roleId. A migration may bring
// thousands of keys at once.
func codecV2() *wirejson.Codec {
	return wirejson.New(wirejson.Dialect{
		Bare: bareV2(),
		Nullable: set(packageV2, "KeyCredits.remaining", "UpdateKeyCredits.remaining", "UpdateKeyCredits.refill",
			"UpdateKeyRequest.name", "UpdateKeyRequest.external_id", "UpdateKeyRequest.meta", "UpdateKeyRequest.expires",
			"UpdateKeyRequest.credits", "UpdateKeyRequest.ratelimits", "UpdateCreditsRequest.value", "RerollKeyRequest.expiration"),
		Aliases: map[protoreflect.FullName][]string{packageV2 + "SetRolePermissionsRequest.role_id": {"role"}},
		OmitEmpty: set(packageV2, "Identity.meta", "Identity.ratelimits", "Key.meta", "Key.permissions", "Key.roles",
			"Key.ratelimits", "Role.permissions", "VerifyKeyResponse.meta", "VerifyKeyResponse.permissions",
			"VerifyKeyResponse.roles", "VerifyKeyResponse.ratelimits"),
		Closed:      func(md protoreflect.MessageDescriptor) bool { return !openV2[md.FullName()] },
		Required:    true,
		Integers:    wirejson.IntegerLiteral,
		Null:        wirejson.NullRefused,
		MaxElements: 100_000,
	})
}

// openV2 are the messages whose schema does not say that unknown members are refused.
// Clients send rate limits back as they got them, ids included.
var openV2 = set(packageV2, "CreateIdentityRequest", "RerollKeyRequest", "RatelimitRequest", "VerifyKeyRatelimit", "GetLivenessRequest")

// filesV2 hold the services of v2.
var filesV2 = []protoreflect.FileDescriptor{
	identityv2.File_holdplane_identity_v2_api_proto,
	identityv2.File_holdplane_identity_v2_identity_proto,
	identityv2.File_holdplane_identity_v2_key_proto,
	identityv2.File_holdplane_identity_v2_liveness_proto,
	identityv2.File_holdplane_identity_v2_permission_proto,
	identityv2.File_holdplane_identity_v2_ratelimit_proto,
}

// answersV2 are the answers by the full name of their RPC.
func answersV2() map[string]protoreflect.MessageDescriptor {
	answers := map[string]protoreflect.MessageDescriptor{}
	for _, file := range filesV2 {
		for i := range file.Services().Len() {
			s := file.Services().Get(i)
			for j := range s.Methods().Len() {
				m := s.Methods().Get(j)
				answers["/"+string(s.FullName())+"/"+string(m.Name())] = m.Output()
			}
		}
	}
	return answers
}

// bareV2 are the messages that stand on the wire as their only field: answers that hold
// one message or one list, and the checks of a multi-limit.
func bareV2() map[protoreflect.FullName]bool {
	bare := set(packageV2, "MultiLimitRequest")
	for md := range maps.Values(answersV2()) {
		if md.Fields().Len() != 1 {
			continue
		}
		if fd := md.Fields().Get(0); fd.IsList() || fd.Message() != nil {
			bare[md.FullName()] = true
		}
	}
	return bare
}

// pagesV2 are the RPCs that answer with a page, which tells where the next one is.
func pagesV2() map[string]bool {
	pages := map[string]bool{}
	for rpc, md := range answersV2() {
		if md.Fields().ByName("pagination") != nil {
			pages[rpc] = true
		}
	}
	return pages
}
