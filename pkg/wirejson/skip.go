package wirejson

import (
	"hash/maphash"
	"slices"

	optionsv1 "github.com/holdplane/holdplane/gen/holdplane/options/v1"
)

// CheckRaw tells whether text may stand in a field marked with kind: one value, an
// object where kind asks for one, in the strictness of the package. The error is a
// *Problem. Text without a value is KindEmpty: it is for the caller to know whether the
// field may be unset. Where kind is unspecified, any text may stand.
func CheckRaw(text string, kind optionsv1.RawJSON) error {
	if kind == optionsv1.RawJSON_RAW_JSON_UNSPECIFIED {
		return nil
	}
	if problem := checkRaw(text, kind); problem != nil {
		return problem.found()
	}
	return nil
}

func checkRaw(text string, kind optionsv1.RawJSON) *Problem {
	if problem := check(text); problem != nil {
		return problem
	}
	r := reader{s: text}
	if kind == optionsv1.RawJSON_RAW_JSON_OBJECT && r.peek() != '{' {
		return r.mismatch("object")
	}
	return nil
}

// check looks at a whole document without keeping anything.
func check(text string) *Problem {
	r := reader{s: text}
	if problem := r.start(); problem != nil {
		return problem
	}
	if problem := r.skip(); problem != nil {
		return problem
	}
	return r.end()
}

// skip checks the value ahead.
func (r *reader) skip() *Problem {
	switch r.peek() {
	case '{':
		return r.skipObject()
	case '[':
		return r.skipArray()
	case '"':
		_, problem := r.text(false)
		return problem
	case 't':
		return r.word("true")
	case 'f':
		return r.word("false")
	case 'n':
		return r.word("null")
	}
	_, problem := r.number()
	return problem
}

func (r *reader) skipObject() *Problem {
	seen := nameSet{from: len(r.names)}
	more, problem := r.begin('}')
	for more && problem == nil {
		r.peek()
		at := r.i
		var name string
		if name, problem = r.name(); problem != nil {
			return problem
		}
		if r.repeats(&seen, name) {
			return r.problem(KindDuplicate, at).in(name)
		}
		if problem = r.skip(); problem != nil {
			return problem.in(name)
		}
		more, problem = r.next('}')
	}
	r.names = r.names[:seen.from]
	return problem
}

func (r *reader) skipArray() *Problem {
	more, problem := r.begin(']')
	for i := 0; more && problem == nil; i++ {
		if problem = r.skip(); problem != nil {
			return problem.at(i)
		}
		more, problem = r.next(']')
	}
	return problem
}

// nameSet is the names of one object: reader.names from an index on. Few are compared
// one by one, by their hashes; many have a hash table, so that no document costs the
// square of its size.
type nameSet struct {
	from  int
	table []uint32 // index behind from, plus one; length a power of two
}

type hashedName struct {
	hash uint64
	name string
}

const (
	fewNames   = 16
	firstNames = 8 // room for most documents
)

// repeats adds a name to the set. It tells whether it was there.
func (r *reader) repeats(set *nameSet, name string) bool {
	if r.names == nil {
		r.names = make([]hashedName, 0, firstNames)
		r.seed = maphash.MakeSeed() // so that nobody can prepare collisions
	}
	added := hashedName{maphash.String(r.seed, name), name}
	names := r.names[set.from:]
	if set.table != nil {
		if set.find(names, added) {
			return true
		}
	} else {
		for i := range names {
			if names[i].hash == added.hash && names[i].name == name {
				return true
			}
		}
	}
	if len(r.names) == cap(r.names) {
		r.names = slices.Grow(r.names, len(r.names))
	}
	r.names = append(r.names, added)
	set.grow(r.names[set.from:])
	return false
}

// find puts the name that is about to be appended to names in the table, unless it is there.
func (set *nameSet) find(names []hashedName, added hashedName) bool {
	mask := uint64(len(set.table) - 1)
	for h := added.hash; ; h++ {
		slot := &set.table[h&mask]
		if *slot == 0 {
			*slot = uint32(len(names) + 1)
			return false
		}
		if names[*slot-1] == added {
			return true
		}
	}
}

// grow keeps the table at most half full.
func (set *nameSet) grow(names []hashedName) {
	if len(names) <= fewNames || 2*len(names) <= len(set.table) {
		return
	}
	set.table = make([]uint32, max(4*fewNames, 2*len(set.table)))
	for i, name := range names {
		set.find(names[:i], name)
	}
}
