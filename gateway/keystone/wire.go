package keystone

import (
	"google.golang.org/protobuf/reflect/protoreflect"

	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
	"github.com/holdplane/holdplane/pkg/wirejson"
)

// wire follows Keystone's JSON schemas, which are open and take null for absent where they
// say anything of it.
func wire() wirejson.Dialect {
	return wirejson.Dialect{
		Names: spelled(useradminv1.File_holdplane_useradmin_v1_keystone_proto),
		Hidden: set(
			// They stand in headers and in the query.
			"CreateKeystoneTokenRequest.with_catalog", "CreateKeystoneTokenResponse.with_catalog", "CreateKeystoneTokenResponse.subject_token",
			"GetKeystoneTokenRequest.with_catalog", "GetKeystoneTokenResponse.with_catalog",
			"GetKeystoneTokenRequest.subject_token", "GetKeystoneTokenResponse.subject_token", "RevokeKeystoneTokenRequest.subject_token",
			// It stands in the path.
			"CreateApplicationCredentialRequest.user_id",
			// Those of lists have more members: answer writes them.
			"ListAuthProjectsResponse.links", "ListUserProjectsResponse.links", "ListApplicationCredentialsResponse.links",
		),
		Nullable: set(
			"KeystoneTokenUser.password_expires_at", "ApplicationCredential.description", "ApplicationCredential.system",
			"ApplicationCredential.expires_at", "ApplicationCredential.unrestricted",
			"ApplicationCredentialRole.domain_id", "ApplicationCredentialRole.description",
		),
		// Tokens for no project have neither.
		OmitEmpty: set("KeystoneToken.roles", "KeystoneToken.catalog"),
		Null:      wirejson.NullAbsent,
	}
}

// spelled has all fields of a file's messages on the wire as they are in the proto.
func spelled(file protoreflect.FileDescriptor) map[protoreflect.FullName]string {
	names := map[protoreflect.FullName]string{}
	for i := range file.Messages().Len() {
		fields := file.Messages().Get(i).Fields()
		for j := range fields.Len() {
			names[fields.Get(j).FullName()] = string(fields.Get(j).Name())
		}
	}
	return names
}

// set holds names of the service's package.
func set(names ...protoreflect.Name) map[protoreflect.FullName]bool {
	s := make(map[protoreflect.FullName]bool, len(names))
	for _, name := range names {
		s["holdplane.useradmin.v1."+protoreflect.FullName(name)] = true
	}
	return s
}
