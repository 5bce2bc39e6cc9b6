package secretcontainer

import (
	"time"

	secretcontainerv1 "github.com/holdplane/holdplane/gen/holdplane/secretcontainer/v1"
	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
)

// secretFilter is what the secrets of a list have in common.
type secretFilter struct {
	name, algorithm, mode pattern
	r                     *secretcontainerv1.ListSecretsRequest
}

func newSecretFilter(r *secretcontainerv1.ListSecretsRequest) secretFilter {
	return secretFilter{name: newPattern(r.GetName()), algorithm: newPattern(r.GetAlg()), mode: newPattern(r.GetMode()), r: r}
}

// all tells whether nothing is filtered.
func (f secretFilter) all() bool {
	r := f.r
	return len(f.name)+len(f.algorithm)+len(f.mode) == 0 && r.GetBits() <= 0 && r.GetSecretType() == "" &&
		len(r.GetCreated())+len(r.GetUpdated())+len(r.GetExpiration()) == 0
}

func (f secretFilter) matches(m *storev1.Secret) bool {
	r := f.r
	return f.name.matches(m.Name) && f.algorithm.matches(m.Algorithm) && f.mode.matches(m.Mode) &&
		(r.GetBits() <= 0 || m.GetBitLength() == r.GetBits()) &&
		(r.GetSecretType() == "" || m.GetSecretType() == r.GetSecretType()) &&
		within(r.GetCreated(), m.GetCreatedUs()) && within(r.GetUpdated(), m.GetUpdatedUs()) && within(r.GetExpiration(), m.GetExpiresUs())
}

// within tells whether a time keeps all bounds. None at all, 0, keeps no bound.
func within(bounds []*secretcontainerv1.TimeBound, us int64) bool {
	for _, b := range bounds {
		if us == 0 || !keeps(time.UnixMicro(us).Compare(b.GetTime().AsTime()), b.GetComparison()) {
			return false
		}
	}
	return true
}

func keeps(order int, c secretcontainerv1.Comparison) bool {
	switch c {
	case secretcontainerv1.Comparison_COMPARISON_GT:
		return order > 0
	case secretcontainerv1.Comparison_COMPARISON_GTE:
		return order >= 0
	case secretcontainerv1.Comparison_COMPARISON_LT:
		return order < 0
	case secretcontainerv1.Comparison_COMPARISON_LTE:
		return order <= 0
	}
	return order == 0
}
