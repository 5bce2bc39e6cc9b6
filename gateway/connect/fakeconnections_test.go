package connect_test

import (
	"context"
	"slices"

	"google.golang.org/protobuf/proto"

	connectionvaultv1 "github.com/holdplane/holdplane/gen/holdplane/connectionvault/v1"
	"github.com/holdplane/holdplane/pkg/fault"
)

type fakeConnections struct {
	connectionvaultv1.UnimplementedConnectionServiceServer
	v *vault
}

func (f fakeConnections) ListConnections(ctx context.Context, r *connectionvaultv1.ListConnectionsRequest) (*connectionvaultv1.ListConnectionsResponse, error) {
	f.v.mu.Lock()
	defer f.v.mu.Unlock()
	if err := f.v.admit(ctx); err != nil {
		return nil, err
	}
	a := &connectionvaultv1.ListConnectionsResponse{}
	for _, c := range f.v.connections {
		if r.GetApi() == "" || r.GetApi() == c.GetUnifiedApi() {
			a.Connections = append(a.Connections, proto.CloneOf(c))
		}
	}
	return a, nil
}

func (f fakeConnections) GetConnection(ctx context.Context, r *connectionvaultv1.GetConnectionRequest) (*connectionvaultv1.GetConnectionResponse, error) {
	f.v.mu.Lock()
	defer f.v.mu.Unlock()
	c, err := f.v.find(ctx, r.GetUnifiedApi(), r.GetServiceId())
	return &connectionvaultv1.GetConnectionResponse{Connection: proto.CloneOf(c)}, err
}

func (f fakeConnections) UpdateConnection(ctx context.Context, r *connectionvaultv1.UpdateConnectionRequest) (*connectionvaultv1.UpdateConnectionResponse, error) {
	f.v.mu.Lock()
	defer f.v.mu.Unlock()
	c, err := f.v.change(ctx, r)
	if err != nil {
		return nil, err
	}
	c.CreatedAt = new(int64(1))
	if slices.Contains(r.GetUpdateMask().GetPaths(), "enabled") {
		c.Enabled = r.GetEnabled()
	}
	if slices.Contains(r.GetUpdateMask().GetPaths(), "settings") && c.GetAuthType() == "apiKey" {
		c.State, c.Health = "callable", "ok"
	}
	return &connectionvaultv1.UpdateConnectionResponse{Connection: proto.CloneOf(c)}, nil
}

func (f fakeConnections) DeleteConnection(ctx context.Context, r *connectionvaultv1.DeleteConnectionRequest) (*connectionvaultv1.DeleteConnectionResponse, error) {
	f.v.mu.Lock()
	defer f.v.mu.Unlock()
	c, err := f.v.change(ctx, r)
	if err != nil {
		return nil, err
	}
	c.State, c.Enabled, c.CreatedAt, c.Health = "available", false, nil, "needs_auth"
	return &connectionvaultv1.DeleteConnectionResponse{}, nil
}

func (f fakeConnections) AuthorizeConnection(ctx context.Context, r *connectionvaultv1.AuthorizeConnectionRequest) (*connectionvaultv1.AuthorizeConnectionResponse, error) {
	f.v.mu.Lock()
	defer f.v.mu.Unlock()
	c, err := f.v.change(ctx, r)
	if err != nil {
		return nil, err
	}
	c.State, c.Health = "callable", "ok"
	return &connectionvaultv1.AuthorizeConnectionResponse{Connection: proto.CloneOf(c)}, nil
}

func (f fakeConnections) ConfirmConnection(ctx context.Context, r *connectionvaultv1.ConfirmConnectionRequest) (*connectionvaultv1.ConfirmConnectionResponse, error) {
	f.v.mu.Lock()
	defer f.v.mu.Unlock()
	c, err := f.v.change(ctx, r)
	if err != nil {
		return nil, err
	}
	if f.v.confirms[r.GetConfirmToken()] != c.GetId() {
		return nil, fault.FailedPrecondition("CONFIRM_TOKEN", "the confirm token is not valid")
	}
	delete(f.v.confirms, r.GetConfirmToken())
	c.State, c.Enabled, c.CreatedAt, c.Health = "callable", true, new(int64(1)), "ok"
	return &connectionvaultv1.ConfirmConnectionResponse{Confirmed: true}, nil
}

type fakeResources struct {
	connectionvaultv1.UnimplementedResourceServiceServer
	v *vault
}

func (f fakeResources) GetResourceConfig(ctx context.Context, r *connectionvaultv1.GetResourceConfigRequest) (*connectionvaultv1.GetResourceConfigResponse, error) {
	f.v.mu.Lock()
	defer f.v.mu.Unlock()
	c, err := f.v.find(ctx, r.GetUnifiedApi(), r.GetServiceId())
	return &connectionvaultv1.GetResourceConfigResponse{Connection: proto.CloneOf(c)}, err
}

func (f fakeResources) UpdateResourceConfig(ctx context.Context, r *connectionvaultv1.UpdateResourceConfigRequest) (*connectionvaultv1.UpdateResourceConfigResponse, error) {
	f.v.mu.Lock()
	defer f.v.mu.Unlock()
	c, err := f.v.change(ctx, r)
	return &connectionvaultv1.UpdateResourceConfigResponse{Connection: proto.CloneOf(c)}, err
}

type fakeConsents struct {
	connectionvaultv1.UnimplementedConsentServiceServer
	v *vault
}

func (f fakeConsents) RecordConsent(ctx context.Context, r *connectionvaultv1.RecordConsentRequest) (*connectionvaultv1.RecordConsentResponse, error) {
	f.v.mu.Lock()
	defer f.v.mu.Unlock()
	_, err := f.v.change(ctx, r)
	return &connectionvaultv1.RecordConsentResponse{}, err
}
