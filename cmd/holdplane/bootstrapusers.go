package main

import (
	"fmt"
	"iter"

	"google.golang.org/protobuf/proto"

	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
)

type bootstrapContabo struct {
	TenantID   text `yaml:"tenant_id"`
	CustomerID text `yaml:"customer_id"`
}

type bootstrapClient struct {
	ClientID     text   `yaml:"client_id"`
	ClientSecret secret `yaml:"client_secret"`
}

type bootstrapRole struct {
	ID                 int64            `yaml:"id"`
	Name               text             `yaml:"name"`
	Admin              bool             `yaml:"admin"`
	AccessAllResources bool             `yaml:"access_all_resources"`
	Permissions        []bootstrapGrant `yaml:"permissions"`
}

type bootstrapGrant struct {
	APIName   text    `yaml:"api_name"`
	Actions   []text  `yaml:"actions"`
	Resources []int64 `yaml:"resources"`
}

type bootstrapUser struct {
	ID             text    `yaml:"id"`
	Username       text    `yaml:"username"`
	Email          text    `yaml:"email"`
	FirstName      text    `yaml:"first_name"`
	LastName       text    `yaml:"last_name"`
	Locale         text    `yaml:"locale"`
	Password       secret  `yaml:"password"`
	Owner          bool    `yaml:"owner"`
	Enabled        *bool   `yaml:"enabled"`
	TOTP           bool    `yaml:"totp"`
	Roles          []int64 `yaml:"roles"`
	OpenstackRoles []text  `yaml:"openstack_roles"`
}

type bootstrapStorage struct {
	ID             text    `yaml:"id"`
	Region         text    `yaml:"region"`
	DisplayName    text    `yaml:"display_name"`
	DataCenter     text    `yaml:"data_center"`
	S3URL          text    `yaml:"s3_url"`
	S3TenantID     text    `yaml:"s3_tenant_id"`
	SizeTB         float64 `yaml:"size_tb"`
	Driver         text    `yaml:"driver"`
	AdminURL       text    `yaml:"admin_url"`
	AdminAccessKey text    `yaml:"admin_access_key"`
	AdminSecretKey secret  `yaml:"admin_secret_key"`
	AdminRegion    text    `yaml:"admin_region"`
}

// checkUsers wants ids: they tell at the next start what is there already.
func (t *bootstrapTenant) checkUsers() error {
	for i, r := range t.Roles {
		if r.ID == 0 {
			return fmt.Errorf("roles[%d] has no id", i)
		}
	}
	for i, u := range t.Users {
		if u.ID == "" {
			return fmt.Errorf("users[%d] has no id", i)
		}
	}
	for i, s := range t.ObjectStorages {
		if s.ID == "" {
			return fmt.Errorf("object_storages[%d] has no id", i)
		}
	}
	return nil
}

func (t *bootstrapTenant) accountRequest() *useradminv1.CreateAccountRequest {
	return &useradminv1.CreateAccountRequest{
		Tenant: string(t.ID), Name: string(t.Name), TenantId: string(t.Contabo.TenantID), CustomerId: string(t.Contabo.CustomerID),
		ClientId: string(t.OAuthClient.ClientID), ClientSecret: t.OAuthClient.ClientSecret.text, RedirectUrls: plain(t.MailRedirectURLs),
	}
}

func (r *bootstrapRole) request(tenant text) *useradminv1.AddRoleRequest {
	role := &useradminv1.CreateRoleRequest{Name: string(r.Name), Admin: r.Admin, AccessAllResources: r.AccessAllResources}
	for _, g := range r.Permissions {
		role.Permissions = append(role.Permissions, &useradminv1.RoleGrant{ApiName: string(g.APIName), Actions: plain(g.Actions), Resources: g.Resources})
	}
	return &useradminv1.AddRoleRequest{Tenant: string(tenant), RoleId: r.ID, Role: role}
}

func (u *bootstrapUser) request(tenant text) *useradminv1.AddUserRequest {
	return &useradminv1.AddUserRequest{
		Tenant: string(tenant), Id: string(u.ID), Username: string(u.Username), Email: string(u.Email),
		FirstName: string(u.FirstName), LastName: string(u.LastName), Locale: string(u.Locale), Password: u.Password.text,
		Owner: u.Owner, Disabled: u.Enabled != nil && !*u.Enabled, Totp: u.TOTP, Roles: u.Roles, OpenstackRoles: plain(u.OpenstackRoles),
	}
}

func (s *bootstrapStorage) request(tenant text) *useradminv1.AddObjectStorageRequest {
	return &useradminv1.AddObjectStorageRequest{
		Tenant: string(tenant), Id: string(s.ID), Region: string(s.Region), DisplayName: string(s.DisplayName),
		DataCenter: string(s.DataCenter), S3Url: string(s.S3URL), S3TenantId: string(s.S3TenantID), SizeTb: s.SizeTB, Driver: string(s.Driver),
		AdminUrl: string(s.AdminURL), AdminAccessKey: string(s.AdminAccessKey), AdminSecretKey: s.AdminSecretKey.text,
		AdminRegion: string(s.AdminRegion),
	}
}

// userRequests are the requests that user-admin gets, and where in the file they stand.
func (t *bootstrapTenant) userRequests() iter.Seq2[string, proto.Message] {
	return func(yield func(string, proto.Message) bool) {
		if !yield("the account", t.accountRequest()) {
			return
		}
		for i, r := range t.Roles {
			if !yield(fmt.Sprintf("roles[%d]", i), r.request(t.ID)) {
				return
			}
		}
		for i, u := range t.Users {
			if !yield(fmt.Sprintf("users[%d]", i), u.request(t.ID)) {
				return
			}
		}
		for i, s := range t.ObjectStorages {
			if !yield(fmt.Sprintf("object_storages[%d]", i), s.request(t.ID)) {
				return
			}
		}
	}
}

func plain(texts []text) []string {
	all := make([]string, len(texts))
	for i, t := range texts {
		all[i] = string(t)
	}
	return all
}
