package catalog

import "io/fs"

// LoadShipped loads files as if they were those of the package.
func LoadShipped(files fs.FS) (*Catalog, error) {
	l, err := folderLayer(files, "connectors", false)
	if err != nil {
		return nil, err
	}
	return load([]layer{l})
}
