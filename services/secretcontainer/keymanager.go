package secretcontainer

import (
	"context"

	secretcontainerv1 "github.com/holdplane/holdplane/gen/holdplane/secretcontainer/v1"
)

// keyManager serves KeyManagerService. What the API is, the gateway tells: the service tells
// who may ask, and that it answers.
type keyManager struct {
	secretcontainerv1.UnimplementedKeyManagerServiceServer
	s *Service
}

func (keyManager) ListVersions(context.Context, *secretcontainerv1.ListVersionsRequest) (*secretcontainerv1.ListVersionsResponse, error) {
	return &secretcontainerv1.ListVersionsResponse{}, nil
}

// GetVersion is for everybody who has a credential, whatever it opens.
func (keyManager) GetVersion(context.Context, *secretcontainerv1.GetVersionRequest) (*secretcontainerv1.GetVersionResponse, error) {
	return &secretcontainerv1.GetVersionResponse{}, nil
}

func (keyManager) CheckHealth(context.Context, *secretcontainerv1.CheckHealthRequest) (*secretcontainerv1.CheckHealthResponse, error) {
	return &secretcontainerv1.CheckHealthResponse{}, nil
}

func (keyManager) ListTransportKeys(ctx context.Context, _ *secretcontainerv1.ListTransportKeysRequest) (*secretcontainerv1.ListTransportKeysResponse, error) {
	if _, err := require(ctx, mayAsk); err != nil {
		return nil, err
	}
	return &secretcontainerv1.ListTransportKeysResponse{}, nil
}
