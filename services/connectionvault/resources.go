package connectionvault

import (
	"context"
	"slices"
	"strings"
	"time"

	connectionvaultv1 "github.com/holdplane/holdplane/gen/holdplane/connectionvault/v1"
	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/kv"
)

// resources serves ResourceService.
type resources struct {
	connectionvaultv1.UnimplementedResourceServiceServer
	s *Service
}

func (h resources) GetResourceConfig(ctx context.Context, r *connectionvaultv1.GetResourceConfigRequest) (*connectionvaultv1.GetResourceConfigResponse, error) {
	c, f, err := h.read(ctx, r)
	if err != nil {
		return nil, err
	}
	m, err := h.resourceView(c, f, r.GetResource())
	if err != nil {
		return nil, err
	}
	return &connectionvaultv1.GetResourceConfigResponse{Connection: m}, nil
}

// read is what is known of a connection, and of whom for.
func (h resources) read(ctx context.Context, r asksConnection) (c *caller, f *facts, err error) {
	err = h.s.deps.Store.View(ctx, func(tx kv.Reader) (err error) {
		if c, err = h.s.callerOf(ctx, tx, r); err != nil {
			return err
		}
		f, err = h.s.facts(tx, c, r.GetUnifiedApi(), r.GetServiceId(), time.Now().UnixMilli())
		return err
	})
	return c, f, err
}

// resourceView is a connection whose configuration is that of a resource.
func (h resources) resourceView(c *caller, f *facts, resource string) (*connectionvaultv1.Connection, error) {
	if err := f.face.requireResource(resource); err != nil {
		return nil, err
	}
	m, err := h.s.view(c, f)
	if err != nil {
		return nil, err
	}
	own, _, err := cutConfiguration(m.GetConfiguration(), resource)
	if len(own) > 0 || m.GetConfiguration() != "" {
		m.Configuration = "[" + strings.Join(own, ",") + "]"
	}
	return m, err
}

// requireResource refuses resources that have no configuration.
func (f *face) requireResource(resource string) error {
	if slices.Contains(f.Resources.Configurable, resource) || slices.Contains(f.Resources.Settings, resource) {
		return nil
	}
	return fault.NotFound(reasonResourceUnknown, "%s has no resource %q that can be configured", f.Name, resource)
}

func (h resources) UpdateResourceConfig(ctx context.Context, r *connectionvaultv1.UpdateResourceConfigRequest) (*connectionvaultv1.UpdateResourceConfigResponse, error) {
	if err := checkConfiguration(r.GetConfiguration()); err != nil {
		return nil, err
	}
	given, _, err := cutConfiguration(r.GetConfiguration(), r.GetResource())
	if err != nil {
		return nil, err
	}
	c, f, err := h.s.change(ctx, change{
		r: r, event: "connection.configure", now: time.Now().UnixMilli(),
		check: func(_ *caller, f *facts) error { return f.face.requireResource(r.GetResource()) },
		apply: func(_ *facts, m *storev1.VaultConnection) error {
			_, others, err := cutConfiguration(m.GetConfiguration(), r.GetResource())
			m.Configuration = "[" + strings.Join(slices.Concat(others, given), ",") + "]"
			return err
		},
	})
	if err != nil {
		return nil, err
	}
	m, err := h.resourceView(c, f, r.GetResource())
	if err != nil {
		return nil, err
	}
	return &connectionvaultv1.UpdateResourceConfigResponse{Connection: m}, nil
}

// cutConfiguration parts the defaults of a resource from those of others, each as it was
// written.
func cutConfiguration(text, resource string) (own, others []string, err error) {
	if text == "" {
		return nil, nil, nil
	}
	all, err := parseArray(text)
	if err != nil {
		return nil, nil, reads("a configuration", err)
	}
	for _, one := range all {
		o, err := parseObject(one)
		if err != nil {
			return nil, nil, reads("a configuration", err)
		}
		if textOf(o.get("resource")) == resource {
			own = append(own, one)
		} else {
			others = append(others, one)
		}
	}
	return own, others, nil
}
