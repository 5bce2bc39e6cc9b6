package catalog

import (
	"cmp"
	"embed"
	"errors"
	"io/fs"
	"iter"
	"slices"
)

//go:embed connectors/*.yaml
var shipped embed.FS

// Catalog is all connectors. It never changes after Load and may be read by all at once.
type Catalog struct {
	all   []*Connector // by id
	byID  map[string]*Connector
	byAPI map[string][]*Connector
	apis  []UnifiedAPI
}

// Load reads the shipped files, and on top of them those of operators: each path is a
// YAML file or a directory, of which all *.yaml and *.yml count. A later path overlays
// earlier ones. An error has a line for each thing that is wrong.
func Load(paths ...string) (*Catalog, error) {
	files, err := fs.Sub(shipped, "connectors")
	if err != nil {
		return nil, err
	}
	bottom, err := folderLayer(files, "connectors", false)
	if err != nil {
		return nil, err
	}
	layers := []layer{bottom}
	for _, path := range paths {
		l, err := operatorsLayer(path)
		if err != nil {
			return nil, err
		}
		layers = append(layers, l)
	}
	return load(layers)
}

func load(layers []layer) (*Catalog, error) {
	stacks, problems := stack(layers)
	if len(problems) > 0 {
		return nil, errors.Join(problems...)
	}
	c := &Catalog{byID: map[string]*Connector{}, byAPI: map[string][]*Connector{}}
	for id, s := range stacks {
		connector, wrong := s.connector()
		problems = append(problems, wrong...)
		c.all = append(c.all, connector)
		c.byID[id] = connector
	}
	if len(problems) > 0 {
		slices.SortFunc(problems, func(a, b error) int { return cmp.Compare(a.Error(), b.Error()) })
		return nil, errors.Join(problems...)
	}
	c.index()
	return c, nil
}

func (c *Catalog) index() {
	slices.SortFunc(c.all, func(a, b *Connector) int { return cmp.Compare(a.ServiceID, b.ServiceID) })
	for _, connector := range c.all {
		for _, api := range connector.UnifiedAPIs {
			c.byAPI[api] = append(c.byAPI[api], connector)
		}
	}
	for _, api := range unifiedAPIs {
		if len(c.byAPI[api.ID]) > 0 {
			c.apis = append(c.apis, api)
		}
	}
}

// Len is how many connectors there are.
func (c *Catalog) Len() int { return len(c.all) }

// All yields all connectors by service id.
func (c *Catalog) All() iter.Seq[*Connector] { return slices.Values(c.all) }

// Connector returns the connector of a service id, and false when there is none.
func (c *Catalog) Connector(serviceID string) (*Connector, bool) {
	connector, ok := c.byID[serviceID]
	return connector, ok
}

// Of yields the connectors of a unified API by service id; none when it is unknown.
func (c *Catalog) Of(unifiedAPI string) iter.Seq[*Connector] {
	return slices.Values(c.byAPI[unifiedAPI])
}

// UnifiedAPIs yields the unified APIs that have a connector, by id.
func (c *Catalog) UnifiedAPIs() iter.Seq[UnifiedAPI] { return slices.Values(c.apis) }
