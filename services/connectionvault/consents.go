package connectionvault

import (
	"context"
	"time"

	connectionvaultv1 "github.com/holdplane/holdplane/gen/holdplane/connectionvault/v1"
	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/id"
	"github.com/holdplane/holdplane/pkg/kv"
)

// consents serves ConsentService.
type consents struct {
	connectionvaultv1.UnimplementedConsentServiceServer
	s *Service
}

func (h consents) ListConsents(ctx context.Context, r *connectionvaultv1.ListConsentsRequest) (*connectionvaultv1.ListConsentsResponse, error) {
	var f *facts
	err := h.s.deps.Store.View(ctx, func(tx kv.Reader) error {
		c, err := h.s.callerOf(ctx, tx, r)
		if err != nil {
			return err
		}
		f, err = h.s.facts(tx, c, r.GetUnifiedApi(), r.GetServiceId(), time.Now().UnixMilli())
		return err
	})
	if err != nil {
		return nil, err
	}
	return &connectionvaultv1.ListConsentsResponse{Consents: consentViews(f.consents)}, nil
}

// RecordConsent adds the connection, too, if need be: consumers are asked before they connect.
func (h consents) RecordConsent(ctx context.Context, r *connectionvaultv1.RecordConsentRequest) (*connectionvaultv1.RecordConsentResponse, error) {
	if r.GetResources() != "" && !wholeOrObject(r.GetResources()) {
		return nil, fault.InvalidArgument(reasonJSON, `resources must be "*" or an object of resources`).With("field", "resources")
	}
	now := time.Now().UnixMilli()
	record := &storev1.VaultConsent{Id: id.New("cons"), Granted: r.GetGranted(), Resources: r.GetResources(), CreatedAtMs: now}
	_, _, err := h.s.change(ctx, change{
		r: r, event: "connection.consent", now: now,
		apply: func(f *facts, m *storev1.VaultConnection) error {
			record.Application, record.Consumer, record.Api, record.Service = m.GetApplication(), m.GetConsumer(), m.GetApi(), m.GetService()
			f.consents = append(f.consents[:len(f.consents):len(f.consents)], record)
			f.consent = record
			return nil
		},
	})
	if err != nil {
		return nil, err
	}
	return &connectionvaultv1.RecordConsentResponse{Consent: consentView(record)}, nil
}

// consentViews are records, the last one first.
func consentViews(all []*storev1.VaultConsent) []*connectionvaultv1.ConsentRecord {
	var views []*connectionvaultv1.ConsentRecord
	for i := len(all) - 1; i >= 0; i-- {
		views = append(views, consentView(all[i]))
	}
	return views
}

func consentView(m *storev1.VaultConsent) *connectionvaultv1.ConsentRecord {
	return &connectionvaultv1.ConsentRecord{
		Id: m.GetId(), CreatedAt: iso(m.GetCreatedAtMs()), Granted: m.GetGranted(), Resources: m.GetResources(),
	}
}
