package main

import (
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
)

// operatorRows are those of what the operator does with accounts and users.
var operatorRows = map[string]row{
	useradminv1.OperatorService_CreateAccount_FullMethodName: {door: operator, right: codes.AlreadyExists, request: func(_ *testing.T, w *world) proto.Message {
		return &useradminv1.CreateAccountRequest{Tenant: w.tenant}
	}},
	useradminv1.OperatorService_GetAccount_FullMethodName: {door: operator, request: func(_ *testing.T, w *world) proto.Message {
		return &useradminv1.GetAccountRequest{Tenant: w.tenant}
	}},
	useradminv1.OperatorService_AddUser_FullMethodName: {door: operator, request: func(_ *testing.T, w *world) proto.Message {
		return &useradminv1.AddUserRequest{Tenant: w.tenant, Email: newEmail(), Password: personPassword}
	}},
	useradminv1.OperatorService_ListAllUsers_FullMethodName: {door: operator, request: func(_ *testing.T, w *world) proto.Message {
		return &useradminv1.ListAllUsersRequest{Tenant: w.tenant}
	}},
	useradminv1.OperatorService_ChangePassword_FullMethodName: {door: operator, right: codes.NotFound, request: func(_ *testing.T, w *world) proto.Message {
		return &useradminv1.ChangePasswordRequest{Tenant: w.tenant, User: "nobody", Password: personPassword}
	}},
	useradminv1.OperatorService_CheckPassword_FullMethodName: {door: operator, right: codes.NotFound, request: func(_ *testing.T, w *world) proto.Message {
		return &useradminv1.CheckPasswordRequest{Tenant: w.tenant, User: "nobody", Password: personPassword}
	}},
	useradminv1.OperatorService_AddRole_FullMethodName: {door: operator, request: func(_ *testing.T, w *world) proto.Message {
		return &useradminv1.AddRoleRequest{Tenant: w.tenant, Role: &useradminv1.CreateRoleRequest{Name: "a role"}}
	}},
	useradminv1.OperatorService_AddObjectStorage_FullMethodName: {door: operator, request: func(_ *testing.T, w *world) proto.Message {
		return &useradminv1.AddObjectStorageRequest{Tenant: w.tenant, Region: "European Union", S3Url: "https://s3.example.com", Driver: "record"}
	}},
}
