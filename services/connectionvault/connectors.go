package connectionvault

import (
	"cmp"
	"context"
	"encoding/binary"
	"slices"

	connectionvaultv1 "github.com/holdplane/holdplane/gen/holdplane/connectionvault/v1"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/page"
	"github.com/holdplane/holdplane/services/connectionvault/catalog"
)

// connectors serves ConnectorService. The catalog is the same for all who may call.
type connectors struct {
	connectionvaultv1.UnimplementedConnectorServiceServer
	s *Service
}

// admit refuses who may not call.
func (h connectors) admit(ctx context.Context, r asked) error {
	return h.s.deps.Store.View(ctx, func(tx kv.Reader) error {
		_, err := h.s.caller(ctx, tx, r)
		return err
	})
}

func (h connectors) ListConnectors(ctx context.Context, r *connectionvaultv1.ListConnectorsRequest) (*connectionvaultv1.ListConnectorsResponse, error) {
	if err := h.admit(ctx, r); err != nil {
		return nil, err
	}
	var all []*catalog.Connector
	for c := range h.s.deps.Catalog.All() {
		if (r.GetUnifiedApi() == "" || slices.Contains(c.UnifiedAPIs, r.GetUnifiedApi())) &&
			(r.GetStatus() == "" || r.GetStatus() == connectorStatus(c.Status)) {
			all = append(all, c)
		}
	}
	list := page.Scope{
		Method: connectionvaultv1.ConnectorService_ListConnectors_FullMethodName, Filter: []string{r.GetUnifiedApi(), r.GetStatus()},
	}
	rows, cs, err := cutPage(h.s, list, r, all)
	if err != nil {
		return nil, err
	}
	answer := &connectionvaultv1.ListConnectorsResponse{
		PreviousCursor: cs.previous, CurrentCursor: cs.current, NextCursor: cs.next, Total: int64(len(all)),
	}
	for _, c := range rows {
		answer.Connectors = append(answer.Connectors, h.s.faces[c.ServiceID].connectorView(h.s.deps.Catalog))
	}
	return answer, nil
}

func (h connectors) GetConnector(ctx context.Context, r *connectionvaultv1.GetConnectorRequest) (*connectionvaultv1.GetConnectorResponse, error) {
	if err := h.admit(ctx, r); err != nil {
		return nil, err
	}
	f := h.s.faces[r.GetId()]
	if f == nil {
		return nil, fault.NotFound(reasonConnectorUnknown, "there is no connector %q", r.GetId())
	}
	return &connectionvaultv1.GetConnectorResponse{Connector: f.connectorView(h.s.deps.Catalog)}, nil
}

func (h connectors) ListApis(ctx context.Context, r *connectionvaultv1.ListApisRequest) (*connectionvaultv1.ListApisResponse, error) {
	if err := h.admit(ctx, r); err != nil {
		return nil, err
	}
	var all []catalog.UnifiedAPI
	if r.GetStatus() == "" || r.GetStatus() == string(catalog.Live) {
		all = slices.Collect(h.s.deps.Catalog.UnifiedAPIs())
	}
	list := page.Scope{Method: connectionvaultv1.ConnectorService_ListApis_FullMethodName, Filter: []string{r.GetStatus()}}
	rows, cs, err := cutPage(h.s, list, r, all)
	if err != nil {
		return nil, err
	}
	answer := &connectionvaultv1.ListApisResponse{
		PreviousCursor: cs.previous, CurrentCursor: cs.current, NextCursor: cs.next, Total: int64(len(all)),
	}
	for _, a := range rows {
		answer.Apis = append(answer.Apis, apiView(h.s.deps.Catalog, a))
	}
	return answer, nil
}

func (h connectors) GetApi(ctx context.Context, r *connectionvaultv1.GetApiRequest) (*connectionvaultv1.GetApiResponse, error) {
	if err := h.admit(ctx, r); err != nil {
		return nil, err
	}
	for a := range h.s.deps.Catalog.UnifiedAPIs() {
		if a.ID == r.GetId() {
			return &connectionvaultv1.GetApiResponse{Api: apiView(h.s.deps.Catalog, a)}, nil
		}
	}
	return nil, fault.NotFound(reasonApiUnknown, "there is no unified API %q", r.GetId())
}

// cutPage is a page of what never changes while the process runs. Its cursors are counts.
func cutPage[T any](s *Service, list page.Scope, r asksPage, all []T) ([]T, cursors, error) {
	raw, way, err := s.cursor(list, r)
	if err != nil {
		return nil, cursors{}, err
	}
	size, from := cmp.Or(int(r.GetLimit()), pageSize), 0
	if len(raw) == 8 {
		from = int(min(binary.BigEndian.Uint64(raw), uint64(len(all))))
	}
	if way == backward {
		from = max(0, from-size)
	}
	to := min(len(all), from+size)
	var previous, next []byte
	if from > 0 {
		previous = binary.BigEndian.AppendUint64(nil, uint64(from))
	}
	if to < len(all) {
		next = binary.BigEndian.AppendUint64(nil, uint64(to))
	}
	cs, err := s.cursors(list, r, previous, next)
	return all[from:to], cs, err
}
