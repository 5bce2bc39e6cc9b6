package identity

import (
	"context"
	"errors"
	"time"

	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/ratelimit"
	"github.com/holdplane/holdplane/pkg/tenant"
)

// limitQuestion asks whether an identifier may go on in a namespace.
type limitQuestion struct {
	namespace  namespaceSelector
	identifier string
	kind       ratelimit.Kind
	// limit and durationMs are the request's; an override replaces them.
	limit, durationMs int64
	cost              int64
	async             bool
	// hides has who may not make a missing namespace be denied, instead of being told
	// that there is none.
	hides bool
}

// limitAnswer is the verdict on a question.
type limitAnswer struct {
	ratelimit.Verdict
	// override is the id of the one that applied; empty if none did.
	override string
}

// limit answers one question, as limitAll does.
func (s *Service) limit(ctx context.Context, q *limitQuestion) (limitAnswer, error) {
	p := auth.From(ctx)
	n, err := s.namespaceToLimit(ctx, p, q)
	if err == nil && n == nil {
		n, err = s.makeNamespace(ctx, p, q.namespace)
	}
	if err != nil {
		return limitAnswer{}, err
	}
	check, override, err := s.check(ctx, p.Tenant, n, q)
	if err != nil {
		return limitAnswer{}, err
	}
	verdicts, err := s.deps.Limits.Check(ctx, check)
	if err != nil {
		return limitAnswer{}, uncounted(err)
	}
	return limitAnswer{verdicts[0], override}, nil
}

// limitAll answers questions in order. If one is denied, none consumes anything; if the
// caller may not ask one, no namespace is made.
func (s *Service) limitAll(ctx context.Context, questions []limitQuestion) ([]limitAnswer, error) {
	p := auth.From(ctx)
	namespaces, err := s.namespacesToLimit(ctx, p, questions)
	if err != nil {
		return nil, err
	}
	checks, answers := make([]ratelimit.Check, len(questions)), make([]limitAnswer, len(questions))
	for i := range questions {
		if checks[i], answers[i].override, err = s.check(ctx, p.Tenant, namespaces[i], &questions[i]); err != nil {
			return nil, err
		}
	}
	verdicts, err := s.deps.Limits.Check(ctx, checks...)
	if err != nil {
		return nil, uncounted(err)
	}
	for i := range verdicts {
		answers[i].Verdict = verdicts[i]
	}
	return answers, nil
}

// namespacesToLimit returns the namespace of each question, after making those missing.
func (s *Service) namespacesToLimit(ctx context.Context, p *auth.Principal, questions []limitQuestion) (all []*namespace, err error) {
	all = make([]*namespace, len(questions))
	var missing []string
	for i := range questions {
		if all[i], err = s.namespaceToLimit(ctx, p, &questions[i]); err != nil {
			return nil, err
		}
		if all[i] == nil {
			missing = append(missing, questions[i].namespace.text)
		}
	}
	if missing == nil {
		return all, nil
	}
	if err := s.makeNamespaces(ctx, p, missing); err != nil {
		return nil, err
	}
	for i := range all {
		if all[i] != nil {
			continue
		}
		if all[i], err = s.namespace(ctx, p.Tenant, questions[i].namespace); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// namespaceToLimit returns the namespace that the caller may count in; nil where there is
// none and the caller may make it.
func (s *Service) namespaceToLimit(ctx context.Context, p *auth.Principal, q *limitQuestion) (*namespace, error) {
	if p.Tenant == tenant.None {
		_, err := auth.Require(ctx, permLimit)
		return nil, err
	}
	n, err := s.namespace(ctx, p.Tenant, q.namespace)
	switch {
	case err == nil:
		return n, mayUse(p, permLimit, n.id)
	case !errors.Is(err, kv.ErrNotFound):
		return nil, err
	}
	switch denied := mayUse(p, permLimit, ""); {
	case denied != nil:
		return nil, denied
	case p.Allows(permCreateNamespace):
		return nil, nil
	case q.hides:
		return nil, auth.Denied(permCreateNamespace)
	}
	return nil, q.namespace.unknown()
}

// makeNamespace makes a namespace if there is none, and returns what there is then.
func (s *Service) makeNamespace(ctx context.Context, p *auth.Principal, n namespaceSelector) (*namespace, error) {
	if err := s.makeNamespaces(ctx, p, []string{n.text}); err != nil {
		return nil, err
	}
	return s.namespace(ctx, p.Tenant, n)
}

// check is what a question has the limiter decide, and the id of the override in it. An
// identifier's counters are one group: the namespace's text is a tuple, and whatever
// follows it the identifier.
func (s *Service) check(ctx context.Context, of tenant.ID, n *namespace, q *limitQuestion) (c ratelimit.Check, override string, err error) {
	c = ratelimit.Check{
		Group: n.group + q.identifier, Owner: string(of), Kind: q.kind,
		Limit: q.limit, Duration: time.Duration(q.durationMs) * time.Millisecond, Cost: q.cost,
		Async: q.async, OnOutage: ratelimit.OpenLocal,
	}
	o, ok, err := s.overrideFor(ctx, of, n, q.identifier)
	if ok {
		c.Limit, c.Duration = o.Limit, o.Duration
		c.Async = o.Async && q.kind == ratelimit.Fixed
	}
	return c, o.ID, err
}

// uncounted is what a caller is told when the limiter decides nothing.
func uncounted(err error) error {
	if errors.Is(err, ratelimit.ErrUnavailable) {
		return fault.Unavailable("rate limits can't be counted at the moment; try again").Because(err)
	}
	return err
}
