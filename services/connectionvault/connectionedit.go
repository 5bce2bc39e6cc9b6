package connectionvault

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	connectionvaultv1 "github.com/holdplane/holdplane/gen/holdplane/connectionvault/v1"
	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/fault"
)

// connectionEdit is what an update changes of a connection.
type connectionEdit struct {
	r        *connectionvaultv1.UpdateConnectionRequest
	settings object
}

func newConnectionEdit(r *connectionvaultv1.UpdateConnectionRequest) (*connectionEdit, error) {
	if err := checkConfiguration(r.GetConfiguration()); err != nil {
		return nil, err
	}
	for i, m := range r.GetCustomMappings() {
		if err := checkMapping("custom_mappings["+strconv.Itoa(i)+"].", m.GetId(), m.GetValue()); err != nil {
			return nil, err
		}
	}
	settings, err := parseObject(r.GetSettings())
	return &connectionEdit{r, settings}, reads("settings", err)
}

// gives tells whether a field is given: by the mask or, without one, by having a value.
func (e *connectionEdit) gives(field string, has bool) bool {
	if e.r.GetUpdateMask() == nil {
		return has
	}
	return has || slices.Contains(e.r.GetUpdateMask().GetPaths(), field)
}

func (h connections) UpdateConnection(ctx context.Context, r *connectionvaultv1.UpdateConnectionRequest) (*connectionvaultv1.UpdateConnectionResponse, error) {
	e, err := newConnectionEdit(r)
	if err != nil {
		return nil, err
	}
	c, f, err := h.s.change(ctx, change{
		r: r, event: "connection.update", now: time.Now().UnixMilli(), check: e.check, apply: e.apply,
	})
	if err != nil {
		return nil, err
	}
	m, err := h.s.view(c, f)
	if err != nil {
		return nil, err
	}
	return &connectionvaultv1.UpdateConnectionResponse{Connection: m}, nil
}

func (e *connectionEdit) check(c *caller, f *facts) error {
	if e.r.Enabled != nil && !e.r.GetEnabled() && f.connection.GetEnabled() {
		return c.requireAction(actionDisable)
	}
	return nil
}

// apply merges settings by key and replaces the rest. Null settings change nothing: forms of
// connections without settings send them.
func (e *connectionEdit) apply(f *facts, m *storev1.VaultConnection) error {
	if e.r.Enabled != nil {
		m.Enabled = e.r.GetEnabled()
	}
	if err := f.applySettings(m, e.settings); err != nil {
		return err
	}
	if e.gives("metadata", e.r.GetMetadata() != "") {
		m.Metadata = e.r.GetMetadata()
	}
	if e.gives("configuration", e.r.GetConfiguration() != "") {
		m.Configuration = e.r.GetConfiguration()
	}
	if e.gives("custom_mappings", len(e.r.GetCustomMappings()) > 0) {
		m.Mappings = newMappings(m, e.r.GetCustomMappings())
	}
	return nil
}

// applySettings changes the settings of a connection, and forgets the token with the host
// that it belongs to. What was found wrong may be right now.
func (f *facts) applySettings(m *storev1.VaultConnection, change object) error {
	change = f.face.unmasked(change)
	if len(change) == 0 {
		return nil
	}
	if err := f.face.checkSettings(change); err != nil {
		return err
	}
	for _, s := range change {
		i, ok := f.face.at[s.name()]
		if ok && f.face.Fields[i].Disabled && s.value != f.face.effective(f.settings, s.name()) {
			return wrongSetting(s.name(), "can't be changed")
		}
	}
	next, moved, err := f.face.merged(f.settings, change)
	if err != nil {
		return err
	}
	f.settings, m.Wrong = next, false
	if moved {
		f.token = nil
	}
	return nil
}

// checkConfiguration refuses what is no list of objects.
func checkConfiguration(text string) error {
	if text == "" {
		return nil
	}
	wrong := fault.InvalidArgument(reasonJSON, "configuration must be a list of objects, each with a resource and its defaults").With("field", "configuration")
	if strings.TrimSpace(text)[0] != '[' {
		return wrong
	}
	all, err := parseArray(text)
	if err != nil {
		return reads("configuration", err)
	}
	for _, one := range all {
		if one[0] != '{' {
			return wrong
		}
	}
	return nil
}
