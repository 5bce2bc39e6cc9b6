package seal

import (
	"fmt"
	"io"
	"log/slog"
)

// hidden stands for a secret wherever something tries to print it.
const hidden = "[secret]"

// Secret is bytes that nobody is to see. It prints as "[secret]" under every verb of
// fmt, in slog, and in JSON, XML and YAML; convert it to []byte to use it. In an
// unexported field fmt cannot know better and prints the bytes: give such a struct a
// Format of its own.
type Secret []byte

// String returns "[secret]".
func (Secret) String() string { return hidden }

// GoString returns "[secret]".
func (Secret) GoString() string { return hidden }

// Format writes "[secret]" whatever the verb.
func (Secret) Format(f fmt.State, _ rune) { printHidden(f) }

// MarshalJSON returns "[secret]" as a JSON string.
func (Secret) MarshalJSON() ([]byte, error) { return []byte(`"` + hidden + `"`), nil }

// MarshalText returns "[secret]".
func (Secret) MarshalText() ([]byte, error) { return []byte(hidden), nil }

// LogValue returns "[secret]".
func (Secret) LogValue() slog.Value { return slog.StringValue(hidden) }

// printHidden ignores the error as fmt itself does: a fmt.State reports none.
func printHidden(f fmt.State) { _, _ = io.WriteString(f, hidden) }
