package secretcontainer

import (
	"context"

	secretcontainerv1 "github.com/holdplane/holdplane/gen/holdplane/secretcontainer/v1"
	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/kv"
)

// acls serves AclService.
type acls struct {
	secretcontainerv1.UnimplementedAclServiceServer
	s *Service
}

func (a acls) GetSecretAcl(ctx context.Context, r *secretcontainerv1.GetSecretAclRequest) (*secretcontainerv1.GetSecretAclResponse, error) {
	answer := &secretcontainerv1.GetSecretAclResponse{}
	err := a.s.deps.Store.View(ctx, func(tx kv.Reader) error {
		m, err := a.s.tables.secret(tx, auth.From(ctx), r.GetSecretId(), canSeeList)
		answer.Acl = aclView(m.GetAcl())
		return err
	})
	if err != nil {
		return nil, err
	}
	return answer, nil
}

func (a acls) ReplaceSecretAcl(ctx context.Context, r *secretcontainerv1.ReplaceSecretAclRequest) (*secretcontainerv1.ReplaceSecretAclResponse, error) {
	if err := a.changeSecret(ctx, r.GetSecretId(), replaceList(r.GetRead())); err != nil {
		return nil, err
	}
	return &secretcontainerv1.ReplaceSecretAclResponse{SecretId: r.GetSecretId()}, nil
}

func (a acls) UpdateSecretAcl(ctx context.Context, r *secretcontainerv1.UpdateSecretAclRequest) (*secretcontainerv1.UpdateSecretAclResponse, error) {
	if err := a.changeSecret(ctx, r.GetSecretId(), updateList(r.GetRead())); err != nil {
		return nil, err
	}
	return &secretcontainerv1.UpdateSecretAclResponse{SecretId: r.GetSecretId()}, nil
}

func (a acls) DeleteSecretAcl(ctx context.Context, r *secretcontainerv1.DeleteSecretAclRequest) (*secretcontainerv1.DeleteSecretAclResponse, error) {
	if err := a.changeSecret(ctx, r.GetSecretId(), replaceList(nil)); err != nil {
		return nil, err
	}
	return &secretcontainerv1.DeleteSecretAclResponse{}, nil
}

func (a acls) GetContainerAcl(ctx context.Context, r *secretcontainerv1.GetContainerAclRequest) (*secretcontainerv1.GetContainerAclResponse, error) {
	answer := &secretcontainerv1.GetContainerAclResponse{}
	err := a.s.deps.Store.View(ctx, func(tx kv.Reader) error {
		m, err := a.s.tables.container(tx, auth.From(ctx), r.GetContainerId(), canSeeList)
		answer.Acl = aclView(m.GetAcl())
		return err
	})
	if err != nil {
		return nil, err
	}
	return answer, nil
}

func (a acls) ReplaceContainerAcl(ctx context.Context, r *secretcontainerv1.ReplaceContainerAclRequest) (*secretcontainerv1.ReplaceContainerAclResponse, error) {
	if err := a.changeContainer(ctx, r.GetContainerId(), replaceList(r.GetRead())); err != nil {
		return nil, err
	}
	return &secretcontainerv1.ReplaceContainerAclResponse{ContainerId: r.GetContainerId()}, nil
}

func (a acls) UpdateContainerAcl(ctx context.Context, r *secretcontainerv1.UpdateContainerAclRequest) (*secretcontainerv1.UpdateContainerAclResponse, error) {
	if err := a.changeContainer(ctx, r.GetContainerId(), updateList(r.GetRead())); err != nil {
		return nil, err
	}
	return &secretcontainerv1.UpdateContainerAclResponse{ContainerId: r.GetContainerId()}, nil
}

func (a acls) DeleteContainerAcl(ctx context.Context, r *secretcontainerv1.DeleteContainerAclRequest) (*secretcontainerv1.DeleteContainerAclResponse, error) {
	if err := a.changeContainer(ctx, r.GetContainerId(), replaceList(nil)); err != nil {
		return nil, err
	}
	return &secretcontainerv1.DeleteContainerAclResponse{}, nil
}
