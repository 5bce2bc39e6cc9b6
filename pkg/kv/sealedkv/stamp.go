package sealedkv

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/seal"
)

// format is the newest layout of keys, own rows and associated data that is known here.
const format = 1

// stamp is what the data says of itself, readable without a key.
type stamp struct {
	service, master string
}

func (s stamp) String() string {
	return fmt.Sprintf("holdplane store\nformat %d\nservice %s\nmaster %s\n", format, s.service, s.master)
}

func parseStamp(text string) (stamp, error) {
	words := strings.Fields(text)
	if len(words) < 4 || strings.Join(words[:3], " ") != "holdplane store format" {
		return stamp{}, damaged(stampKey)
	}
	n, err := strconv.ParseUint(words[3], 10, 32)
	switch {
	case err != nil || n == 0:
		return stamp{}, damaged(stampKey)
	case n > format:
		return stamp{}, fmt.Errorf("%w (its format is %d, this one knows up to %d)", ErrNewerFormat, n, format)
	case len(words) != 8 || words[4] != "service" || words[6] != "master":
		return stamp{}, damaged(stampKey)
	}
	return stamp{service: words[5], master: words[7]}, nil
}

// checkStamp looks at the stamp first: only what it says about the format tells how to
// read the rest.
func checkStamp(r kv.Reader, text string, o Options) error {
	s, err := parseStamp(text)
	if err != nil {
		return err
	}
	if s.service != o.Service {
		return fmt.Errorf("%w (%s)", ErrOtherService, s.service)
	}
	sealed, err := r.Get(canaryKey)
	if errors.Is(err, kv.ErrNotFound) {
		return damaged(canaryKey)
	}
	if err != nil {
		return err
	}
	canary, err := o.Master.Open(sealed, o.placeOf(canaryKey))
	switch {
	case errors.Is(err, seal.ErrNotOpened) && s.master != o.Master.ID():
		return fmt.Errorf("%w (id %s, not %s)", ErrWrongMasterKey, s.master, o.Master.ID())
	case errors.Is(err, seal.ErrNotOpened):
		return damaged(canaryKey)
	case err != nil:
		return fmt.Errorf("use master key %s: %w", o.Master.ID(), err)
	case string(canary) != text:
		return damaged(stampKey)
	}
	return nil
}
