package secretcontainer

import (
	"cmp"
	"slices"

	secretcontainerv1 "github.com/holdplane/holdplane/gen/holdplane/secretcontainer/v1"
	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
)

// place is where a secret stands in an order: it is all that is held of those that may come
// onto a page.
type place struct {
	tenant, id string
	values     []value
}

// value is of a field that secrets are ordered by. Texts are ordered by their bytes, and what
// is absent comes before all else, as SQLite has it.
type value struct {
	there  bool
	text   string
	number int64
}

func compareValues(a, b value) int {
	if a.there != b.there {
		if a.there {
			return 1
		}
		return -1
	}
	return cmp.Or(cmp.Compare(a.text, b.text), cmp.Compare(a.number, b.number))
}

// first holds those places of many that come first in an order.
type first struct {
	sort []*secretcontainerv1.SortKey
	most int
	held []place
}

// add holds a place unless so many come before it. It cuts off the rest now and then, so that
// a place costs the logarithm of their number.
func (f *first) add(m *storev1.Secret) {
	at := place{tenant: m.GetTenant(), id: m.GetId()}
	for _, k := range f.sort {
		at.values = append(at.values, valueOf(m, k.GetKey()))
	}
	if f.held = append(f.held, at); len(f.held) >= 2*f.most {
		f.cut()
	}
}

func (f *first) cut() {
	slices.SortFunc(f.held, f.compare)
	f.held = slices.Delete(f.held, min(f.most, len(f.held)), len(f.held))
}

// compare has equal secrets in the order of their creation, whatever the direction.
func (f *first) compare(a, b place) int {
	for i, k := range f.sort {
		order := compareValues(a.values[i], b.values[i])
		if order == 0 {
			continue
		}
		if k.GetDescending() {
			return -order
		}
		return order
	}
	return cmp.Or(cmp.Compare(a.id, b.id), cmp.Compare(a.tenant, b.tenant))
}

// page returns the places from one on.
func (f *first) page(offset int) []place {
	f.cut()
	return f.held[min(offset, len(f.held)):]
}

func valueOf(m *storev1.Secret, key string) value {
	switch key {
	case "algorithm":
		return textValue(m.Algorithm)
	case "mode":
		return textValue(m.Mode)
	case "name":
		return textValue(m.Name)
	case "secret_type":
		return textValue(&m.SecretType)
	case "bit_length":
		return value{there: m.BitLength != nil, number: int64(m.GetBitLength())}
	case "created":
		return value{there: true, number: m.GetCreatedUs()}
	case "updated":
		return value{there: true, number: m.GetUpdatedUs()}
	case "expiration":
		return value{there: m.GetExpiresUs() != 0, number: m.GetExpiresUs()}
	}
	return value{} // the status is that of all
}

func textValue(text *string) value {
	if text == nil {
		return value{}
	}
	return value{there: true, text: *text}
}
