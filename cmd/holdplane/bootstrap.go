package main

import (
	"errors"
	"fmt"
	"iter"
	"os"
	"strings"

	"go.yaml.in/yaml/v3"
)

// bootstrap is what a server should find on its first start. It creates what is
// missing; it never changes, revives or deletes.
type bootstrap struct {
	Connectors []text            `yaml:"connectors"`
	Tenants    []bootstrapTenant `yaml:"tenants"`

	path string // of the file, for errors
}

type bootstrapTenant struct {
	ID       text               `yaml:"id"`
	Name     text               `yaml:"name"`
	Quota    bootstrapQuota     `yaml:"quota"`
	RootKeys []bootstrapRootKey `yaml:"root_keys"`

	Contabo          bootstrapContabo   `yaml:"contabo"`
	OAuthClient      bootstrapClient    `yaml:"oauth_client"`
	MailRedirectURLs []text             `yaml:"mail_redirect_urls"`
	Roles            []bootstrapRole    `yaml:"roles"`
	Users            []bootstrapUser    `yaml:"users"`
	ObjectStorages   []bootstrapStorage `yaml:"object_storages"`
	Apps             []bootstrapApp     `yaml:"apps"`
}

type bootstrapQuota struct {
	RequestsPerMinute *int32 `yaml:"requests_per_minute"`
}

type bootstrapRootKey struct {
	Name        text   `yaml:"name"`
	Key         secret `yaml:"key"`
	Permissions []text `yaml:"permissions"`
}

// bootstrap reads the file of --bootstrap. A nil result means there is none.
func (f *serverFlags) bootstrap(secrets literals) (*bootstrap, error) {
	if f.Bootstrap == "" {
		return &bootstrap{}, nil
	}
	b, err := readBootstrap(f.Bootstrap, secrets)
	if err != nil {
		return nil, fmt.Errorf("bootstrap %s: %w", f.Bootstrap, err)
	}
	f.addConnectors(b)
	return b, nil
}

// literals says whether secrets may stand in a file that others can read.
type literals bool

const (
	anyFile  literals = true  // dev
	fromFile literals = false // serve
)

func readBootstrap(path string, secrets literals) (*bootstrap, error) {
	b := &bootstrap{path: path}
	root, err := readYAML(path)
	if err != nil || root == nil {
		return b, err
	}
	if err := checkKeys(root, b); err != nil {
		return nil, err
	}
	var wrong *yaml.TypeError
	if err := root.Decode(b); errors.As(err, &wrong) {
		return nil, errors.New(strings.Join(wrong.Errors, "; "))
	} else if err != nil {
		return nil, err
	}
	if secrets == fromFile {
		if err := checkReadable(path, b); err != nil {
			return nil, err
		}
	}
	return b, b.check()
}

// checkReadable refuses secrets that stand in a file which other users can read.
func checkReadable(path string, b *bootstrap) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	if info.Mode().Perm()&0o077 == 0 {
		return nil
	}
	for what, secret := range b.secrets() {
		if secret.literal && secret.text != "" {
			return fmt.Errorf("it holds %s and other users can read it (mode %04o); close it with: chmod 600 %s, or give what is secret as {env: NAME} or {file: PATH}", what, info.Mode().Perm(), path)
		}
	}
	return nil
}

// secrets are what nobody else may read, and what they are.
func (b *bootstrap) secrets() iter.Seq2[string, secret] {
	return func(yield func(string, secret) bool) {
		for _, t := range b.Tenants {
			ok := yield("a client's secret", t.OAuthClient.ClientSecret)
			for _, k := range t.RootKeys {
				ok = ok && yield("a root key", k.Key)
			}
			for _, u := range t.Users {
				ok = ok && yield("a password", u.Password)
			}
			for _, s := range t.ObjectStorages {
				ok = ok && yield("a storage's secret key", s.AdminSecretKey)
			}
			for what, s := range appSecrets(t.Apps) {
				ok = ok && yield(what, s)
			}
			if !ok {
				return
			}
		}
	}
}

func (b *bootstrap) check() error {
	for i, t := range b.Tenants {
		if t.ID == "" {
			return fmt.Errorf("tenants[%d] has no id", i)
		}
		for j, k := range t.RootKeys {
			if k.Key.text == "" || len(k.Permissions) == 0 {
				return fmt.Errorf("tenants[%d].root_keys[%d] needs key and permissions", i, j)
			}
		}
		if err := errors.Join(t.checkUsers(), t.checkApps()); err != nil {
			return fmt.Errorf("tenants[%d].%w", i, err)
		}
	}
	return nil
}
