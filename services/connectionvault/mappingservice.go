package connectionvault

import (
	"context"
	"slices"
	"strings"
	"time"

	connectionvaultv1 "github.com/holdplane/holdplane/gen/holdplane/connectionvault/v1"
	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/fault"
)

// maxMappings is how many mappings a connection can have.
const maxMappings = 1000

// asksMapping are requests that name a mapping.
type asksMapping interface {
	asksConnection
	GetTargetFieldId() string
}

// ListResourceMappings goes by ids: hris+employees+first_aid_training is of employees.
func (h resources) ListResourceMappings(ctx context.Context, r *connectionvaultv1.ListResourceMappingsRequest) (*connectionvaultv1.ListResourceMappingsResponse, error) {
	_, f, err := h.read(ctx, r)
	if err != nil {
		return nil, err
	}
	answer := &connectionvaultv1.ListResourceMappingsResponse{}
	for _, m := range f.connection.GetMappings() {
		if strings.HasPrefix(m.GetId(), r.GetUnifiedApi()+"+"+r.GetResource()+"+") {
			answer.CustomMappings = append(answer.CustomMappings, mappingView(f.connection, m))
		}
	}
	return answer, nil
}

func (h resources) ListMappings(ctx context.Context, r *connectionvaultv1.ListMappingsRequest) (*connectionvaultv1.ListMappingsResponse, error) {
	_, f, err := h.read(ctx, r)
	if err != nil {
		return nil, err
	}
	return &connectionvaultv1.ListMappingsResponse{CustomMappings: mappingViews(f.connection)}, nil
}

func (h resources) GetMapping(ctx context.Context, r *connectionvaultv1.GetMappingRequest) (*connectionvaultv1.GetMappingResponse, error) {
	_, f, err := h.read(ctx, r)
	if err != nil {
		return nil, err
	}
	m, err := shownMapping(f.connection, r)
	if err != nil {
		return nil, err
	}
	return &connectionvaultv1.GetMappingResponse{CustomMapping: m}, nil
}

func shownMapping(of *storev1.VaultConnection, r asksMapping) (*connectionvaultv1.CustomMapping, error) {
	at := mappingAt(of, r.GetTargetFieldId())
	if at < 0 {
		return nil, unknownMapping(r)
	}
	return mappingView(of, of.GetMappings()[at]), nil
}

func unknownMapping(r asksMapping) error {
	return fault.NotFound(reasonMappingUnknown, "the connection has no mapping %q", r.GetTargetFieldId())
}

func (h resources) CreateMapping(ctx context.Context, r *connectionvaultv1.CreateMappingRequest) (*connectionvaultv1.CreateMappingResponse, error) {
	if r.GetTargetFieldId() == "" {
		return nil, invalid("target_field_id", "required", "must be given")
	}
	m, err := h.changeMappings(ctx, r, r.GetValue(), func(m *storev1.VaultConnection, at int) error {
		switch {
		case at >= 0:
			return fault.AlreadyExists(reasonMappingThere, "the connection has a mapping %q already", r.GetTargetFieldId())
		case len(m.GetMappings()) >= maxMappings:
			return fault.FailedPrecondition(reasonSettings, "a connection can have %d mappings at most", maxMappings)
		}
		m.Mappings = append(m.Mappings, &storev1.VaultMapping{Id: r.GetTargetFieldId(), Value: r.GetValue()})
		return nil
	})
	if err != nil {
		return nil, err
	}
	view, err := shownMapping(m, r)
	return &connectionvaultv1.CreateMappingResponse{CustomMapping: view}, err
}

func (h resources) UpdateMapping(ctx context.Context, r *connectionvaultv1.UpdateMappingRequest) (*connectionvaultv1.UpdateMappingResponse, error) {
	m, err := h.changeMappings(ctx, r, r.GetValue(), func(m *storev1.VaultConnection, at int) error {
		if at < 0 {
			return unknownMapping(r)
		}
		m.Mappings[at].Value = r.GetValue()
		return nil
	})
	if err != nil {
		return nil, err
	}
	view, err := shownMapping(m, r)
	return &connectionvaultv1.UpdateMappingResponse{CustomMapping: view}, err
}

func (h resources) DeleteMapping(ctx context.Context, r *connectionvaultv1.DeleteMappingRequest) (*connectionvaultv1.DeleteMappingResponse, error) {
	_, err := h.changeMappings(ctx, r, "", func(m *storev1.VaultConnection, at int) error {
		if at < 0 {
			return unknownMapping(r)
		}
		m.Mappings = slices.Delete(m.Mappings, at, at+1)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &connectionvaultv1.DeleteMappingResponse{}, nil
}

// changeMappings changes the mappings of a connection, which is added if need be. edit gets
// where the mapping is that a request names; -1 for nowhere.
func (h resources) changeMappings(ctx context.Context, r asksMapping, value string, edit func(m *storev1.VaultConnection, at int) error) (*storev1.VaultConnection, error) {
	if err := checkMapping("", r.GetTargetFieldId(), value); err != nil {
		return nil, err
	}
	_, f, err := h.s.change(ctx, change{
		r: r, event: "connection.map", now: time.Now().UnixMilli(),
		apply: func(_ *facts, m *storev1.VaultConnection) error { return edit(m, mappingAt(m, r.GetTargetFieldId())) },
	})
	if err != nil {
		return nil, err
	}
	return f.connection, nil
}
