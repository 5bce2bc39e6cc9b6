package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"

	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
)

// errNotJSON hides what a decoder says of the text, which may be part of a key.
var errNotJSON = errors.New("not JSON")

// importedJSON is a key as Unkey's migrations.createKeys (v1) or keys.migrateKeys (v2)
// take it. What only one of them has is marked. A field that is not here is refused: what
// is misspelt would be lost unnoticed.
type importedJSON struct {
	APIID       string          `json:"apiId"`
	Prefix      *string         `json:"prefix"` // v1
	Name        *string         `json:"name"`
	Plaintext   *string         `json:"plaintext"` // v1
	Hash        json.RawMessage `json:"hash"`      // v1: {value, variant}; v2: text
	Start       *string         `json:"start"`     // v1
	OwnerID     *string         `json:"ownerId"`   // v1
	ExternalID  *string         `json:"externalId"`
	Meta        json.RawMessage `json:"meta"`
	Roles       []string        `json:"roles"`
	Permissions []string        `json:"permissions"`
	Expires     *int64          `json:"expires"`
	Remaining   *int64          `json:"remaining"` // v1
	Refill      *refillJSON     `json:"refill"`    // v1
	Credits     *struct {
		Remaining *int64      `json:"remaining"`
		Refill    *refillJSON `json:"refill"`
	} `json:"credits"` // v2
	Ratelimit   *limitJSON  `json:"ratelimit"`  // v1
	Ratelimits  []limitJSON `json:"ratelimits"` // v2
	Enabled     *bool       `json:"enabled"`
	Environment *string     `json:"environment"` // v1
}

type refillJSON struct {
	Interval  string `json:"interval"`
	Amount    int64  `json:"amount"`
	RefillDay *int32 `json:"refillDay"`
}

type limitJSON struct {
	Async          *bool   `json:"async"`          // v1
	Type           *string `json:"type"`           // v1
	RefillRate     *int64  `json:"refillRate"`     // v1
	RefillInterval *int64  `json:"refillInterval"` // v1
	Name           string  `json:"name"`           // v2
	AutoApply      bool    `json:"autoApply"`      // v2
	Limit          *int64  `json:"limit"`
	Duration       *int64  `json:"duration"`
}

// key reads the item; api is for one that names none.
func (i importItem) key(api string) (*identityv1.ImportedKey, error) {
	if i.text == nil {
		return nil, fmt.Errorf("longer than %d bytes", maxImportItem)
	}
	var in importedJSON
	d := json.NewDecoder(bytes.NewReader(i.text))
	d.DisallowUnknownFields()
	if err := d.Decode(&in); err != nil {
		return nil, decodeFault(err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errNotJSON
	}
	m := &identityv1.MigratedKey{
		ApiId: cmp.Or(in.APIID, api), Prefix: in.Prefix, Name: in.Name, Plaintext: in.Plaintext, Start: in.Start,
		OwnerId: in.OwnerID, ExternalId: in.ExternalID, Meta: rawText(in.Meta), Roles: in.Roles, Permissions: in.Permissions,
		Expires: in.Expires, Remaining: in.Remaining, Refill: in.Refill.proto(), Enabled: in.Enabled, Environment: in.Environment,
	}
	if m.GetApiId() == "" {
		return nil, errors.New("apiId is missing; name the API with --api")
	}
	key := &identityv1.ImportedKey{Key: m}
	if err := in.hash(m); err != nil {
		return nil, err
	}
	if in.Credits != nil {
		if in.Remaining != nil || in.Refill != nil {
			return nil, errors.New("has both credits and remaining or refill")
		}
		m.Remaining, m.Refill = in.Credits.Remaining, in.Credits.Refill.proto()
	}
	if m.Remaining != nil && m.GetRemaining() == 0 {
		key.UsedUp, m.Remaining = true, nil
	}
	in.limits(key)
	return key, nil
}

// hash reads either form.
func (in *importedJSON) hash(m *identityv1.MigratedKey) error {
	if len(in.Hash) == 0 || string(in.Hash) == "null" {
		return nil
	}
	var text string
	if json.Unmarshal(in.Hash, &text) == nil {
		m.Hash = &identityv1.KeyHash{Value: text, Variant: "sha256_base64"}
		return nil
	}
	var v1 struct{ Value, Variant string }
	if json.Unmarshal(in.Hash, &v1) != nil {
		return errors.New("hash is neither text nor an object with value and variant")
	}
	m.Hash = &identityv1.KeyHash{Value: v1.Value, Variant: v1.Variant}
	return nil
}

func (in *importedJSON) limits(key *identityv1.ImportedKey) {
	if l := in.Ratelimit; l != nil {
		key.Key.Ratelimit = &identityv1.KeyRatelimit{
			Async: l.Async, Type: l.Type, Limit: l.Limit, Duration: l.Duration, RefillRate: l.RefillRate, RefillInterval: l.RefillInterval,
		}
	}
	for _, l := range in.Ratelimits {
		named := &identityv1.ImportedRatelimit{Name: l.Name, AutoApply: l.AutoApply}
		if l.Limit != nil {
			named.Limit = *l.Limit
		}
		if l.Duration != nil {
			named.Duration = *l.Duration
		}
		key.Ratelimits = append(key.Ratelimits, named)
	}
}

func (r *refillJSON) proto() *identityv1.KeyRefill {
	if r == nil {
		return nil
	}
	return &identityv1.KeyRefill{Interval: r.Interval, Amount: r.Amount, RefillDay: r.RefillDay}
}

// rawText is the text of a value; none for null.
func rawText(raw json.RawMessage) string {
	if string(raw) == "null" {
		return ""
	}
	return string(raw)
}

// decodeFault tells which field is wrong, and nothing of the value.
func decodeFault(err error) error {
	var wrong *json.UnmarshalTypeError
	switch {
	case errors.As(err, &wrong):
		return fmt.Errorf("%s: a %s is wanted", cmp.Or(wrong.Field, "the whole"), wrong.Type.Kind())
	case strings.HasPrefix(err.Error(), "json: unknown field"):
		if name := unknownField.FindString(err.Error()); name != "" {
			return errors.New("unknown field " + name)
		}
		return errors.New("has an unknown field")
	}
	return errNotJSON
}

// unknownField is a name that looks like one. A file of another form may have keys or
// hashes there.
var unknownField = regexp.MustCompile(`"[A-Za-z]{1,20}"$`)
