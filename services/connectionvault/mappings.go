package connectionvault

import (
	"strconv"
	"strings"
	"unicode"

	connectionvaultv1 "github.com/holdplane/holdplane/gen/holdplane/connectionvault/v1"
	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
)

func mappingViews(m *storev1.VaultConnection) []*connectionvaultv1.CustomMapping {
	var all []*connectionvaultv1.CustomMapping
	for _, one := range m.GetMappings() {
		all = append(all, mappingView(m, one))
	}
	return all
}

func mappingView(of *storev1.VaultConnection, m *storev1.VaultMapping) *connectionvaultv1.CustomMapping {
	return &connectionvaultv1.CustomMapping{
		Id: m.GetId(), Value: new(m.GetValue()), Key: m.GetId()[strings.LastIndexByte(m.GetId(), '+')+1:],
		CustomField: true, ConsumerId: new(of.GetConsumer()),
	}
}

// mappingAt is where a connection has a mapping; -1 for nowhere.
func mappingAt(of *storev1.VaultConnection, id string) int {
	for i, m := range of.GetMappings() {
		if m.GetId() == id {
			return i
		}
	}
	return -1
}

// newMappings are what an update replaces a connection's mappings by. One without id keeps
// that of its place: SDKs send values alone.
func newMappings(old *storev1.VaultConnection, all []*connectionvaultv1.CustomMappingChange) []*storev1.VaultMapping {
	var next []*storev1.VaultMapping
	for i, change := range all {
		id := change.GetId()
		switch {
		case id == "" && i < len(old.GetMappings()):
			id = old.GetMappings()[i].GetId()
		case id == "":
			id = old.GetApi() + "+custom_mappings+" + strconv.Itoa(i)
		}
		next = append(next, &storev1.VaultMapping{Id: id, Value: change.GetValue()})
	}
	return next
}

// Bounds of mappings, in bytes.
const (
	maxMappingID    = 255
	maxMappingValue = 1024
)

func checkMapping(field, id, value string) error {
	if len(id) > maxMappingID || strings.ContainsFunc(id, unicode.IsControl) {
		return invalid(field+"id", "string.max_len", "must be 255 bytes at most, without control characters")
	}
	if len(value) > maxMappingValue {
		return invalid(field+"value", "string.max_len", "must be 1024 bytes at most")
	}
	return nil
}
