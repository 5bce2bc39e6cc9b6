package connect

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"

	connectionvaultv1 "github.com/holdplane/holdplane/gen/holdplane/connectionvault/v1"
	"github.com/holdplane/holdplane/pkg/fault"
)

// resourcePage is the body of the page with the settings of a resource.
type resourcePage struct {
	Action, Overview, Name, Alert string
	Form                          form
}

// configured is the configuration of a resource.
type configured struct {
	Resource string         `json:"resource"`
	Defaults []defaultField `json:"defaults"`
}

// defaultField is one of its fields.
type defaultField struct {
	ID          string          `json:"id"`
	Label       string          `json:"label,omitempty"`
	Description *string         `json:"description,omitempty"`
	Placeholder *string         `json:"placeholder,omitempty"`
	Type        string          `json:"type,omitempty"`
	Required    bool            `json:"required,omitempty"`
	Custom      bool            `json:"allow_custom_values,omitempty"`
	Options     json.RawMessage `json:"options,omitempty"`
	Value       json.RawMessage `json:"value,omitempty"`
}

// resource shows or keeps the settings of one.
func (s *site) resource(v *visit, at place, resource string) error {
	if v.open.settings.HideResourceSettings {
		return errUnknown
	}
	c, err := v.get(at)
	if err != nil {
		return err
	}
	if c.CreatedAt == nil || !slices.Contains(c.GetConfigurableResources(), resource) {
		return errUnknown
	}
	a, err := s.resources.GetResourceConfig(v.r.Context(), &connectionvaultv1.GetResourceConfigRequest{
		UnifiedApi: at.API, ServiceId: at.Service, Resource: resource,
	})
	if err != nil {
		return err
	}
	fields, err := resourceFields(a.GetConnection().GetConfiguration(), resource)
	if err != nil {
		return err
	}
	if v.r.Method == http.MethodPost {
		err := v.saveResource(at, resource, fields)
		if err == nil {
			return v.send(v.at(at.segments(), "done", "saved"))
		}
		came := answer{form: "save", given: v.r.PostForm}
		if f := fault.From(err); !errors.As(err, &came.errors) {
			if !pageable(f) {
				return err
			}
			came.blame(f)
		}
		return v.resourcePage(c, resource, fields, came)
	}
	return v.resourcePage(c, resource, fields, answer{})
}

func (v *visit) resourcePage(c *connectionvaultv1.Connection, resource string, fields []*connectionvaultv1.FormField, came answer) error {
	w, status := v.words(), http.StatusOK
	if came.wrong() {
		status = http.StatusUnprocessableEntity
	}
	segments := placeOf(c).segments()
	return v.show(status, "resource", c.GetName()+": "+resource, resourcePage{
		Action: v.at(append(segments, resource)), Overview: v.at(segments), Name: c.GetName(), Alert: came.alert,
		Form: form{Fields: came.fieldsOf(fieldsOf(w, "setting", fields), "save"), Submit: w.Save},
	})
}

// resourceFields are the fields of a resource's configuration. Where it does not say of what
// type one is, one chooses if there is something to choose from.
func resourceFields(configuration, resource string) ([]*connectionvaultv1.FormField, error) {
	var all []configured
	if err := unpack(configuration, &all); err != nil {
		return nil, fmt.Errorf("read the configuration of a resource: %w", err)
	}
	var fields []*connectionvaultv1.FormField
	for _, r := range all {
		if r.Resource != resource {
			continue
		}
		for _, d := range r.Defaults {
			f := &connectionvaultv1.FormField{
				Id: d.ID, Label: d.Label, Description: d.Description, Placeholder: d.Placeholder, Type: d.Type,
				Required: d.Required, AllowCustomValues: d.Custom, Options: string(d.Options), Value: string(d.Value),
			}
			if f.Label == "" {
				f.Label = d.ID
			}
			if f.Type == "" && len(d.Options) > 0 {
				f.Type = "select"
			}
			fields = append(fields, f)
		}
	}
	return fields, nil
}

func (v *visit) saveResource(at place, resource string, fields []*connectionvaultv1.FormField) error {
	settings, err := collect(v.words(), fields, v.r.PostForm)
	if err != nil {
		return err
	}
	values := map[string]json.RawMessage{}
	if err := json.Unmarshal([]byte(settings), &values); err != nil {
		return err
	}
	r := configured{Resource: resource, Defaults: []defaultField{}}
	for _, f := range fields {
		if value, ok := values[f.GetId()]; ok {
			r.Defaults = append(r.Defaults, defaultField{ID: f.GetId(), Value: value})
		}
	}
	text, err := json.Marshal([]configured{r})
	if err != nil {
		return err
	}
	_, err = v.resources.UpdateResourceConfig(v.r.Context(), &connectionvaultv1.UpdateResourceConfigRequest{
		UnifiedApi: at.API, ServiceId: at.Service, Resource: resource, Configuration: string(text),
	})
	return err
}
