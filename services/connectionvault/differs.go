package connectionvault

import (
	"crypto/subtle"
	"slices"
	"strings"

	"github.com/holdplane/holdplane/pkg/fault"
)

// MetadataDiffers is the metadata of ALREADY_EXISTS in which the operator's calls name the
// fields of the request that what is there has otherwise, with commas between; empty when it
// is the same.
const MetadataDiffers = "differs"

// differences are names of fields. They hold no values: those may be secrets.
type differences []string

// text compares what is asked for, if it is, with what there is.
func (d *differences) text(field, asked, there string) {
	d.add(field, asked != "" && subtle.ConstantTimeCompare([]byte(asked), []byte(there)) != 1)
}

func (d *differences) add(field string, differs bool) {
	if differs {
		*d = append(*d, field)
	}
}

// exists is the fault for what is there already, different or not.
func (d differences) exists(f *fault.Error) error {
	return f.With(MetadataDiffers, strings.Join(d, ","))
}

// sameSet compares without regard to order and repetition.
func sameSet(a, b []string) bool {
	set := func(all []string) []string { return slices.Compact(slices.Sorted(slices.Values(all))) }
	return slices.Equal(set(a), set(b))
}
