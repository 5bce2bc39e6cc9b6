package apideck_test

import (
	"context"

	vaultv1 "github.com/holdplane/holdplane/gen/holdplane/connectionvault/v1"
	"github.com/holdplane/holdplane/pkg/fault"
)

// resources has one mapping, and a form for every resource.
type resources struct {
	vaultv1.UnimplementedResourceServiceServer
	of *connections
}

const mappingID = "crm+leads+training"

func mapping(value string) *vaultv1.CustomMapping {
	return &vaultv1.CustomMapping{Id: mappingID, Label: new("Training"), Key: "training", Value: &value, CustomField: true, ConsumerId: new("ann")}
}

func (s resources) GetResourceConfig(ctx context.Context, r *vaultv1.GetResourceConfigRequest) (*vaultv1.GetResourceConfigResponse, error) {
	answer, err := s.of.GetConnection(ctx, &vaultv1.GetConnectionRequest{
		ApplicationId: r.GetApplicationId(), ConsumerId: r.GetConsumerId(), UnifiedApi: r.GetUnifiedApi(), ServiceId: r.GetServiceId(),
	})
	if err != nil {
		return nil, err
	}
	answer.Connection.Configuration = `[{"resource":"` + r.GetResource() + `","defaults":[{"id":"owner","target":"resource","options":[{"label":"Ann","value":7}],"value":7}]}]`
	return &vaultv1.GetResourceConfigResponse{Connection: answer.GetConnection()}, nil
}

func (resources) UpdateResourceConfig(_ context.Context, r *vaultv1.UpdateResourceConfigRequest) (*vaultv1.UpdateResourceConfigResponse, error) {
	return nil, fault.NotFound("RESOURCE_NOT_FOUND", "resource %s can't be configured", r.GetResource())
}

func (resources) ListResourceMappings(context.Context, *vaultv1.ListResourceMappingsRequest) (*vaultv1.ListResourceMappingsResponse, error) {
	return &vaultv1.ListResourceMappingsResponse{CustomMappings: []*vaultv1.CustomMapping{mapping("$.a")}}, nil
}

func (resources) ListMappings(context.Context, *vaultv1.ListMappingsRequest) (*vaultv1.ListMappingsResponse, error) {
	return &vaultv1.ListMappingsResponse{}, nil
}

func (resources) GetMapping(_ context.Context, r *vaultv1.GetMappingRequest) (*vaultv1.GetMappingResponse, error) {
	if r.GetTargetFieldId() != mappingID {
		return nil, fault.NotFound("MAPPING_NOT_FOUND", "there is no mapping %s", r.GetTargetFieldId())
	}
	return &vaultv1.GetMappingResponse{CustomMapping: mapping("$.a")}, nil
}

func (resources) CreateMapping(context.Context, *vaultv1.CreateMappingRequest) (*vaultv1.CreateMappingResponse, error) {
	return nil, fault.AlreadyExists("MAPPING_EXISTS", "the mapping exists")
}

func (resources) UpdateMapping(_ context.Context, r *vaultv1.UpdateMappingRequest) (*vaultv1.UpdateMappingResponse, error) {
	return &vaultv1.UpdateMappingResponse{CustomMapping: mapping(r.GetValue())}, nil
}

func (resources) DeleteMapping(context.Context, *vaultv1.DeleteMappingRequest) (*vaultv1.DeleteMappingResponse, error) {
	return &vaultv1.DeleteMappingResponse{}, nil
}

// consents says what it is told.
type consents struct {
	vaultv1.UnimplementedConsentServiceServer
}

const iso = "2022-11-09T13:20:00.123Z"

func (consents) ListConsents(context.Context, *vaultv1.ListConsentsRequest) (*vaultv1.ListConsentsResponse, error) {
	return &vaultv1.ListConsentsResponse{Consents: []*vaultv1.ConsentRecord{{Id: "c1", CreatedAt: iso, Granted: true, Resources: `"*"`}}}, nil
}

func (consents) RecordConsent(_ context.Context, r *vaultv1.RecordConsentRequest) (*vaultv1.RecordConsentResponse, error) {
	return &vaultv1.RecordConsentResponse{Consent: &vaultv1.ConsentRecord{Id: "c2", CreatedAt: iso, Granted: r.GetGranted(), Resources: r.GetResources()}}, nil
}

// sessions makes one.
type sessions struct {
	vaultv1.UnimplementedSessionServiceServer
}

func (sessions) CreateSession(context.Context, *vaultv1.CreateSessionRequest) (*vaultv1.CreateSessionResponse, error) {
	return &vaultv1.CreateSessionResponse{SessionToken: session}, nil
}
