package catalog

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"reflect"
	"strings"

	"go.yaml.in/yaml/v3"
)

// layer is files of one origin; in it a service id stands once.
type layer struct {
	files     fs.FS
	names     []string
	folder    string // of the files, for messages
	operators bool
}

// document describes one connector, or what differs from the layers below.
type document struct {
	file      string
	node      *yaml.Node // a mapping
	operators bool
}

// operatorsLayer is a file, or the files of a directory.
func operatorsLayer(at string) (layer, error) {
	info, err := os.Stat(at)
	if err != nil {
		return layer{}, fmt.Errorf("connectors: %w", err)
	}
	if !info.IsDir() {
		folder, name := filepath.Split(at)
		return layer{os.DirFS(filepath.Dir(at)), []string{name}, folder, true}, nil
	}
	return folderLayer(os.DirFS(at), at, true)
}

// folderLayer is the YAML files at the top of a file system.
func folderLayer(files fs.FS, folder string, operators bool) (layer, error) {
	entries, err := fs.ReadDir(files, ".")
	if err != nil {
		return layer{}, fmt.Errorf("connectors %s: %w", folder, err)
	}
	l := layer{files: files, folder: folder, operators: operators}
	for _, e := range entries {
		if ext := path.Ext(e.Name()); ext == ".yaml" || ext == ".yml" {
			l.names = append(l.names, e.Name())
		}
	}
	return l, nil
}

// read returns the documents of a layer in the order of files.
func (l layer) read() ([]document, []error) {
	var all []document
	var problems []error
	for _, name := range l.names {
		documents, wrong := l.readFile(name)
		all, problems = append(all, documents...), append(problems, wrong...)
	}
	return all, problems
}

func (l layer) readFile(name string) ([]document, []error) {
	shown := filepath.Join(l.folder, name)
	f, err := l.files.Open(name)
	if err != nil {
		return nil, []error{fmt.Errorf("connectors: %w", err)}
	}
	defer f.Close()
	var documents []document
	var problems []error
	for decoder := yaml.NewDecoder(f); ; {
		var root yaml.Node
		switch err := decoder.Decode(&root); {
		case errors.Is(err, io.EOF):
			return documents, problems
		case err != nil:
			return nil, append(problems, fmt.Errorf("%s: %s", shown, strings.TrimPrefix(err.Error(), "yaml: ")))
		}
		d := document{shown, root.Content[0], l.operators}
		if d.empty() {
			continue
		}
		wrong := d.shape(d.node, reflect.TypeFor[Connector]())
		documents, problems = append(documents, d), append(problems, wrong...)
	}
}

// empty says whether a document has nothing but comments.
func (d document) empty() bool { return d.node.ShortTag() == "!!null" }

// problem is a line about a node.
func (d document) problem(n *yaml.Node, format string, args ...any) error {
	return fmt.Errorf("%s: line %d: %s", d.file, n.Line, fmt.Sprintf(format, args...))
}
