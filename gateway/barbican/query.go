package barbican

import (
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/holdplane/holdplane/gateway"
	secretv1 "github.com/holdplane/holdplane/gen/holdplane/secretcontainer/v1"
	"github.com/holdplane/holdplane/pkg/fault"
)

// parameter is one of a query's.
type parameter struct{ name, value string }

// parameters are those of a query in their order. What is escaped wrongly is taken as it is.
func parameters(r *http.Request) []parameter {
	var all []parameter
	for pair := range strings.SplitSeq(r.URL.RawQuery, "&") {
		if pair == "" {
			continue
		}
		name, value, _ := strings.Cut(pair, "=")
		all = append(all, parameter{unescaped(name), unescaped(value)})
	}
	return all
}

func unescaped(text string) string {
	if plain, err := url.QueryUnescape(text); err == nil {
		text = plain
	}
	return strings.ToValidUTF8(text, "\uFFFD")
}

// query has the parameters by name. Of those given more than once the last counts; Barbican
// answers 500 (testdata/recorded/consumers.txtar).
func query(r *http.Request) map[string]string {
	values := map[string]string{}
	for _, p := range parameters(r) {
		values[p.name] = p.value
	}
	return values
}

const (
	defaultLimit = 10
	maxLimit     = 100
)

// pageOf is the page that a query asks for. Nothing is wrong about it: what can't be is as if
// it were not there.
func pageOf(q map[string]string) (offset int64, limit int32) {
	offset, err := strconv.ParseInt(strings.TrimSpace(q["offset"]), 10, 64)
	if err != nil || offset < 0 {
		offset = 0
	}
	wanted, err := strconv.ParseInt(strings.TrimSpace(q["limit"]), 10, 64)
	if err != nil && wanted != math.MaxInt64 && wanted != math.MinInt64 { // those are out of range
		wanted = defaultLimit
	}
	return offset, int32(max(1, min(wanted, maxLimit)))
}

// fillSecrets puts the filters and the order that a query asks for into a request.
func fillSecrets(c *gateway.Call, m *secretv1.ListSecretsRequest) (err error) {
	q := query(c.Request)
	m.Offset, m.Limit = pageOf(q)
	m.Name, m.Alg, m.Mode, m.SecretType = q["name"], q["alg"], q["mode"], q["secret_type"]
	m.AclOnly = strings.EqualFold(q["acl_only"], "true")
	if bits, err := strconv.ParseInt(strings.TrimSpace(q["bits"]), 10, 32); err == nil {
		m.Bits = int32(bits)
	}
	m.WithConsumers = versionOf(c.Request) >= withConsumers
	for name, bounds := range map[string]*[]*secretv1.TimeBound{"created": &m.Created, "updated": &m.Updated, "expiration": &m.Expiration} {
		if *bounds, err = boundsOf(q[name]); err != nil {
			return err
		}
	}
	m.Sort, err = sortOf(q["sort"])
	return err
}

func badParameters() error {
	return fault.InvalidArgument(reasonSaid, "URI provided invalid query string parameters.")
}

// comparisons are the prefixes of a bound. Two bounds of a kind make no range.
var comparisons = []struct {
	prefix, kind string
	comparison   secretv1.Comparison
}{
	{"gt:", "lower", secretv1.Comparison_COMPARISON_GT},
	{"gte:", "lower", secretv1.Comparison_COMPARISON_GTE},
	{"lt:", "upper", secretv1.Comparison_COMPARISON_LT},
	{"lte:", "upper", secretv1.Comparison_COMPARISON_LTE},
	{"", "same", secretv1.Comparison_COMPARISON_UNSPECIFIED},
}

// boundsOf reads a filter by time: gte:2026-01-01,lt:2027-01-01.
func boundsOf(text string) ([]*secretv1.TimeBound, error) {
	if text == "" {
		return nil, nil
	}
	var bounds []*secretv1.TimeBound
	kinds := map[string]bool{}
	for item := range strings.SplitSeq(text, ",") {
		for _, c := range comparisons {
			rest, ok := strings.CutPrefix(item, c.prefix)
			if !ok {
				continue
			}
			t, ok := parseTime(rest)
			if !ok || kinds[c.kind] || len(bounds) == 2 {
				return nil, badParameters()
			}
			kinds[c.kind] = true
			bounds = append(bounds, &secretv1.TimeBound{Comparison: c.comparison, Time: timestamppb.New(t)})
			break
		}
	}
	return bounds, nil
}

// sortKeys are the fields that secrets can be sorted by.
var sortKeys = []string{"algorithm", "bit_length", "created", "expiration", "mode", "name", "secret_type", "status", "updated"}

// sortOf reads an order: name:desc,created.
func sortOf(text string) ([]*secretv1.SortKey, error) {
	if text == "" {
		return nil, nil
	}
	var keys []*secretv1.SortKey
	for item := range strings.SplitSeq(text, ",") {
		name, direction, directed := strings.Cut(item, ":")
		known := !directed || direction == "asc" || direction == "desc"
		given := slices.ContainsFunc(keys, func(k *secretv1.SortKey) bool { return k.GetKey() == name })
		if !known || given || !slices.Contains(sortKeys, name) {
			return nil, badParameters()
		}
		keys = append(keys, &secretv1.SortKey{Key: name, Descending: direction == "desc"})
	}
	return keys, nil
}
