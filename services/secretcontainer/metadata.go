package secretcontainer

import (
	"context"
	"maps"

	secretcontainerv1 "github.com/holdplane/holdplane/gen/holdplane/secretcontainer/v1"
	"github.com/holdplane/holdplane/pkg/fault"
)

// metadata serves MetadataService.
type metadata struct {
	secretcontainerv1.UnimplementedMetadataServiceServer
	s *Service
}

func (m metadata) GetMetadata(ctx context.Context, r *secretcontainerv1.GetMetadataRequest) (*secretcontainerv1.GetMetadataResponse, error) {
	entries, err := m.read(ctx, r.GetSecretId())
	if err != nil {
		return nil, err
	}
	return &secretcontainerv1.GetMetadataResponse{Metadata: entries}, nil
}

func (m metadata) ReplaceMetadata(ctx context.Context, r *secretcontainerv1.ReplaceMetadataRequest) (*secretcontainerv1.ReplaceMetadataResponse, error) {
	err := m.change(ctx, r.GetSecretId(), func(entries map[string]string) error {
		next, err := lowered(r.GetMetadata())
		clear(entries)
		maps.Copy(entries, next)
		return err
	})
	if err != nil {
		return nil, err
	}
	return &secretcontainerv1.ReplaceMetadataResponse{SecretId: r.GetSecretId()}, nil
}

func (m metadata) AddMetadatum(ctx context.Context, r *secretcontainerv1.AddMetadatumRequest) (*secretcontainerv1.AddMetadatumResponse, error) {
	key := lower(r.GetKey())
	err := m.change(ctx, r.GetSecretId(), func(entries map[string]string) error {
		if err := checkKey(key); err != nil {
			return err
		}
		if _, there := entries[key]; there {
			return fault.AlreadyExists(reasonMetadatumThere, "the secret has metadata with this key; set it instead")
		}
		entries[key] = r.GetValue()
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &secretcontainerv1.AddMetadatumResponse{SecretId: r.GetSecretId(), Key: key, Value: r.GetValue()}, nil
}

func (m metadata) GetMetadatum(ctx context.Context, r *secretcontainerv1.GetMetadatumRequest) (*secretcontainerv1.GetMetadatumResponse, error) {
	entries, err := m.read(ctx, r.GetSecretId())
	if err != nil {
		return nil, err
	}
	value, there := entries[r.GetMetadatumKey()]
	if !there {
		return nil, unknownMetadatum()
	}
	return &secretcontainerv1.GetMetadatumResponse{Key: r.GetMetadatumKey(), Value: value}, nil
}

func (m metadata) SetMetadatum(ctx context.Context, r *secretcontainerv1.SetMetadatumRequest) (*secretcontainerv1.SetMetadatumResponse, error) {
	key := lower(r.GetKey())
	err := m.change(ctx, r.GetSecretId(), func(entries map[string]string) error {
		if err := checkKey(key); err != nil {
			return err
		}
		if _, there := entries[r.GetMetadatumKey()]; !there {
			return unknownMetadatum()
		}
		if key != r.GetMetadatumKey() {
			return fault.AlreadyExists(reasonMetadatumKeys, "the key in the body has to be that in the path, in lower case")
		}
		entries[key] = r.GetValue()
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &secretcontainerv1.SetMetadatumResponse{Key: key, Value: r.GetValue()}, nil
}

func (m metadata) DeleteMetadatum(ctx context.Context, r *secretcontainerv1.DeleteMetadatumRequest) (*secretcontainerv1.DeleteMetadatumResponse, error) {
	err := m.change(ctx, r.GetSecretId(), func(entries map[string]string) error {
		delete(entries, r.GetMetadatumKey())
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &secretcontainerv1.DeleteMetadatumResponse{}, nil
}

func unknownMetadatum() error {
	return fault.NotFound(reasonMetadatumUnknown, "the secret has no metadata with this key")
}
