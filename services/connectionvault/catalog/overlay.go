package catalog

import (
	"slices"

	"go.yaml.in/yaml/v3"
)

// layered are the keys whose mappings an overlay changes key by key. All other values,
// lists and mappings of texts among them, it replaces as a whole.
var layered = []string{"oauth", "resources"}

// documents of one connector, the lowest first.
type documents []document

// stack sorts the documents of all layers by service id.
func stack(layers []layer) (map[string]documents, []error) {
	stacks := map[string]documents{}
	var problems []error
	for _, l := range layers {
		read, wrong := l.read()
		problems = append(problems, wrong...)
		own := map[string]document{}
		for _, d := range read {
			n := member(d.node, "service_id")
			if n == nil && d.node.Kind != yaml.MappingNode {
				continue // read said so
			}
			if n == nil {
				problems = append(problems, d.problem(d.node, "the connector has no service_id"))
				continue
			}
			if twin, ok := own[n.Value]; ok {
				problems = append(problems, d.problem(n, "%s is described already, in %s line %d", n.Value, twin.file, twin.node.Line))
				continue
			}
			own[n.Value] = d
			stacks[n.Value] = append(stacks[n.Value], d)
		}
	}
	return stacks, problems
}

// merged is the node that all documents give together.
func (ds documents) merged() *yaml.Node {
	whole := ds[0].node
	for _, d := range ds[1:] {
		whole = overlay(whole, d.node, layered)
	}
	return whole
}

// overlay is a mapping with base's members, over's in the place of those of the same key.
func overlay(base, over *yaml.Node, deeper []string) *yaml.Node {
	whole := *base
	whole.Content = slices.Clone(base.Content)
	for i := 0; i+1 < len(over.Content); i += 2 {
		key, value := over.Content[i], over.Content[i+1]
		at := indexOf(base, key.Value)
		switch {
		case at < 0:
			whole.Content = append(whole.Content, key, value)
		case slices.Contains(deeper, key.Value):
			whole.Content[at] = overlay(base.Content[at], value, nil)
		default:
			whole.Content[at] = value
		}
	}
	return &whole
}

// indexOf is the index of a member's value in a mapping's content; -1 without the member.
func indexOf(n *yaml.Node, key string) int {
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return i + 1
		}
	}
	return -1
}

func member(n *yaml.Node, key string) *yaml.Node {
	if n.Kind != yaml.MappingNode {
		return nil
	}
	if i := indexOf(n, key); i >= 0 {
		return n.Content[i]
	}
	return nil
}

// find is the document and node that a path leads to, as near to its end as it goes. A
// path is keys and indexes.
func (ds documents) find(path []any) (document, *yaml.Node) {
	decided := min(1, len(path))
	if len(path) > 1 && slices.Contains(layered, path[0].(string)) {
		decided = 2
	}
	for ; decided > 0; decided-- {
		for _, d := range slices.Backward(ds) {
			if _, depth := descend(d.node, path[:decided]); depth == decided {
				n, _ := descend(d.node, path)
				return d, n
			}
		}
	}
	last := ds[len(ds)-1]
	return last, last.node
}

func descend(n *yaml.Node, path []any) (*yaml.Node, int) {
	for depth, step := range path {
		var next *yaml.Node
		switch s := step.(type) {
		case string:
			next = member(n, s)
		case int:
			if s < len(n.Content) {
				next = n.Content[s]
			}
		}
		if next == nil {
			return n, depth
		}
		n = next
	}
	return n, len(path)
}
