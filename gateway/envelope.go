package gateway

import (
	"bytes"
	"encoding/json"
)

// AppendJSON appends the JSON of what always has one, such as a product's envelope: structs,
// strings, numbers. HTML stands in strings as it is. Of anything else it appends {}.
func AppendJSON(dst []byte, envelope any) []byte {
	b := bytes.NewBuffer(dst)
	e := json.NewEncoder(b)
	e.SetEscapeHTML(false)
	if err := e.Encode(envelope); err != nil {
		return append(dst, "{}"...)
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}
